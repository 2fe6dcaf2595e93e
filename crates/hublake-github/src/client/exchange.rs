//! One call from its first request to its outcome: limits, retries and redirects.

mod admission;
mod books;

use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use chrono::{DateTime, Utc};
use url::Url;

use self::books::skew;
use super::Client;
use super::api::shown;
use super::call::{Call, Method};
use super::transport::{Answer, Failure};
use super::verdict::{Judged, QueryFault, Refusal, Verdict};
use crate::app::Credential;
use crate::budget::SHORTEST_PAUSE;
use crate::error::Error;
use crate::headers;
use crate::outcome::{Outcome, Page, Spent};
use crate::rate::{RateLimit, Resource};

/// GitHub follows a rename with one redirect; more than this many are a loop.
const MOST_REDIRECTS: u32 = 3;
/// Longest pause between two attempts.
const LONGEST_RETRY_DELAY: Duration = Duration::from_secs(30);

pub(super) struct Exchange<'c> {
    client: &'c Client,
    call: Call,
    /// Where the next request goes.
    url: Url,
    redirects: u32,
    attempts: u32,
    delays: ExponentialBackoff,
    waited: Duration,
    renewed: bool,
    /// Whether a gateway failed already, so that the next time the query is to blame.
    slow_before: bool,
    spent: Spent,
}

/// What an answer that came at an instant means; it reads the body, so it is called once for each answer.
pub(super) type Judge<'a> = &'a (dyn Fn(&Answer, DateTime<Utc>) -> Judged + Send + Sync);

enum Step {
    Done(Outcome),
    Again,
}

/// What made an attempt worth repeating.
enum Trouble {
    Transport(String),
    Server(u16, String),
    Malformed(String),
    Query(QueryFault),
}

impl<'c> Exchange<'c> {
    pub(super) fn new(client: &'c Client, call: Call) -> Self {
        let config = &client.inner.config;
        let delays = ExponentialBuilder::default()
            .with_min_delay(config.retry_delay)
            .with_max_delay(LONGEST_RETRY_DELAY)
            .with_max_times(usize::try_from(config.max_retries).unwrap_or(usize::MAX))
            .with_jitter()
            .build();
        let url = call.request.url.clone();
        Self {
            client,
            call,
            url,
            redirects: 0,
            attempts: 0,
            delays,
            waited: Duration::ZERO,
            renewed: false,
            slow_before: false,
            spent: Spent::default(),
        }
    }

    pub(super) async fn run(mut self, judge: Judge<'_>) -> Result<Outcome, Error> {
        let inner = Arc::clone(&self.client.inner);
        // Queries go where the settings say, which with GitHub Enterprise is beside the root.
        if self.call.method != Method::Query {
            self.url = inner.api.follow(&self.url, self.url.as_str())?;
        }
        let resource = self.call.resource(&inner.api);
        loop {
            let granted = inner.authority.credential(self.client, &self.call).await?;
            let credential = match granted {
                Ok((credential, spent)) => {
                    self.spent += spent;
                    credential
                }
                Err(outcome) => return Ok(outcome),
            };
            let (reservation, permit) = match self.admit(&inner, credential.identity, &resource).await {
                Ok(place) => place,
                Err(until) => {
                    return Ok(Outcome::Limited { resource, until, spent: self.spent });
                }
            };
            let sent_at = inner.config.clock.now();
            let sent = inner.transport.send(&self.call, &self.url, credential.authorization.clone()).await;
            drop(permit);
            let came_at = inner.config.clock.now();
            self.attempts += 1;
            let step = match sent {
                Ok(answer) => {
                    let judged = judge(&answer, came_at);
                    self.note(&credential, &answer, &judged, came_at);
                    drop(reservation);
                    self.act(&credential, &resource, answer, judged, sent_at, came_at).await?
                }
                Err(failure) => {
                    self.note_failure(&failure);
                    drop(reservation);
                    self.fail(failure).await?
                }
            };
            if let Step::Done(outcome) = step {
                return Ok(outcome);
            }
        }
    }

    async fn act(
        &mut self,
        credential: &Credential,
        resource: &Resource,
        answer: Answer,
        judged: Judged,
        sent_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Step, Error> {
        let budgets = &self.client.inner.budgets;
        match judged.verdict {
            Verdict::Doubtful if self.pause(None).await => Ok(Step::Again),
            Verdict::Body | Verdict::Doubtful => {
                Ok(Step::Done(Outcome::Page(Box::new(self.page(answer, judged.rate, now)?))))
            }
            Verdict::Malformed(reason) => self.again(Trouble::Malformed(reason), None).await,
            Verdict::NotModified => Ok(Step::Done(Outcome::NotModified {
                final_url: self.url.clone(),
                fetched_at: now,
                rate: judged.rate,
                spent: self.spent,
            })),
            Verdict::Redirect(target) => self.redirect(target),
            Verdict::Exhausted(reset_at) => {
                let until = (reset_at - skew(&answer, now)).max(now + SHORTEST_PAUSE);
                budgets.exhaust(credential.identity, resource, until);
                Ok(Step::Again)
            }
            Verdict::Slower(retry_after) => {
                budgets.pause(credential.identity, sent_at, now, retry_after);
                Ok(Step::Again)
            }
            Verdict::Failed { message, retry_after } => {
                self.again(Trouble::Server(answer.status, message), retry_after).await
            }
            Verdict::TooSlow { message, by_the_clock, retry_after } => {
                let blamed = by_the_clock || std::mem::replace(&mut self.slow_before, true);
                if !blamed && self.pause(retry_after).await {
                    return Ok(Step::Again);
                }
                Ok(Step::Done(Outcome::TooSlow { message, spent: self.spent }))
            }
            Verdict::Query(fault) if fault.passing => self.again(Trouble::Query(fault), None).await,
            Verdict::Query(fault) => Err(self.error(Trouble::Query(fault))),
            Verdict::Refused(Refusal::Unauthorized(_)) if !self.renewed && self.renew(credential) => Ok(Step::Again),
            Verdict::Refused(refusal) => Ok(Step::Done(refused(refusal, self.spent))),
            Verdict::Unexpected(message) => {
                Err(Error::Unexpected { url: shown(&self.url), status: answer.status, message, spent: self.spent })
            }
        }
    }

    async fn fail(&mut self, failure: Failure) -> Result<Step, Error> {
        match failure {
            Failure::Broken { reason, .. } => self.again(Trouble::Transport(reason), None).await,
            Failure::TooLarge => Err(Error::TooLarge {
                url: shown(&self.url),
                limit_bytes: self.client.inner.config.max_body_bytes,
                spent: self.spent,
            }),
            Failure::Unsendable => {
                // An ETag that no header can hold matches nothing: ask without it.
                self.call.request.etag = None;
                Ok(Step::Again)
            }
        }
    }

    /// Pauses before another attempt, or gives up.
    async fn again(&mut self, trouble: Trouble, retry_after: Option<Duration>) -> Result<Step, Error> {
        if self.pause(retry_after).await { Ok(Step::Again) } else { Err(self.error(trouble)) }
    }

    /// Pauses before another attempt; false where there may be none.
    async fn pause(&mut self, retry_after: Option<Duration>) -> bool {
        let Some(delay) = self.delays.next() else {
            return false;
        };
        let config = &self.client.inner.config;
        let delay = retry_after.map_or(delay, |asked| asked.min(config.max_wait).max(delay));
        tracing::debug!(url = shown(&self.url), attempts = self.attempts, delay_ms = delay.as_millis(), "trying again");
        config.clock.sleep(delay).await;
        true
    }

    fn error(&self, trouble: Trouble) -> Error {
        let (url, attempts, spent) = (shown(&self.url), self.attempts, self.spent);
        match trouble {
            Trouble::Transport(reason) => Error::Transport { url, attempts, reason, spent },
            Trouble::Server(status, message) => Error::Server { url, status, attempts, message, spent },
            Trouble::Malformed(reason) => Error::Malformed { url, attempts, reason, spent },
            Trouble::Query(fault) => {
                let hint = fault.hint();
                Error::Query { url, attempts, kind: fault.kind, message: fault.message, hint, spent }
            }
        }
    }

    fn redirect(&mut self, target: Option<String>) -> Result<Step, Error> {
        let fault = |reason| Error::Redirect { url: shown(&self.call.request.url), reason, spent: self.spent };
        let Some(target) = target else {
            return Err(fault("a redirect without a target"));
        };
        if self.redirects == MOST_REDIRECTS {
            return Err(fault("more than three redirects"));
        }
        self.url = self.client.inner.api.follow(&self.url, &target)?;
        self.redirects += 1;
        self.learn_owner(&self.url);
        Ok(Step::Again)
    }

    /// A refused token of an installation is forgotten, once: it may have been revoked before its hour.
    fn renew(&mut self, credential: &Credential) -> bool {
        self.renewed = true;
        self.client.inner.authority.forget(credential.identity)
    }

    fn page(&self, answer: Answer, rate: Option<RateLimit>, fetched_at: DateTime<Utc>) -> Result<Page, Error> {
        let link = headers::next_link(&answer.headers);
        let next = link.map(|link| self.client.inner.api.follow(&self.url, link)).transpose()?;
        if let Some(next) = &next {
            self.learn_owner(next);
        }
        Ok(Page {
            url: self.call.request.url.clone(),
            final_url: self.url.clone(),
            status: answer.status,
            etag: answer.etag(),
            next,
            fetched_at,
            rate,
            spent: self.spent,
            body: answer.body,
            headers: answer.headers,
        })
    }

    /// Remembers whose repository a numeric id is: its URLs no longer name the owner.
    fn learn_owner(&self, numeric: &Url) {
        let api = &self.client.inner.api;
        let mut named = api.path(&self.call.request.url).split('/');
        let mut by_id = api.path(numeric).split('/');
        if let (Some("repos"), Some(owner)) = (named.next(), named.next())
            && let (Some("repositories"), Some(Ok(repo_id))) = (by_id.next(), by_id.next().map(str::parse))
        {
            self.client.learn_owner(repo_id, owner);
        }
    }
}

fn refused(refusal: Refusal, spent: Spent) -> Outcome {
    match refusal {
        Refusal::NotFound => Outcome::NotFound { spent },
        Refusal::Gone(message) => Outcome::Gone { message, spent },
        Refusal::Blocked(message) => Outcome::Blocked { message, spent },
        Refusal::Forbidden(message, kind) => Outcome::Forbidden { message, kind, spent },
        Refusal::Unauthorized(message) => Outcome::Unauthorized { message, spent },
        Refusal::Conflict(message) => Outcome::Conflict { message, spent },
        Refusal::Unprocessable(message) => Outcome::Unprocessable { message, spent },
    }
}
