//! After a request was sent: what was spent, what is left, how long it took.

use chrono::{DateTime, Utc};

use super::Exchange;
use crate::app::Credential;
use crate::client::call::Method;
use crate::client::transport::{Answer, Failure};
use crate::client::verdict::{Judged, Verdict};
use crate::headers;
use crate::outcome::Spent;
use crate::rate::RateLimit;

impl Exchange<'_> {
    /// Notes an answer.
    pub(super) fn note(&mut self, credential: &Credential, answer: &Answer, judged: &Judged, came_at: DateTime<Utc>) {
        let inner = &self.client.inner;
        let verdict = &judged.verdict;
        if let Some(rate) = &judged.rate {
            inner.budgets.observe(credential.identity, rate, skew(answer, came_at));
        }
        if !matches!(verdict, Verdict::Slower(_)) {
            inner.budgets.calm(credential.identity, came_at);
        }
        inner.pace.note_answer(answer.took, inner.config.clock.elapsed());
        if self.call.method == Method::Query {
            inner.query_pace.note_answer(answer.took, inner.config.clock.elapsed());
        }
        let not_modified = *verdict == Verdict::NotModified;
        let free = (judged.rate.is_none() && judged.cost.is_none())
            || (not_modified && credential.authorization.is_some())
            || matches!(verdict, Verdict::Exhausted(_))
            || inner.api.path(&self.url) == "rate_limit";
        let units = if free { 0 } else { judged.cost.unwrap_or(self.call.cost) };
        self.charge(Spent { not_modified: not_modified.into(), ..self.request(units) });
    }

    pub(super) fn note_failure(&mut self, failure: &Failure) {
        let counted = match failure {
            Failure::Unsendable => return,
            Failure::TooLarge => true,
            Failure::Broken { answered, .. } => {
                answered.as_ref().is_some_and(|headers| RateLimit::from_headers(headers).is_some())
            }
        };
        self.charge(self.request(if counted { self.call.cost } else { 0 }));
    }

    /// One request that took `units` of its bucket.
    fn request(&self, units: u32) -> Spent {
        match self.call.method {
            Method::Query => Spent { requests: 1, graphql_requests: 1, graphql_points: units, ..Spent::default() },
            Method::Get | Method::Post => Spent { requests: 1, quota: units, ..Spent::default() },
        }
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
