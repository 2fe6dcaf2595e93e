//! Who asks: nobody, a token, or an App.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::limits::Account;
use crate::options::{PrivateAccess, PushAccess, SimOptions, Token};
use crate::world::Repository;

/// The sender of a request.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    Anonymous,
    Token(Token),
    /// A GitHub App with a JSON web token; it may only ask App paths.
    App,
}

/// Installation tokens that were given out: until when, and for which owner.
#[derive(Debug, Default)]
pub(crate) struct Installations {
    tokens: HashMap<String, (DateTime<Utc>, String)>,
}

impl Installations {
    pub(crate) fn issue(&mut self, owner: &str, expires_at: DateTime<Utc>) -> String {
        let text = format!("ghs_sim{:033}", self.tokens.len() + 1);
        self.tokens.insert(text.clone(), (expires_at, owner.to_owned()));
        text
    }

    /// The owner whose installation a token belongs to.
    pub(crate) fn owner(&self, token: &str) -> Option<&str> {
        self.tokens.get(token).map(|(_, owner)| owner.as_str())
    }
}

const NEEDS_PUSH: &str = "Must have push access to repository";
const NOT_FOR_TOKEN: &str = "Resource not accessible by personal access token";
/// Also of the answer to an App that asks for a person's own things.
pub(crate) const NOT_FOR_INTEGRATION: &str = "Resource not accessible by integration";
const PREFIXES: [&str; 6] = ["ghp_", "github_pat_", "gho_", "ghs_", "ghu_", "ghr_"];

impl Caller {
    /// Reads who asks; `None` stands for bad credentials.
    pub(crate) fn identify(
        headers: &HeaderMap,
        options: &SimOptions,
        installations: &Installations,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let Some(header) = headers.get(AUTHORIZATION) else {
            return Some(Self::Anonymous);
        };
        let (scheme, text) = header.to_str().ok()?.trim().split_once(' ')?;
        let text = text.trim();
        if !scheme.eq_ignore_ascii_case("bearer") && !scheme.eq_ignore_ascii_case("token") {
            return None;
        }
        if let Some(token) = options.tokens.iter().find(|token| token.text == text) {
            let is_expired = token.expires_at.is_some_and(|expires_at| expires_at <= now);
            return (!is_expired).then(|| Self::Token(token.clone()));
        }
        if let Some((expires_at, _)) = installations.tokens.get(text) {
            let token = Token { login: "sim-app[bot]".to_owned(), scopes: Vec::new(), ..Token::new(text) };
            return (*expires_at > now).then_some(Self::Token(token));
        }
        if text.starts_with("ey") && text.split('.').count() == 3 && text.split('.').all(|part| !part.is_empty()) {
            return Some(Self::App);
        }
        let is_known_form = PREFIXES.iter().any(|prefix| text.len() > prefix.len() && text.starts_with(prefix));
        let is_accepted = is_known_form && options.accept_unlisted_tokens;
        is_accepted.then(|| {
            let reads_administration = !text.starts_with("ghs_");
            Self::Token(Token { private_access: PrivateAccess::None, reads_administration, ..Token::new(text) })
        })
    }

    /// Whose quota is spent.
    pub(crate) fn account(&self) -> Account {
        match self {
            Self::Anonymous => Account { key: "127.0.0.1".to_owned(), is_authenticated: false, core_limit: None },
            Self::App => Account { key: "app".to_owned(), is_authenticated: true, core_limit: None },
            Self::Token(token) => {
                Account { key: token.text.clone(), is_authenticated: true, core_limit: token.core_limit }
            }
        }
    }

    /// Whether it may know that the repository exists.
    pub(crate) fn sees(&self, repository: &Repository) -> bool {
        if !repository.is_private() {
            return true;
        }
        let Self::Token(token) = self else {
            return matches!(self, Self::App);
        };
        match &token.private_access {
            PrivateAccess::None => false,
            PrivateAccess::All => true,
            PrivateAccess::Only(names) => {
                let full_name = repository.full_name();
                names.iter().any(|name| name.eq_ignore_ascii_case(&full_name))
            }
        }
    }

    /// Whether it may push, `None` for who has no token.
    pub(crate) fn pushes_to(&self, repository: &Repository) -> Option<bool> {
        let token = self.token()?;
        let is_granted = match &token.push_access {
            PushAccess::None => false,
            PushAccess::All => true,
            PushAccess::Only(names) => {
                let full_name = repository.full_name();
                names.iter().any(|name| name.eq_ignore_ascii_case(&full_name))
            }
        };
        Some(is_granted && repository.is_writable)
    }

    /// Why it may not read a repository's traffic, in GitHub's words; `None` where it may.
    pub(crate) fn traffic_refusal(&self, repository: &Repository) -> Option<&'static str> {
        let can_push = self.pushes_to(repository) == Some(true);
        let (message, is_permitted) = match self {
            Self::Anonymous => (NEEDS_PUSH, false),
            Self::App => (NOT_FOR_INTEGRATION, false),
            Self::Token(token) if token.text.starts_with("ghs_") || token.text.starts_with("ghu_") => {
                (NOT_FOR_INTEGRATION, can_push && token.reads_administration)
            }
            Self::Token(token) if token.text.starts_with("github_pat_") => {
                (NOT_FOR_TOKEN, can_push && token.reads_administration)
            }
            Self::Token(_) => (NEEDS_PUSH, can_push),
        };
        (!is_permitted).then_some(message)
    }

    pub(crate) fn token(&self) -> Option<&Token> {
        match self {
            Self::Token(token) => Some(token),
            _ => None,
        }
    }
}
