//! Who asks: the `Authorization` header of every request, and the tokens of a GitHub App.

mod installation;
mod jwt;

use std::sync::Arc;

use http::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};

use self::installation::Installations;
use crate::budget::Identity;
use crate::client::{Call, Client};
use crate::clock::Clock;
use crate::config::Auth;
use crate::error::Error;
use crate::outcome::{Outcome, Spent};
use crate::token::TokenKind;

/// The source of credentials.
pub(crate) enum Authority {
    Anonymous,
    Token { authorization: HeaderValue, kind: TokenKind },
    App(Box<Installations>),
}

/// What one request is sent with, and whose budget it draws on.
pub(crate) struct Credential {
    pub(crate) identity: Identity,
    pub(crate) authorization: Option<HeaderValue>,
}

impl Authority {
    pub(crate) fn new(auth: &Auth, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        match auth {
            Auth::Anonymous => Ok(Self::Anonymous),
            Auth::Token(token) => {
                Ok(Self::Token { authorization: bearer(token)?, kind: TokenKind::of(token.expose_secret().trim()) })
            }
            Auth::App { app_id, private_key_pem, installation_id } => {
                let installations = Installations::new(*app_id, private_key_pem, *installation_id, clock)?;
                Ok(Self::App(Box::new(installations)))
            }
        }
    }

    pub(crate) fn kind(&self) -> TokenKind {
        match self {
            Self::Anonymous => TokenKind::Anonymous,
            Self::Token { kind, .. } => *kind,
            Self::App(_) => TokenKind::App,
        }
    }

    /// The credential for a call and what it took to get it, or the outcome that stands in its way.
    pub(crate) async fn credential(
        &self,
        client: &Client,
        call: &Call,
    ) -> Result<Result<(Credential, Spent), Outcome>, Error> {
        let (identity, authorization) = match self {
            Self::Anonymous => (Identity::Caller, None),
            Self::Token { authorization, .. } => (Identity::Caller, Some(authorization.clone())),
            Self::App(installations) if call.as_app => (Identity::App, Some(installations.own_authorization()?)),
            Self::App(installations) => return installations.credential(client, call).await,
        };
        Ok(Ok((Credential { identity, authorization }, Spent::default())))
    }

    /// Drops the token of an installation; whether there can be a fresh one.
    pub(crate) fn forget(&self, identity: Identity) -> bool {
        match (self, identity) {
            (Self::App(installations), Identity::Installation(installation_id)) => {
                installations.forget(installation_id);
                true
            }
            _ => false,
        }
    }
}

fn bearer(token: &SecretString) -> Result<HeaderValue, Error> {
    let refuse = |reason: &str| Error::Config {
        key: "token",
        reason: reason.to_owned(),
        hint: "copy the token again, without spaces and line breaks in it",
    };
    let text = token.expose_secret().trim();
    if text.is_empty() {
        return Err(refuse("the token is empty"));
    }
    if text.contains(char::is_whitespace) {
        return Err(refuse("the token has spaces or line breaks in it"));
    }
    let mut value = HeaderValue::from_str(&format!("Bearer {text}"))
        .map_err(|_| refuse("the token has characters that no token has"))?;
    value.set_sensitive(true);
    Ok(value)
}
