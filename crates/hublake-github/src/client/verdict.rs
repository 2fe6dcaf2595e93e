//! What an answer means: a pure decision over status, headers and body.

mod query;

use std::time::Duration;

use chrono::{DateTime, Utc};
use http::header::LOCATION;

use super::transport::Answer;
use crate::headers;
use crate::message::{LONGEST_MESSAGE, one_line};
use crate::outcome::ForbiddenKind;
use crate::rate::RateLimit;

pub(crate) use self::query::judge_query;

/// A verdict and what the answer tells of the budget.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) verdict: Verdict,
    /// The bucket's state.
    pub(crate) rate: Option<RateLimit>,
    /// What a query cost in points, where the answer tells.
    pub(crate) cost: Option<u32>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// A body, and one that could be read.
    Body,
    /// A query's data, but GitHub stumbled over a part of it.
    Doubtful,
    /// A body that cannot be read.
    Malformed(String),
    /// 304.
    NotModified,
    /// Another place.
    Redirect(Option<String>),
    /// The primary limit, until an instant of GitHub's clock.
    Exhausted(DateTime<Utc>),
    /// The secondary limit.
    Slower(Option<Duration>),
    /// The server failed; it may say how long it will.
    Failed { message: String, retry_after: Option<Duration> },
    /// A query is more than GitHub does for one; or, if not `by_the_clock`, its gateway failed.
    TooSlow { message: String, by_the_clock: bool, retry_after: Option<Duration> },
    /// GitHub will not answer the query.
    Query(QueryFault),
    /// GitHub's refusal, which is a value.
    Refused(Refusal),
    /// Nothing we know.
    Unexpected(String),
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    NotFound,
    Gone(String),
    Blocked(String),
    Forbidden(String, ForbiddenKind),
    Unauthorized(String),
    Conflict(String),
    Unprocessable(String),
}

/// Why there is no answer to a query.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct QueryFault {
    pub(crate) kind: Option<String>,
    pub(crate) message: String,
    /// Whether it is GitHub's own fault, which may be gone the next time.
    pub(crate) passing: bool,
}

impl QueryFault {
    /// The next step.
    pub(crate) fn hint(&self) -> &'static str {
        match self.kind.as_deref() {
            _ if self.passing => "see https://www.githubstatus.com, then run again",
            Some("MAX_NODE_LIMIT_EXCEEDED" | "ARGUMENT_LIMIT" | "EXCESSIVE_PAGINATION") => {
                "ask for fewer items at once"
            }
            _ => "the server may not know what the query asks for; a GitHub Enterprise Server must be recent enough",
        }
    }
}

impl Judged {
    /// A verdict with what the headers tell.
    pub(crate) fn of(answer: &Answer, verdict: Verdict) -> Self {
        Self { verdict, rate: RateLimit::from_headers(&answer.headers), cost: None }
    }
}

/// Judges an answer that came at `now`; its body is still to be read.
pub(crate) fn judge(answer: &Answer, now: DateTime<Utc>) -> Verdict {
    match answer.status {
        200..=299 => Verdict::Body,
        304 => Verdict::NotModified,
        301 | 302 | 307 | 308 => {
            let target = answer.headers.get(LOCATION).and_then(|value| value.to_str().ok());
            Verdict::Redirect(target.map(str::to_owned))
        }
        401 => Verdict::Refused(Refusal::Unauthorized(message(answer))),
        403 | 429 => limit_or_refusal(answer, now),
        404 => Verdict::Refused(Refusal::NotFound),
        409 => Verdict::Refused(Refusal::Conflict(message(answer))),
        410 => Verdict::Refused(Refusal::Gone(message(answer))),
        422 => Verdict::Refused(Refusal::Unprocessable(message(answer))),
        451 => Verdict::Refused(Refusal::Blocked(message(answer))),
        500 | 502..=504 => {
            Verdict::Failed { message: message(answer), retry_after: headers::retry_after(&answer.headers, now) }
        }
        _ => Verdict::Unexpected(message(answer)),
    }
}

/// 403 and 429 mean a missing right, the primary or the secondary limit. A known refusal comes first:
/// it can come with the last unit of the budget, and waiting would not help it.
fn limit_or_refusal(answer: &Answer, now: DateTime<Utc>) -> Verdict {
    let message = message(answer);
    let lower = message.to_ascii_lowercase();
    let kind = ForbiddenKind::of_message(&message);
    let retry_after = headers::retry_after(&answer.headers, now);
    if lower.contains("secondary rate limit") || lower.contains("abuse") {
        return Verdict::Slower(retry_after);
    }
    if answer.status == 403 && kind != ForbiddenKind::Other {
        return Verdict::Refused(Refusal::Forbidden(message, kind));
    }
    if let Some(rate) = RateLimit::from_headers(&answer.headers)
        && rate.remaining == 0
    {
        return Verdict::Exhausted(rate.reset_at);
    }
    if retry_after.is_some() || answer.status == 429 || lower.contains("rate limit exceeded") {
        return Verdict::Slower(retry_after);
    }
    Verdict::Refused(Refusal::Forbidden(message, kind))
}

/// The answer's `message` or that of its first error, else the start of its text.
fn message(answer: &Answer) -> String {
    #[derive(serde::Deserialize)]
    struct Body {
        message: Option<String>,
        #[serde(default)]
        errors: Vec<Words>,
    }
    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum Words {
        Error { message: String },
        Other(serde::de::IgnoredAny),
    }
    let words = serde_json::from_slice::<Body>(&answer.body).ok().and_then(|body| {
        let of_error = |error| if let Words::Error { message } = error { Some(message) } else { None };
        body.message.or_else(|| body.errors.into_iter().find_map(of_error))
    });
    let start = || String::from_utf8_lossy(&answer.body[..answer.body.len().min(4 * LONGEST_MESSAGE)]).into_owned();
    let short = one_line(&words.unwrap_or_else(start));
    if short.is_empty() { format!("status {}", answer.status) } else { short }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::HeaderMap;
    use rstest::rstest;

    use super::*;

    fn answer(status: u16, message: &str, pairs: &[(&'static str, &str)]) -> Answer {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        let body = Bytes::from(serde_json::json!({ "message": message }).to_string());
        Answer { status, headers, body, took: Duration::ZERO }
    }

    const NOTHING_LEFT: [(&str, &str); 4] = [
        ("x-ratelimit-limit", "5000"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "1793491200"),
        ("x-ratelimit-resource", "core"),
    ];

    fn now() -> DateTime<Utc> {
        "2026-11-01T00:00:00Z".parse().unwrap()
    }

    #[rstest]
    #[case("Must have push access to repository", ForbiddenKind::NeedsPushAccess)]
    #[case("Resource not accessible by personal access token", ForbiddenKind::TokenLacksPermission)]
    #[case("Resource not accessible by integration", ForbiddenKind::IntegrationLacksPermission)]
    #[case("Resource protected by organization SAML enforcement.", ForbiddenKind::NeedsSingleSignOn)]
    #[case("Repository access blocked", ForbiddenKind::RepositoryBlocked)]
    fn a_known_refusal_is_no_limit_even_with_nothing_left(#[case] message: &str, #[case] kind: ForbiddenKind) {
        let expected = Verdict::Refused(Refusal::Forbidden(message.to_owned(), kind));
        assert_eq!(judge(&answer(403, message, &[]), now()), expected);
        assert_eq!(judge(&answer(403, message, &NOTHING_LEFT), now()), expected);
    }

    #[rstest]
    #[case(403)]
    #[case(429)]
    fn nothing_left_is_the_primary_limit(#[case] status: u16) {
        let reset = DateTime::from_timestamp(1_793_491_200, 0).unwrap();
        let verdict = judge(&answer(status, "API rate limit exceeded for user ID 1.", &NOTHING_LEFT), now());
        assert_eq!(verdict, Verdict::Exhausted(reset));
    }

    #[rstest]
    #[case::words_and_time(403, "You have exceeded a secondary rate limit.", &[("retry-after", "30")], Some(30))]
    #[case::words_only(403, "You have exceeded a secondary rate limit.", &[], None)]
    #[case::old_words(403, "You have triggered an abuse detection mechanism.", &[], None)]
    #[case::time_only(403, "Slow down", &[("retry-after", "5")], Some(5))]
    #[case::status_only(429, "Too many requests", &[], None)]
    #[case::no_headers(403, "API rate limit exceeded for 1.2.3.4.", &[], None)]
    fn the_secondary_limit_in_all_its_shapes(
        #[case] status: u16,
        #[case] message: &str,
        #[case] pairs: &[(&'static str, &str)],
        #[case] seconds: Option<u64>,
    ) {
        let verdict = judge(&answer(status, message, pairs), now());
        assert_eq!(verdict, Verdict::Slower(seconds.map(Duration::from_secs)));
    }

    #[test]
    fn a_secondary_limit_with_nothing_left_waits_as_told() {
        let mut pairs = NOTHING_LEFT.to_vec();
        pairs.push(("retry-after", "7"));
        let verdict = judge(&answer(403, "You have exceeded a secondary rate limit", &pairs), now());
        assert_eq!(verdict, Verdict::Slower(Some(Duration::from_secs(7))));
    }

    #[test]
    fn an_unknown_403_is_a_refusal() {
        let verdict = judge(&answer(403, "No.", &[]), now());
        assert_eq!(verdict, Verdict::Refused(Refusal::Forbidden("No.".to_owned(), ForbiddenKind::Other)));
    }

    #[test]
    fn messages_are_one_short_line() {
        let mut odd = answer(500, "", &[]);
        odd.body = Bytes::from(format!("<html>\n\u{1b}[31m {}", "x".repeat(5_000)));
        let text = message(&odd);
        assert!(text.starts_with("<html> [31m xxx"), "{text}");
        assert_eq!(text.chars().count(), LONGEST_MESSAGE);
    }
}
