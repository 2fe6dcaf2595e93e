//! What is asked and what comes back.

use std::fmt;
use std::ops::{Add, AddAssign};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::HeaderMap;
use url::Url;

use crate::rate::{RateLimit, Resource};

/// A GET request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub(crate) url: Url,
    pub(crate) etag: Option<String>,
    pub(crate) owner: Option<String>,
}

impl Request {
    /// Asks for `url`, which must be on the API's host; see [`Client::url`](crate::Client::url).
    pub fn new(url: Url) -> Self {
        Self { url, etag: None, owner: None }
    }

    /// Makes the request conditional: an answer that still has this ETag comes back as
    /// [`Outcome::NotModified`].
    #[must_use]
    pub fn with_etag(self, etag: Option<String>) -> Self {
        Self { etag, ..self }
    }

    /// Names the account whose installation of a GitHub App may see the answer. Needed only for an App
    /// with several installations, and only where the URL names a repository by its numeric id.
    #[must_use]
    pub fn for_owner(self, owner: impl Into<String>) -> Self {
        Self { owner: Some(owner.into()), ..self }
    }

    /// The URL asked for.
    pub fn url(&self) -> &Url {
        &self.url
    }
}

/// What requests cost, retries and redirects included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// Requests sent.
    pub requests: u32,
    /// Answers 304.
    pub not_modified: u32,
    /// Units of the primary limit.
    pub quota: u32,
}

impl Add for Spent {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            requests: self.requests + other.requests,
            not_modified: self.not_modified + other.not_modified,
            quota: self.quota + other.quota,
        }
    }
}

impl AddAssign for Spent {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

/// An answer with a body.
#[derive(Debug, Clone)]
pub struct Page {
    /// The URL as asked.
    pub url: Url,
    /// The URL that answered, after redirects.
    pub final_url: Url,
    /// HTTP status, 200 to 299.
    pub status: u16,
    /// The answer's ETag, exactly as it came (`W/"..."`).
    pub etag: Option<String>,
    /// The body, decompressed, otherwise byte for byte as it came.
    pub body: Bytes,
    /// The `rel="next"` link, on the API's own host.
    pub next: Option<Url>,
    /// When the last byte had come.
    pub fetched_at: DateTime<Utc>,
    /// The bucket's state after this request.
    pub rate: Option<RateLimit>,
    /// All headers of the answer.
    pub headers: HeaderMap,
    /// What it took.
    pub spent: Spent,
}

/// What a request came to. Every variant but [`Outcome::Page`] is a way of getting no body that programs
/// must expect; `spent` is what it took.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Outcome {
    /// An answer.
    Page(Box<Page>),
    /// 304: what the ETag stands for is still current.
    NotModified {
        /// The URL that answered, after redirects.
        final_url: Url,
        /// When the answer came.
        fetched_at: DateTime<Utc>,
        /// The bucket's state.
        rate: Option<RateLimit>,
        /// What it took.
        spent: Spent,
    },
    /// A limit forbids the request for longer than the client may wait.
    Limited {
        /// The bucket; also where a secondary limit strikes, which spans all buckets.
        resource: Resource,
        /// When to try again.
        until: DateTime<Utc>,
        /// What it took.
        spent: Spent,
    },
    /// 404: it does not exist, or this token may not know of it.
    NotFound {
        /// What it took.
        spent: Spent,
    },
    /// 410: it was there once, or the feature is switched off (issues disabled).
    Gone {
        /// GitHub's words.
        message: String,
        /// What it took.
        spent: Spent,
    },
    /// 451: blocked for legal reasons.
    Blocked {
        /// GitHub's words.
        message: String,
        /// What it took.
        spent: Spent,
    },
    /// 403 that is no limit.
    Forbidden {
        /// GitHub's words.
        message: String,
        /// Which right is missing.
        kind: ForbiddenKind,
        /// What it took.
        spent: Spent,
    },
    /// 401: the token is unknown, revoked or expired.
    Unauthorized {
        /// GitHub's words.
        message: String,
        /// What it took.
        spent: Spent,
    },
    /// 409: the repository is empty, or its state forbids the request.
    Conflict {
        /// GitHub's words.
        message: String,
        /// What it took.
        spent: Spent,
    },
    /// 422: GitHub will not answer this request, such as a page too deep in a list.
    Unprocessable {
        /// GitHub's words.
        message: String,
        /// What it took.
        spent: Spent,
    },
}

/// Which right a 403 misses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ForbiddenKind {
    /// "Must have push access to repository": the user may only read.
    NeedsPushAccess,
    /// "Resource not accessible by personal access token": a fine-grained token without the permission.
    TokenLacksPermission,
    /// "Resource not accessible by integration": an App or a workflow token without the permission.
    IntegrationLacksPermission,
    /// The organisation wants the token authorised for its single sign-on.
    NeedsSingleSignOn,
    /// The organisation refuses this kind of token.
    TokenKindRefused,
    /// "Repository access blocked": GitHub took the repository down.
    RepositoryBlocked,
    /// Anything else.
    Other,
}

/// An [`Outcome`] whose page has been decoded while it was checked, so that it is parsed once.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "it is taken apart where it arrives")]
pub enum Decoded<T> {
    /// An answer and what it was decoded to.
    Page(Page, T),
    /// Any outcome but [`Outcome::Page`].
    Other(Outcome),
}

impl Outcome {
    /// What it took.
    pub fn spent(&self) -> Spent {
        match self {
            Self::Page(page) => page.spent,
            Self::NotModified { spent, .. }
            | Self::Limited { spent, .. }
            | Self::NotFound { spent }
            | Self::Gone { spent, .. }
            | Self::Blocked { spent, .. }
            | Self::Forbidden { spent, .. }
            | Self::Unauthorized { spent, .. }
            | Self::Conflict { spent, .. }
            | Self::Unprocessable { spent, .. } => *spent,
        }
    }

    /// Says in words why there is no answer for `subject` and what to do next (`hint:` on its own line);
    /// none for [`Outcome::Page`] and [`Outcome::NotModified`].
    pub fn problem(&self, subject: &str) -> Option<String> {
        Some(match self {
            Self::Page(_) | Self::NotModified { .. } => return None,
            Self::Limited { resource, until, .. } => format!(
                "{subject}: the {resource} limit is used up until {}\nhint: run again after that",
                until.format("%Y-%m-%d %H:%M:%S UTC")
            ),
            Self::NotFound { .. } => format!(
                "{subject}: not found, or this token may not see it\nhint: check the name; a private repository needs a token with access to it"
            ),
            Self::Gone { message, .. } => format!("{subject}: gone: {message}"),
            Self::Blocked { message, .. } => {
                format!("{subject}: blocked for legal reasons: {message}")
            }
            Self::Forbidden { message, kind, .. } => {
                format!("{subject}: forbidden: {message}\nhint: {}", kind.hint())
            }
            Self::Unauthorized { message, .. } => format!(
                "{subject}: GitHub does not accept the token: {message}\nhint: it may have expired or been revoked; make a new one at https://github.com/settings/tokens"
            ),
            Self::Conflict { message, .. } => format!("{subject}: conflict: {message}"),
            Self::Unprocessable { message, .. } => {
                format!("{subject}: GitHub will not answer this request: {message}")
            }
        })
    }
}

impl ForbiddenKind {
    /// Tells the kind by GitHub's words.
    pub(crate) fn of_message(message: &str) -> Self {
        const WORDS: [(&str, ForbiddenKind); 8] = [
            ("must have push access", ForbiddenKind::NeedsPushAccess),
            ("not accessible by personal access token", ForbiddenKind::TokenLacksPermission),
            ("not accessible by integration", ForbiddenKind::IntegrationLacksPermission),
            ("saml", ForbiddenKind::NeedsSingleSignOn),
            ("forbids access via a personal access token", ForbiddenKind::TokenKindRefused),
            ("forbids access via a fine-grained", ForbiddenKind::TokenKindRefused),
            ("repository access blocked", ForbiddenKind::RepositoryBlocked),
            ("must have admin", ForbiddenKind::NeedsPushAccess),
        ];
        let lower = message.to_ascii_lowercase();
        WORDS.iter().find(|(words, _)| lower.contains(words)).map_or(Self::Other, |(_, kind)| *kind)
    }

    /// The next step.
    pub fn hint(self) -> &'static str {
        match self {
            Self::NeedsPushAccess => "the token's user needs write access to the repository",
            Self::TokenLacksPermission => {
                "give the fine-grained token the permission that the request needs, for this repository"
            }
            Self::IntegrationLacksPermission => {
                "give the GitHub App the permission and accept it for the installation; a workflow's own token cannot have it"
            }
            Self::NeedsSingleSignOn => "authorise the token for the organisation's single sign-on in its settings",
            Self::TokenKindRefused => {
                "the organisation refuses this kind of token; use a fine-grained token or a GitHub App"
            }
            Self::RepositoryBlocked => "GitHub took the repository down; remove it from the list",
            Self::Other => "check what the token may do with this repository",
        }
    }
}

impl fmt::Display for Spent {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} requests, {} not modified, {} of the quota", self.requests, self.not_modified, self.quota)
    }
}
