use github_sim::{ExhaustedSpelling, Fault, LimitOptions, SecondaryLimits, Sim};
use rstest::rstest;
use serde_json::{Value, json};

use super::TIMELINES;
use crate::client::{Reply, data, generated, get, plain, post, query, serve, try_query};

const VIEWER: &str = "query Who { viewer { login } }";

fn node_ids(list: &Value) -> Vec<Value> {
    list.as_array().unwrap().iter().map(|issue| issue["node_id"].clone()).collect()
}

#[tokio::test]
async fn points_are_counted_in_a_bucket_of_their_own() {
    let sim = serve(generated(100)).await;
    let list = get(&sim, &format!("{}?state=all&per_page=100", crate::client::ISSUES)).await.json();
    let reply = query(&sim, TIMELINES, json!({"ids": node_ids(&list), "first": 50})).await;
    let rate = reply.json()["data"]["rateLimit"].clone();
    // A hundred timelines make a hundred requests: one point. Each holds up to 50 items.
    let reset = sim.world().now() + chrono::TimeDelta::hours(1);
    let expected = json!({
        "limit": 5_000, "cost": 1, "remaining": 4_999, "used": 1, "nodeCount": 5_100,
        "resetAt": reset.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
    });
    assert_eq!(rate, expected);
    assert_eq!(reply.header("x-ratelimit-resource"), "graphql");
    assert_eq!((reply.number("x-ratelimit-limit"), reply.number("x-ratelimit-remaining")), (5_000, 4_999));
    assert_eq!(get(&sim, "rate_limit").await.json()["resources"]["graphql"]["used"], 1);
    let stats = sim.stats();
    assert_eq!((stats.quota_spent["graphql"], stats.quota_spent["core"]), (1, 1));
    assert_eq!(stats.endpoints["POST /graphql"].quota_spent, 1);
}

#[rstest]
#[case::nothing("viewer { login }", 1, 0)]
#[case::counts("repository(owner: \"a\", name: \"b\") { issues { totalCount } pullRequests { totalCount } }", 1, 0)]
#[case::one_list(
    "repository(owner: \"a\", name: \"b\") { issues(first: 50) { nodes { labels(first: 10) { nodes { id } } } } }",
    1,
    550
)]
#[case::dear(
    "repository(owner: \"a\", name: \"b\") { issues(first: 100) { nodes { \
     labels(first: 10) { nodes { id } } timelineItems(first: 20) { nodes { __typename } } } } }",
    2,
    3_100
)]
#[case::either_type(
    "repository(owner: \"a\", name: \"b\") { x: issues(first: 100) { totalCount } issueOrPullRequest(number: 1) { \
     ... on Issue { timelineItems(first: 7) { nodes { __typename } } } \
     ... on PullRequest { timelineItems(first: 9) { nodes { __typename } } } } }",
    1,
    109
)]
#[tokio::test]
async fn the_cost_follows_the_documented_formula(#[case] fields: &str, #[case] cost: u64, #[case] nodes: u64) {
    let sim = serve(plain(2)).await;
    let rate =
        data(&sim, &format!("{{ rateLimit {{ cost nodeCount }} {fields} }}"), json!({})).await["rateLimit"].take();
    assert_eq!(rate, json!({"cost": cost, "nodeCount": nodes}));
}

#[tokio::test]
async fn spent_points_are_a_success_with_an_error_in_both_spellings() {
    let sim = serve(plain(1)).await;
    sim.set_limits(LimitOptions { graphql: 2, ..LimitOptions::default() });
    for _ in 0..2 {
        data(&sim, VIEWER, json!({})).await;
    }
    let mut kinds = Vec::new();
    for _ in 0..4 {
        let reply = query(&sim, VIEWER, json!({})).await;
        assert_eq!((reply.status, reply.number("x-ratelimit-remaining")), (200, 0));
        assert!(reply.json().get("data").is_none());
        kinds.push(reply.json()["errors"][0]["type"].clone());
    }
    assert_eq!(kinds, ["RATE_LIMITED", "RATE_LIMIT", "RATE_LIMITED", "RATE_LIMIT"]);
    assert_eq!((sim.stats().rejected, sim.stats().quota_spent["graphql"]), (4, 2));
    assert_eq!(get(&sim, "repos/a/b").await.status, 200, "REST has its own");
    sim.world_mut().advance(chrono::TimeDelta::hours(1));
    data(&sim, VIEWER, json!({})).await;
    for (spelling, kind) in
        [(ExhaustedSpelling::RateLimit, "RATE_LIMIT"), (ExhaustedSpelling::RateLimited, "RATE_LIMITED")]
    {
        sim.set_limits(LimitOptions { graphql: 1, graphql_exhausted: spelling, ..LimitOptions::default() });
        assert_eq!(query(&sim, VIEWER, json!({})).await.json()["errors"][0]["type"], kind);
    }
}

#[tokio::test]
async fn secondary_limits_count_queries_apart_from_rest() {
    let sim = serve(plain(1)).await;
    let secondary = SecondaryLimits {
        points_per_minute: 1,
        graphql_points_per_minute: 2,
        status: 429,
        retry_after: Some(7),
        ..SecondaryLimits::default()
    };
    sim.set_limits(LimitOptions { secondary: Some(secondary), ..LimitOptions::default() });
    get(&sim, "repos/a/b").await;
    assert_eq!(get(&sim, "repos/a/b").await.status, 429);
    for status in [200, 200, 429] {
        assert_eq!(query(&sim, VIEWER, json!({})).await.status, status);
    }
    assert_eq!(query(&sim, VIEWER, json!({})).await.header("retry-after"), "7");
}

#[tokio::test]
async fn the_clock_strikes_until_the_page_is_small_enough() {
    let sim = serve(generated(100)).await;
    let list = get(&sim, &format!("{}?state=all&per_page=100", crate::client::ISSUES)).await.json();
    let ids = node_ids(&list);
    post(&sim, "_sim/limits?graphql_clock_nodes=150", &[]).await;
    let ask = async |count: usize| query(&sim, TIMELINES, json!({"ids": ids[..count], "first": 50})).await;
    let late: Reply = ask(100).await;
    assert_eq!((late.status, &late.json()["data"]), (502, &Value::Null));
    assert_eq!(late.number("x-ratelimit-used"), 1, "a query that took too long costs its points");
    let mut size = 100;
    while ask(size).await.status == 502 {
        size /= 2;
    }
    assert!((10..100).contains(&size), "{size}");
    sim.set_limits(LimitOptions {
        graphql_clock_nodes: Some(10),
        graphql_clock_status: 504,
        ..LimitOptions::default()
    });
    assert_eq!(ask(50).await.status, 504);
    sim.set_limits(LimitOptions::default());
    assert_eq!(ask(100).await.status, 200);
}

fn strike(sim: &Sim, fault: &str) {
    sim.set_faults([fault.parse::<Fault>().unwrap()]);
}

#[rstest]
#[case("/graphql next:1 status:503", 503)]
#[case("/graphql next:1 secondary:429:9", 429)]
#[case("* next:1 primary:403", 403)]
#[case("/graphql next:1 graphql-limit", 200)]
#[case("/graphql next:1 latency:1", 200)]
#[tokio::test]
async fn faults_strike_queries_too(#[case] fault: &str, #[case] status: u16) {
    let sim = serve(plain(1)).await;
    strike(&sim, fault);
    let reply = query(&sim, VIEWER, json!({})).await;
    assert_eq!((reply.status, reply.header("x-ratelimit-resource")), (status, "graphql"));
    assert_eq!(reply.json().get("data").is_some(), fault.contains("latency"));
    if fault.contains("limit") || fault.contains("primary") {
        assert_eq!(reply.number("x-ratelimit-remaining"), 0);
    }
    data(&sim, VIEWER, json!({})).await;
}

#[tokio::test]
async fn bodies_of_queries_are_cut_dropped_and_garbled() {
    let sim = serve(plain(1)).await;
    strike(&sim, "/graphql next:1 cut");
    assert!(try_query(&sim, VIEWER, json!({})).await.is_err());
    strike(&sim, "/graphql next:1 drop");
    assert!(try_query(&sim, VIEWER, json!({})).await.is_err());
    strike(&sim, "/graphql next:1 wrong-json");
    let garbled = query(&sim, VIEWER, json!({})).await;
    assert!(garbled.status == 200 && serde_json::from_slice::<Value>(&garbled.body).is_err());
    strike(&sim, "/graphql next:1 wrong-shape");
    assert_eq!(query(&sim, VIEWER, json!({})).await.json()["message"], "Server Error");
    let endpoint = &sim.stats().endpoints["POST /graphql"];
    assert_eq!((endpoint.requests, endpoint.statuses[&0]), (4, 1));
}
