use bytes::Bytes;
use http::HeaderMap;
use rstest::rstest;
use serde::Deserialize;

use super::*;
use crate::outcome::ForbiddenKind;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    rate_limit: Option<GraphqlRateLimit>,
    #[expect(dead_code, reason = "that it can be read is the test")]
    nodes: Option<Vec<Option<u32>>>,
}

impl GraphqlData for Data {
    fn rate_limit(&self) -> Option<GraphqlRateLimit> {
        self.rate_limit
    }
}

fn now() -> DateTime<Utc> {
    "2026-11-01T00:00:00Z".parse().unwrap()
}

fn reset() -> DateTime<Utc> {
    "2026-11-01T00:30:00Z".parse().unwrap()
}

fn answer(status: u16, body: &str, pairs: &[(&'static str, &str)]) -> Answer {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.insert(*name, value.parse().unwrap());
    }
    Answer { status, headers, body: Bytes::from(body.to_owned()), took: Duration::from_millis(300) }
}

/// Headers of the bucket with so much left, until [`reset`].
fn left(remaining: &'static str) -> [(&'static str, &'static str); 4] {
    [
        ("x-ratelimit-limit", "5000"),
        ("x-ratelimit-remaining", remaining),
        ("x-ratelimit-reset", "1793493000"),
        ("x-ratelimit-resource", "graphql"),
    ]
}

fn judged(answer: &Answer) -> Judged {
    judge_query(answer, now(), |body| serde_json::from_slice::<GraphqlBody<Data>>(body).map_err(|e| e.to_string())).0
}

fn verdict(answer: &Answer) -> Verdict {
    judged(answer).verdict
}

#[rstest]
#[case::whole(r#"{"data":{"nodes":[1]}}"#)]
#[case::no_errors(r#"{"data":{"nodes":[1]},"errors":[]}"#)]
#[case::something_missing(
    r#"{"data":{"nodes":[null]},"errors":[{"type":"NOT_FOUND","path":["nodes",0],"message":"m"}]}"#
)]
#[case::a_right_missing(r#"{"data":{"nodes":null},"errors":[{"type":"FORBIDDEN","path":["nodes"],"message":"m"}]}"#)]
#[case::deprecated_ids(r#"{"data":{"nodes":[1]},"extensions":{"warnings":[{"type":"DEPRECATION","message":"m"}]}}"#)]
#[case::names_a_timeout(r#"{"data":{"nodes":[]},"errors":[{"type":"NOT_FOUND","message":"no issue `timeout`"}]}"#)]
fn data_is_an_answer_with_its_errors(#[case] body: &str) {
    assert_eq!(verdict(&answer(200, body, &[])), Verdict::Body);
}

#[rstest]
#[case::rate_limit(r#"{"errors":[{"type":"RATE_LIMIT","code":"graphql_rate_limit","message":"API rate limit already exceeded for user ID 1."}]}"#)]
#[case::rate_limited(r#"{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded for user ID 1."}]}"#)]
#[case::with_data(r#"{"data":{"nodes":null},"errors":[{"message":"m"},{"type":"RATE_LIMITED","message":"m"}]}"#)]
#[case::with_unreadable_data(r#"{"data":{"nodes":7},"errors":[{"type":"RATE_LIMIT","message":"m"}]}"#)]
fn exhaustion_lasts_until_the_reset(#[case] body: &str) {
    assert_eq!(verdict(&answer(200, body, &left("0"))), Verdict::Exhausted(reset()));
    assert_eq!(verdict(&answer(200, body, &left("17"))), Verdict::Exhausted(reset()), "too few for this query");
    assert_eq!(verdict(&answer(200, body, &[])), Verdict::Slower(None), "the end is not told");
}

#[test]
fn the_reset_can_be_told_by_the_data() {
    let body = r#"{"data":{"rateLimit":{"limit":5000,"remaining":0,"resetAt":"2026-11-01T00:30:00Z"}},
        "errors":[{"type":"RATE_LIMITED","message":"m"}]}"#;
    assert_eq!(verdict(&answer(200, body, &[])), Verdict::Exhausted(reset()));
}

#[rstest]
#[case::told(&[("retry-after", "30")], Some(30))]
#[case::not_told(&[], None)]
fn a_secondary_limit_can_come_with_status_200(#[case] pairs: &[(&'static str, &str)], #[case] seconds: Option<u64>) {
    let body = r#"{"errors":[{"type":"RATE_LIMITED","message":"You have exceeded a secondary rate limit."}]}"#;
    let pairs: Vec<_> = pairs.iter().copied().chain(left("4000")).collect();
    assert_eq!(verdict(&answer(200, body, &pairs)), Verdict::Slower(seconds.map(Duration::from_secs)));
}

const TIMEOUT: &str = r#"{"data":null,"errors":[{"message":"Something went wrong while executing your query. This may be the result of a timeout, or it could be a GitHub bug."}]}"#;

#[rstest]
#[case::bad_gateway(502, "<html>Bad Gateway</html>")]
#[case::gateway_timeout(504, r#"{"message":"We couldn't respond to your request in time."}"#)]
#[case::error_with_502(502, TIMEOUT)]
#[case::error_with_200(200, TIMEOUT)]
#[case::words_with_data(200, r#"{"data":{"nodes":null},"errors":[{"message":"Timeout on nodes","path":["nodes"]}]}"#)]
fn the_clock_is_told_by_the_time_it_took(#[case] status: u16, #[case] body: &str) {
    let mut late = answer(status, body, &[]);
    late.took = Duration::from_millis(10_200);
    let by_the_clock = |answer: &Answer| match verdict(answer) {
        Verdict::TooSlow { by_the_clock, message, .. } => (by_the_clock, message),
        other => panic!("{other:?}"),
    };
    assert!(by_the_clock(&late).0);
    let (blamed, message) = by_the_clock(&answer(status, body, &[]));
    assert!(!blamed, "a gateway that fails at once has not met the clock");
    assert!(!message.is_empty() && !message.contains('{'), "{message}");
}

#[test]
fn a_query_of_too_many_resources_is_not_asked_again() {
    let body =
        r#"{"data":{"nodes":null},"errors":[{"type":"RESOURCE_LIMITS_EXCEEDED","path":["nodes"],"message":"m"}]}"#;
    let expected = Verdict::TooSlow { message: "m".to_owned(), by_the_clock: true, retry_after: None };
    assert_eq!(verdict(&answer(200, body, &[])), expected);
}

#[rstest]
#[case::without_data(
    r#"{"errors":[{"message":"Something went wrong while executing your query on 2026-11-01."}]}"#,
    true
)]
#[case::null_data(r#"{"data":null,"errors":[{"type":"INTERNAL","message":"m"}]}"#, true)]
#[case::too_many_nodes(
    r#"{"errors":[{"type":"MAX_NODE_LIMIT_EXCEEDED","message":"up to 505,050 possible nodes"}]}"#,
    false
)]
#[case::unknown_field(
    r#"{"errors":[{"message":"Field 'timeout' doesn't exist","extensions":{"code":"undefinedField"}}]}"#,
    false
)]
fn no_data_is_a_fault_of_the_query_or_of_github(#[case] body: &str, #[case] passing: bool) {
    let Verdict::Query(fault) = verdict(&answer(200, body, &[])) else { panic!("{body}") };
    assert_eq!(fault.passing, passing, "{fault:?}");
}

#[test]
fn a_part_that_github_stumbled_over_is_in_doubt() {
    let body = r#"{"data":{"nodes":[1,null]},"errors":[{"message":"Something went wrong while executing your query.","path":["nodes",1]}]}"#;
    assert_eq!(verdict(&answer(200, body, &[])), Verdict::Doubtful);
}

#[rstest]
#[case::forbidden("FORBIDDEN", "Resource not accessible by personal access token", ForbiddenKind::TokenLacksPermission)]
#[case::scopes("INSUFFICIENT_SCOPES", "Your token has not been granted the required scopes", ForbiddenKind::Other)]
fn a_missing_right_without_data_is_a_refusal(
    #[case] kind: &str,
    #[case] message: &str,
    #[case] expected: ForbiddenKind,
) {
    let body = serde_json::json!({ "errors": [{ "type": kind, "message": message }] }).to_string();
    let refusal = Refusal::Forbidden(message.to_owned(), expected);
    assert_eq!(verdict(&answer(200, &body, &[])), Verdict::Refused(refusal));
}

#[test]
fn nobody_has_no_budget_to_wait_for() {
    let mut pairs = left("0");
    pairs[0] = ("x-ratelimit-limit", "0");
    let body = r#"{"message":"API rate limit exceeded for 1.2.3.4."}"#;
    let refusal = Refusal::Unauthorized("API rate limit exceeded for 1.2.3.4.".to_owned());
    assert_eq!(verdict(&answer(403, body, &pairs)), Verdict::Refused(refusal));
}

#[rstest]
#[case::neither("{}")]
#[case::no_object("[]")]
#[case::another_json(r#"{"message":"hello"}"#)]
#[case::cut(r#"{"data":{"nodes":[1"#)]
#[case::no_json("<html>")]
#[case::unreadable_data(r#"{"data":{"nodes":7}}"#)]
#[case::unreadable_data_with_errors(r#"{"data":{"nodes":7},"errors":[{"type":"NOT_FOUND","message":"m"}]}"#)]
fn what_is_no_answer_is_malformed(#[case] body: &str) {
    assert!(matches!(verdict(&answer(200, body, &[])), Verdict::Malformed(_)), "{body}");
}

#[test]
fn cost_and_budget_are_told_by_the_data_the_budget_rather_by_headers() {
    let body =
        r#"{"data":{"rateLimit":{"cost":3,"limit":5000,"remaining":4990,"resetAt":"2026-11-01T00:30:00Z","used":11}}}"#;
    let by_data = judged(&answer(200, body, &[]));
    let rate = by_data.rate.unwrap();
    assert_eq!((by_data.cost, rate.remaining, rate.used, rate.reset_at), (Some(3), 4_990, 11, reset()));
    let by_headers = judged(&answer(200, body, &left("4980")));
    assert_eq!((by_headers.cost, by_headers.rate.unwrap().remaining), (Some(3), 4_980));
}
