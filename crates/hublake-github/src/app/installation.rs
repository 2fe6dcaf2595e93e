//! Installations of a GitHub App: which one may see a repository, and its token of one hour.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use chrono::{DateTime, Duration, Utc};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use http::HeaderValue;
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use super::jwt::Signer;
use super::{Credential, bearer};
use crate::budget::Identity;
use crate::client::{Call, Client, Method};
use crate::clock::Clock;
use crate::error::Error;
use crate::outcome::{Outcome, Spent};

/// A token is renewed so long before it expires that no request meets its end.
const RENEW_BEFORE: Duration = Duration::minutes(5);

pub(crate) struct Installations {
    app_id: u64,
    configured: Option<u64>,
    signer: Signer,
    clock: Arc<dyn Clock>,
    /// Installations by owner, in lower case.
    by_owner: Mutex<HashMap<String, u64>>,
    /// Each slot's lock is held while its token is renewed, so that one request does it for all.
    tokens: Mutex<HashMap<u64, Slot>>,
}

type Slot = Arc<tokio::sync::Mutex<Option<Token>>>;

struct Token {
    authorization: HeaderValue,
    expires_at: DateTime<Utc>,
}

/// What was found and what it took, or the outcome that stands in its way.
type Granted<T> = Result<Result<(T, Spent), Outcome>, Error>;

impl Installations {
    pub(super) fn new(
        app_id: u64,
        private_key_pem: &SecretString,
        configured: Option<u64>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Error> {
        let signer = Signer::new(app_id, private_key_pem)?;
        Ok(Self { app_id, configured, signer, clock, by_owner: Mutex::default(), tokens: Mutex::default() })
    }

    /// The App's own credential, signed anew each time.
    pub(super) fn own_authorization(&self) -> Result<HeaderValue, Error> {
        bearer(&self.signer.sign(self.clock.now())?)
    }

    /// The credential of the installation that may see what `call` asks for.
    pub(super) async fn credential(&self, client: &Client, call: &Call) -> Granted<Credential> {
        let (installation_id, mut spent) = match self.installation(client, call).await? {
            Ok(found) => found,
            Err(outcome) => return Ok(Err(outcome)),
        };
        let slot = Arc::clone(self.lock_tokens().entry(installation_id).or_default());
        let mut token = slot.lock().await;
        let fresh_until = self.clock.now() + RENEW_BEFORE;
        let authorization = match &*token {
            Some(token) if token.expires_at > fresh_until => token.authorization.clone(),
            _ => match self.fetch_token(client, installation_id).await? {
                Ok((renewed, cost)) => {
                    spent += cost;
                    token.insert(renewed).authorization.clone()
                }
                Err(outcome) => return Ok(Err(outcome)),
            },
        };
        let identity = Identity::Installation(installation_id);
        Ok(Ok((Credential { identity, authorization: Some(authorization) }, spent)))
    }

    /// Forgets a token that GitHub no longer accepts.
    pub(super) fn forget(&self, installation_id: u64) {
        self.lock_tokens().remove(&installation_id);
    }

    async fn installation(&self, client: &Client, call: &Call) -> Granted<u64> {
        if let Some(installation_id) = self.configured {
            return Ok(Ok((installation_id, Spent::default())));
        }
        let (owner, repository) = owner_of(client, call);
        let Some(owner) = owner else {
            return self.only_installation(client).await;
        };
        let key = owner.to_ascii_lowercase();
        if let Some(installation_id) = self.lock_owners().get(&key) {
            return Ok(Ok((*installation_id, Spent::default())));
        }
        let path = match repository {
            Some(repository) => format!("repos/{owner}/{repository}/installation"),
            None => format!("users/{owner}/installation"),
        };
        match ask(client, Method::Get, client.url(&path, &[])).await? {
            (Outcome::NotFound { .. }, _) => Err(Error::App {
                app_id: self.app_id,
                reason: format!("it is not installed for {owner}, or what is asked for does not exist"),
                hint: "check the name, and install the App for this account and repository",
            }),
            (outcome, body) => {
                let found = self.read::<Installation>(outcome, &body)?;
                Ok(found.map(|(installation, spent)| {
                    self.lock_owners().insert(key, installation.id);
                    (installation.id, spent)
                }))
            }
        }
    }

    async fn only_installation(&self, client: &Client) -> Granted<u64> {
        let (outcome, body) = ask(client, Method::Get, client.url("app/installations", &[("per_page", "2")])).await?;
        let (installations, spent) = match self.read::<Vec<Installation>>(outcome, &body)? {
            Ok(found) => found,
            Err(outcome) => return Ok(Err(outcome)),
        };
        match installations.as_slice() {
            [only] => Ok(Ok((only.id, spent))),
            several => Err(Error::App {
                app_id: self.app_id,
                reason: format!(
                    "it has {} and the request does not name an owner",
                    if several.is_empty() { "no installation" } else { "several installations" }
                ),
                hint: "set the installation id",
            }),
        }
    }

    async fn fetch_token(&self, client: &Client, installation_id: u64) -> Granted<Token> {
        let url = client.url(&format!("app/installations/{installation_id}/access_tokens"), &[]);
        match ask(client, Method::Post, url).await? {
            (Outcome::NotFound { .. }, _) => Err(Error::App {
                app_id: self.app_id,
                reason: format!("it has no installation {installation_id}"),
                hint: "check the App's id and the installation's id",
            }),
            (outcome, body) => {
                let (answer, spent) = match self.read::<AccessToken>(outcome, &body)? {
                    Ok(answer) => answer,
                    Err(outcome) => return Ok(Err(outcome)),
                };
                let token = Token { authorization: bearer(&answer.token)?, expires_at: answer.expires_at };
                Ok(Ok((token, spent)))
            }
        }
    }

    fn read<'b, T: Deserialize<'b>>(&self, outcome: Outcome, body: &'b Bytes) -> Granted<T> {
        let refused = |message: &str| Error::App {
            app_id: self.app_id,
            reason: format!("GitHub refuses it: {message}"),
            hint: "check the App's id and its private key, and that this machine's clock is right",
        };
        match &outcome {
            Outcome::Page(page) => match serde_json::from_slice(body) {
                Ok(value) => Ok(Ok((value, page.spent))),
                Err(_) => Err(refused("its answer cannot be understood")),
            },
            Outcome::Limited { .. } => Ok(Err(outcome)),
            Outcome::Unauthorized { message, .. } | Outcome::Forbidden { message, .. } => Err(refused(message)),
            other => Err(refused(&other.problem("its installation").unwrap_or_default())),
        }
    }

    fn lock_owners(&self) -> std::sync::MutexGuard<'_, HashMap<String, u64>> {
        self.by_owner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_tokens(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Slot>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Deserialize)]
struct Installation {
    id: u64,
}

#[derive(Deserialize)]
struct AccessToken {
    #[serde(deserialize_with = "secret")]
    token: SecretString,
    expires_at: DateTime<Utc>,
}

fn secret<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}

/// Owner, and name where the URL has one, of what a call asks for.
fn owner_of(client: &Client, call: &Call) -> (Option<String>, Option<String>) {
    let mut segments = client.inner.api.path(&call.request.url).split('/');
    match (segments.next(), segments.next(), segments.next()) {
        (Some("repos"), Some(owner), Some(name)) => (Some(owner.to_owned()), Some(name.to_owned())),
        (Some("orgs" | "users"), Some(owner), _) => (Some(owner.to_owned()), None),
        (Some("repositories"), Some(repo_id), _) => {
            let learnt = repo_id.parse().ok().and_then(|repo_id| client.owner_of(repo_id));
            (call.request.owner.clone().or(learnt), None)
        }
        _ => (call.request.owner.clone(), None),
    }
}

/// Asks under the App's own name. Boxed, because a call asks for a credential, which asks by a call.
fn ask(client: &Client, method: Method, url: Url) -> BoxFuture<'_, Result<(Outcome, Bytes), Error>> {
    async move {
        let complete = |body: &[u8]| {
            serde_json::from_slice::<serde::de::IgnoredAny>(body).map(drop).map_err(|error| error.to_string())
        };
        let outcome = client.call(Call::as_app(method, url), &complete).await?;
        let body = match &outcome {
            Outcome::Page(page) => page.body.clone(),
            _ => Bytes::new(),
        };
        Ok((outcome, body))
    }
    .boxed()
}
