//! One call from its first request to its outcome: limits, retries and redirects.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use chrono::{DateTime, Utc};
use tokio::sync::SemaphorePermit;
use url::Url;

use super::Client;
use super::api::shown;
use super::transport::{Answer, Failure};
use super::verdict::{Refusal, Verdict, judge};
use crate::app::Credential;
use crate::budget::{Admission, Identity, Reservation, SHORTEST_PAUSE};
use crate::error::Error;
use crate::headers;
use crate::outcome::{Outcome, Page, Request, Spent};
use crate::rate::{RateLimit, Resource};
use crate::wait::{Wait, WaitReason};

/// GitHub follows a rename with one redirect; more than this many are a loop.
const MOST_REDIRECTS: u32 = 3;
/// Longest pause between two attempts.
const LONGEST_RETRY_DELAY: Duration = Duration::from_secs(30);
/// Added to the end of a window: headers tell time in whole seconds.
const AFTER_RESET: Duration = Duration::from_secs(1);
/// Shorter waits for the pace are not worth telling anyone.
const NOTABLE_WAIT: Duration = Duration::from_secs(2);

/// The methods that the client uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    /// Only to ask for the token of an App's installation.
    Post,
}

impl Method {
    /// GitHub's price: a read is one point, a write five.
    fn points(self) -> u32 {
        match self {
            Self::Get => 1,
            Self::Post => 5,
        }
    }
}

/// What is to be done, before it is known how often it takes.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) request: Request,
    /// A GitHub App asks under its own name, not as one of its installations.
    pub(crate) as_app: bool,
}

impl Call {
    pub(crate) fn get(request: Request) -> Self {
        Self { method: Method::Get, request, as_app: false }
    }

    pub(crate) fn as_app(method: Method, url: Url) -> Self {
        Self { method, request: Request::new(url), as_app: true }
    }
}

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
    spent: Spent,
}

type Check<'a> = &'a (dyn Fn(&[u8]) -> Result<(), String> + Send + Sync);

enum Step {
    Done(Outcome),
    Again,
}

/// What made an attempt worth repeating.
enum Trouble {
    Transport(String),
    Server(u16, String),
    Malformed(String),
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
            spent: Spent::default(),
        }
    }

    pub(super) async fn run(mut self, check: Check<'_>) -> Result<Outcome, Error> {
        let inner = Arc::clone(&self.client.inner);
        self.url = inner.api.follow(&self.url, self.url.as_str())?;
        let resource = Resource::of_path(inner.api.path(&self.url));
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
            let etag = self.call.request.etag.as_deref();
            let sent = inner.transport.send(self.call.method, &self.url, etag, credential.authorization.clone()).await;
            drop(permit);
            let came_at = inner.config.clock.now();
            self.attempts += 1;
            let step = match sent {
                Ok(answer) => {
                    let verdict = judge(&answer, came_at);
                    self.note(&credential, &answer, &verdict, came_at);
                    drop(reservation);
                    self.act(&credential, &resource, answer, verdict, sent_at, check).await?
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

    /// Waits for a place within budget, pace and concurrency; an instant means that it would take too long.
    async fn admit<'i>(
        &mut self,
        inner: &'i super::Inner,
        identity: Identity,
        resource: &Resource,
    ) -> Result<(Reservation, SemaphorePermit<'i>), DateTime<Utc>> {
        let clock = &inner.config.clock;
        loop {
            let mut ended = pin!(inner.budgets.ended());
            ended.as_mut().enable();
            match inner.budgets.admit(identity, resource, clock.now()) {
                Admission::Busy => ended.await,
                Admission::Closed { until, reason } => self.wait_until(until, reason, resource).await?,
                Admission::Granted(reservation) => {
                    self.keep_pace(inner, resource).await;
                    // The semaphore is never closed; were it, requests would only no longer be counted.
                    let Ok(permit) = inner.permits.acquire().await else {
                        return Err(clock.now());
                    };
                    // GitHub may have asked for a pause while this request waited for its place.
                    if inner.budgets.paused_until(identity, clock.now()).is_none() {
                        return Ok((reservation, permit));
                    }
                }
            }
        }
    }

    async fn keep_pace(&self, inner: &super::Inner, resource: &Resource) {
        let clock = &inner.config.clock;
        while let Err(wait) = inner.pace.take(self.call.method.points(), clock.elapsed()) {
            let until = clock.now() + wait;
            let told = (wait >= NOTABLE_WAIT)
                .then(|| inner.waits.begin(Wait { resource: resource.clone(), reason: WaitReason::Pacing, until }));
            clock.sleep(wait).await;
            drop(told);
        }
    }

    async fn wait_until(
        &mut self,
        until: DateTime<Utc>,
        reason: WaitReason,
        resource: &Resource,
    ) -> Result<(), DateTime<Utc>> {
        let inner = &self.client.inner;
        let slack = if reason == WaitReason::Primary { AFTER_RESET } else { Duration::ZERO };
        let wait = (until - inner.config.clock.now()).to_std().unwrap_or_default() + slack;
        if self.waited + wait > inner.config.max_wait {
            return Err(until);
        }
        tracing::info!(%resource, ?reason, until = %until.to_rfc3339(), "waiting for a limit of GitHub");
        let told = inner.waits.begin(Wait { resource: resource.clone(), reason, until });
        self.waited += wait;
        inner.config.clock.sleep(wait).await;
        drop(told);
        Ok(())
    }

    /// Keeps the books: what was spent, what is left, how long it took.
    fn note(&mut self, credential: &Credential, answer: &Answer, verdict: &Verdict, came_at: DateTime<Utc>) {
        let inner = &self.client.inner;
        let rate = RateLimit::from_headers(&answer.headers);
        if let Some(rate) = &rate {
            inner.budgets.observe(credential.identity, rate, skew(answer, came_at));
        }
        if !matches!(verdict, Verdict::Slower(_)) {
            inner.budgets.calm(credential.identity, came_at);
        }
        inner.pace.note_answer(answer.took, inner.config.clock.elapsed());
        let not_modified = *verdict == Verdict::NotModified;
        let free = rate.is_none()
            || (not_modified && credential.authorization.is_some())
            || matches!(verdict, Verdict::Exhausted(_))
            || inner.api.path(&self.url) == "rate_limit";
        self.charge(Spent { requests: 1, not_modified: not_modified.into(), quota: (!free).into() });
    }

    fn note_failure(&mut self, failure: &Failure) {
        let quota = match failure {
            Failure::Unsendable => return,
            Failure::TooLarge => 1,
            Failure::Broken { answered, .. } => {
                u32::from(answered.as_ref().is_some_and(|headers| RateLimit::from_headers(headers).is_some()))
            }
        };
        self.charge(Spent { requests: 1, not_modified: 0, quota });
    }

    fn charge(&mut self, spent: Spent) {
        self.spent += spent;
        self.client.add_spent(spent);
    }

    async fn act(
        &mut self,
        credential: &Credential,
        resource: &Resource,
        answer: Answer,
        verdict: Verdict,
        sent_at: DateTime<Utc>,
        check: Check<'_>,
    ) -> Result<Step, Error> {
        let budgets = &self.client.inner.budgets;
        let now = self.client.inner.config.clock.now();
        match verdict {
            Verdict::Body => match check(&answer.body) {
                Ok(()) => Ok(Step::Done(Outcome::Page(self.page(answer, now)?))),
                Err(reason) => self.again(Trouble::Malformed(reason), None).await,
            },
            Verdict::NotModified => Ok(Step::Done(Outcome::NotModified {
                final_url: self.url.clone(),
                fetched_at: now,
                rate: RateLimit::from_headers(&answer.headers),
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
        let (url, attempts, spent) = (shown(&self.url), self.attempts, self.spent);
        let Some(delay) = self.delays.next() else {
            return Err(match trouble {
                Trouble::Transport(reason) => Error::Transport { url, attempts, reason, spent },
                Trouble::Server(status, message) => Error::Server { url, status, attempts, message, spent },
                Trouble::Malformed(reason) => Error::Malformed { url, attempts, reason, spent },
            });
        };
        let config = &self.client.inner.config;
        let delay = retry_after.map_or(delay, |asked| asked.min(config.max_wait).max(delay));
        tracing::debug!(url, attempts, delay_ms = delay.as_millis(), "trying again");
        config.clock.sleep(delay).await;
        Ok(Step::Again)
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

    fn page(&self, answer: Answer, fetched_at: DateTime<Utc>) -> Result<Page, Error> {
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
            rate: RateLimit::from_headers(&answer.headers),
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

/// GitHub's clock minus the client's; whole seconds make small differences meaningless.
fn skew(answer: &Answer, now: DateTime<Utc>) -> chrono::Duration {
    let difference = headers::date(&answer.headers).map_or_else(chrono::Duration::zero, |date| date - now);
    if difference.num_seconds().abs() < 2 { chrono::Duration::zero() } else { difference }
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
