//! What the answer to a query means: limits, failures and refusals that come with status 200.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::de::IgnoredAny;

use super::{Judged, QueryFault, Refusal, Verdict, judge, message};
use crate::client::transport::Answer;
use crate::graphql::{GraphqlBody, GraphqlData, GraphqlError, GraphqlRateLimit};
use crate::headers;
use crate::rate::{RateLimit, Resource};

/// GitHub stops a query after 10 s; what fails so late has met that clock and would meet it again.
const CLOCK: Duration = Duration::from_secs(9);

/// Judges the answer to a query that came at `now`; `decode` reads its body, which is given back if read.
pub(crate) fn judge_query<T: GraphqlData>(
    answer: &Answer,
    now: DateTime<Utc>,
    decode: impl Fn(&[u8]) -> Result<GraphqlBody<T>, String>,
) -> (Judged, Option<GraphqlBody<T>>) {
    if !(200..=299).contains(&answer.status) {
        return (Judged::of(answer, of_status(answer, now)), None);
    }
    match decode(&answer.body) {
        Ok(body) => {
            let told = body.data.as_ref().and_then(GraphqlData::rate_limit);
            let verdict = of_body(&body, told.as_ref(), answer, now);
            let mut judged = Judged::of(answer, verdict);
            judged.cost = told.and_then(|told| told.cost);
            judged.rate = judged.rate.or_else(|| told.and_then(|told| told.bucket()));
            (judged, Some(body))
        }
        Err(reason) => {
            // Data with holes may be unreadable because of what its errors tell.
            let errors = serde_json::from_slice::<GraphqlBody<IgnoredAny>>(&answer.body).map(|body| body.errors);
            let errors = errors.unwrap_or_default();
            let verdict = of_errors(&errors, None, answer, now).unwrap_or_else(|| match errors.first() {
                Some(error) => Verdict::Malformed(format!("{reason}; its first error: {error}")),
                None => Verdict::Malformed(reason),
            });
            (Judged::of(answer, verdict), None)
        }
    }
}

fn of_body<T>(body: &GraphqlBody<T>, told: Option<&GraphqlRateLimit>, answer: &Answer, now: DateTime<Utc>) -> Verdict {
    if let Some(verdict) = of_errors(&body.errors, told, answer, now) {
        return verdict;
    }
    match (&body.data, body.errors.as_slice()) {
        (Some(_), errors) if errors.iter().any(is_passing) => Verdict::Doubtful,
        (Some(_), _) => Verdict::Body,
        (None, []) => Verdict::Malformed("it has neither data nor errors".to_owned()),
        (None, errors) => refusal(errors),
    }
}

fn of_status(answer: &Answer, now: DateTime<Utc>) -> Verdict {
    match answer.status {
        502 | 504 => Verdict::TooSlow {
            message: message(answer),
            by_the_clock: met_the_clock(answer),
            retry_after: headers::retry_after(&answer.headers, now),
        },
        // Without a token there is no budget at all; waiting for its reset would last for ever.
        403 | 429 if has_no_budget(answer) => Verdict::Refused(Refusal::Unauthorized(message(answer))),
        _ => judge(answer, now),
    }
}

/// What errors mean whether there is data or not: a limit, or a query that is too much for GitHub.
fn of_errors(
    errors: &[GraphqlError],
    told: Option<&GraphqlRateLimit>,
    answer: &Answer,
    now: DateTime<Utc>,
) -> Option<Verdict> {
    if let Some(limit) = errors.iter().find(|error| is_secondary(error) || is_primary(error)) {
        return Some(limited(limit, told, answer, now));
    }
    let too_slow = |error: &GraphqlError, by_the_clock| Verdict::TooSlow {
        message: error.message.clone(),
        by_the_clock,
        retry_after: None,
    };
    if let Some(error) = errors.iter().find(|error| error.is("RESOURCE_LIMITS_EXCEEDED")) {
        return Some(too_slow(error, true));
    }
    let error = errors.iter().find(|error| is_timeout(error))?;
    Some(too_slow(error, met_the_clock(answer)))
}

/// What errors mean that came without data.
fn refusal(errors: &[GraphqlError]) -> Verdict {
    if let Some((error, kind)) = errors.iter().find_map(|error| Some((error, error.forbidden()?))) {
        return Verdict::Refused(Refusal::Forbidden(error.message.clone(), kind));
    }
    let passing = errors.iter().find(|error| is_passing(error));
    let first = passing.or(errors.first());
    Verdict::Query(QueryFault {
        kind: first.and_then(|error| error.kind.clone()),
        message: first.map(|error| error.to_string()).unwrap_or_default(),
        passing: passing.is_some(),
    })
}

/// The end of a primary limit is told by headers or data. The headers can still speak of points left: too
/// few for this query, or counted by another of GitHub's machines.
fn limited(error: &GraphqlError, told: Option<&GraphqlRateLimit>, answer: &Answer, now: DateTime<Utc>) -> Verdict {
    let retry_after = headers::retry_after(&answer.headers, now);
    let by_headers = RateLimit::from_headers(&answer.headers).filter(|rate| rate.resource == Resource::Graphql);
    let reset_at = by_headers.map(|rate| rate.reset_at).or(told.and_then(|told| told.reset_at));
    match reset_at {
        Some(reset_at) if !is_secondary(error) => Verdict::Exhausted(reset_at),
        _ => Verdict::Slower(retry_after),
    }
}

fn is_primary(error: &GraphqlError) -> bool {
    error.is("RATE_LIMITED") || error.is("RATE_LIMIT")
}

fn is_secondary(error: &GraphqlError) -> bool {
    let words = error.message.to_ascii_lowercase();
    words.contains("secondary rate limit") || words.contains("abuse detection")
}

/// Timeouts come without a kind; the words alone could be those of a query that names something so.
fn is_timeout(error: &GraphqlError) -> bool {
    if error.is("TIMEOUT") {
        return true;
    }
    if error.kind.is_some() && !is_passing(error) {
        return false;
    }
    let words = error.message.to_ascii_lowercase();
    ["timeout", "timed out", "respond to your request in time"].iter().any(|one| words.contains(one))
}

/// GitHub's own fault, which may be gone the next time.
fn is_passing(error: &GraphqlError) -> bool {
    ["INTERNAL", "INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE"].iter().any(|kind| error.is(kind))
        || error.message.to_ascii_lowercase().contains("something went wrong")
}

fn has_no_budget(answer: &Answer) -> bool {
    RateLimit::from_headers(&answer.headers).is_some_and(|rate| rate.limit == 0)
}

fn met_the_clock(answer: &Answer) -> bool {
    answer.took >= CLOCK
}

#[cfg(test)]
mod tests;
