//! After a request was sent: what was spent, what is left, how long it took.

use chrono::{DateTime, Utc};

use super::Exchange;
use crate::app::Credential;
use crate::client::transport::{Answer, Failure};
use crate::client::verdict::Verdict;
use crate::headers;
use crate::outcome::Spent;
use crate::rate::RateLimit;

impl Exchange<'_> {
    /// Notes an answer.
    pub(super) fn note(&mut self, credential: &Credential, answer: &Answer, verdict: &Verdict, came_at: DateTime<Utc>) {
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

    pub(super) fn note_failure(&mut self, failure: &Failure) {
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
}

/// GitHub's clock minus the client's; whole seconds make small differences meaningless.
pub(super) fn skew(answer: &Answer, now: DateTime<Utc>) -> chrono::Duration {
    let difference = headers::date(&answer.headers).map_or_else(chrono::Duration::zero, |date| date - now);
    if difference.num_seconds().abs() < 2 { chrono::Duration::zero() } else { difference }
}
