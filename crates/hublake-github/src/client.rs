//! The client and its public calls.

mod api;
mod call;
mod exchange;
mod graphql;
mod transport;
mod verdict;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::{Semaphore, watch};
use url::Url;

use self::api::Api;
use self::exchange::Exchange;
use self::transport::{Answer, Transport};
use self::verdict::{Judged, Verdict, judge};
use crate::app::Authority;
use crate::budget::Budgets;
use crate::config::{Auth, Config};
use crate::error::Error;
use crate::outcome::{Decoded, Outcome, Request, Spent};
use crate::pace::Pace;
use crate::rate::{RateLimit, Resource};
use crate::token::TokenKind;
use crate::wait::{Wait, Waits};

pub(crate) use self::call::{Call, Method};

/// A client of GitHub's REST and GraphQL APIs; clones share connections, budgets, pace and totals.
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) config: Config,
    pub(crate) api: Api,
    pub(crate) authority: Authority,
    pub(crate) budgets: Arc<Budgets>,
    pub(crate) pace: Pace,
    /// The part of the answering time that queries may take.
    pub(crate) query_pace: Pace,
    pub(crate) permits: Semaphore,
    pub(crate) waits: Arc<Waits>,
    pub(crate) transport: Transport,
    totals: Mutex<Spent>,
    /// Owners of repositories that answers told, by numeric id.
    owners: Mutex<HashMap<i64, String>>,
}

impl Client {
    /// Checks the settings and makes a client; nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Config`] names the setting; [`Error::InsecureUrl`] where a token would travel in clear.
    pub fn new(config: Config) -> Result<Self, Error> {
        if !(0.0..1.0).contains(&config.quota_floor_fraction) {
            return Err(Error::Config {
                key: "quota_floor_fraction",
                reason: format!("{} is not a part of a budget", config.quota_floor_fraction),
                hint: "use a number from 0 up to, but not including, 1",
            });
        }
        let permits = config.max_concurrent_requests;
        if !(1..=Semaphore::MAX_PERMITS).contains(&permits) {
            return Err(Error::Config {
                key: "max_concurrent_requests",
                reason: format!("{permits} requests at once are not possible"),
                hint: "use a number from 1 to 100",
            });
        }
        let has_secret = !matches!(config.auth, Auth::Anonymous);
        let inner = Inner {
            api: Api::new(&config.api_url, has_secret && !config.allow_insecure_http)?,
            authority: Authority::new(&config.auth, Arc::clone(&config.clock))?,
            budgets: Budgets::new(config.quota_floor_fraction),
            pace: Pace::new(config.points_per_minute, config.answer_seconds_per_minute),
            query_pace: Pace::new(0, Pace::query_seconds(config.answer_seconds_per_minute)),
            permits: Semaphore::new(permits),
            waits: Waits::new(),
            transport: Transport::new(&config)?,
            totals: Mutex::default(),
            owners: Mutex::default(),
            config,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Builds a URL below the API's root; every segment of `path` and every value of `query` is escaped.
    pub fn url(&self, path: &str, query: &[(&str, &str)]) -> Url {
        self.inner.api.url(path, query)
    }

    /// The API's root.
    pub fn api_url(&self) -> &Url {
        self.inner.api.root()
    }

    /// Sends a request and checks that the answer's body is one complete JSON value.
    ///
    /// Connection failures, timeouts, 500, 502, 503, 504 and bodies that are cut off or no JSON are retried
    /// with growing pauses; limits are waited for; up to three redirects are followed.
    ///
    /// # Errors
    /// No usable answer after all attempts, or a link that leaves the API's host. What GitHub refuses is a
    /// value of [`Outcome`].
    pub async fn get(&self, request: Request) -> Result<Outcome, Error> {
        let complete = |body: &[u8]| serde_json::from_slice::<serde::de::IgnoredAny>(body).map(drop);
        Ok(match self.get_decoded(request, complete).await? {
            Decoded::Page(page, ()) => Outcome::Page(Box::new(page)),
            Decoded::Other(outcome) => outcome,
        })
    }

    /// Like [`Client::get`], but the caller decodes the body, which is the check: what `decode` refuses is
    /// asked for again, and after the last attempt it is [`Error::Malformed`]. So the body is parsed once.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub async fn get_decoded<T, E, F>(&self, request: Request, decode: F) -> Result<Decoded<T>, Error>
    where
        F: Fn(&[u8]) -> Result<T, E> + Send + Sync,
        E: fmt::Display,
        T: Send,
    {
        let decoded = Mutex::new(None);
        let check = |body: &[u8]| {
            let value = decode(body).map_err(|error| error.to_string())?;
            *decoded.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
            Ok(())
        };
        let outcome = self.call(Call::get(request), &check).await?;
        let value = decoded.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(match (outcome, value) {
            (Outcome::Page(page), Some(value)) => Decoded::Page(*page, value),
            (outcome, _) => Decoded::Other(outcome),
        })
    }

    /// What this client and its clones have spent so far.
    pub fn spent(&self) -> Spent {
        *self.inner.totals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last known state of a bucket; none before the first answer from it.
    pub fn remaining(&self, resource: &Resource) -> Option<RateLimit> {
        self.inner.budgets.remaining(resource)
    }

    /// Tells of waits for limits as they begin and end: the one that ends last, or none.
    pub fn waiting(&self) -> watch::Receiver<Option<Wait>> {
        self.inner.waits.subscribe()
    }

    /// The kind of the token in use.
    pub fn token_kind(&self) -> TokenKind {
        self.inner.authority.kind()
    }

    /// Whether requests are authorised, so that a 304 is free.
    pub fn is_authorised(&self) -> bool {
        self.token_kind() != TokenKind::Anonymous
    }

    pub(crate) async fn call(
        &self,
        call: Call,
        check: &(dyn Fn(&[u8]) -> Result<(), String> + Send + Sync),
    ) -> Result<Outcome, Error> {
        let judge = |answer: &Answer, now: DateTime<Utc>| {
            let verdict = match judge(answer, now) {
                Verdict::Body => check(&answer.body).map_or_else(Verdict::Malformed, |()| Verdict::Body),
                other => other,
            };
            Judged::of(answer, verdict)
        };
        Exchange::new(self, call).run(&judge).await
    }

    pub(crate) fn add_spent(&self, spent: Spent) {
        *self.inner.totals.lock().unwrap_or_else(PoisonError::into_inner) += spent;
    }

    pub(crate) fn learn_owner(&self, repo_id: i64, owner: &str) {
        let mut owners = self.inner.owners.lock().unwrap_or_else(PoisonError::into_inner);
        owners.insert(repo_id, owner.to_owned());
    }

    pub(crate) fn owner_of(&self, repo_id: i64) -> Option<String> {
        self.inner.owners.lock().unwrap_or_else(PoisonError::into_inner).get(&repo_id).cloned()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Client")
            .field("api_url", &self.inner.api.root().as_str())
            .field("token", &self.token_kind())
            .finish_non_exhaustive()
    }
}
