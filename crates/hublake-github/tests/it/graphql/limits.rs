//! Limits of queries: in whichever way they are told, waited for, left alone, never run against.

use std::time::Duration;

use chrono::TimeDelta;
use hublake_github::{Client, Config, GraphqlOutcome, Outcome, Resource};
use rstest::rstest;

use super::{answered, ask, points, request, try_asking, unavailable, whole, with_error};
use crate::server::{Asked, Reply, Server};
use crate::{client, clock, config, get, page, start};

fn seconds(counts: &[u64]) -> Vec<Duration> {
    counts.iter().copied().map(Duration::from_secs).collect()
}

fn in_seconds(count: i64) -> i64 {
    start().timestamp() + count
}

/// What is left when each query takes `cost`, this one included.
fn left(of: u32, cost: u32, asked: &Asked) -> u32 {
    of.saturating_sub(cost * (1 + u32::try_from(asked.index).unwrap()))
}

#[rstest]
#[case::rate_limit(
    200,
    r#"{"type":"RATE_LIMIT","code":"graphql_rate_limit","message":"API rate limit already exceeded"}"#
)]
#[case::rate_limited(200, r#"{"type":"RATE_LIMITED","message":"API rate limit exceeded for user ID 1."}"#)]
#[case::forbidden(403, "")]
#[case::too_many(429, "")]
#[tokio::test]
async fn exhaustion_is_waited_for_until_its_reset(#[case] status: u16, #[case] error: &'static str) {
    let clock = clock();
    let server = Server::start(&clock, move |asked| match (asked.index, status) {
        (0, 200) => with_error(error).rate("graphql", 5_000, 0, in_seconds(600)),
        (0, _) => Reply::message(status, "API rate limit exceeded").rate("graphql", 5_000, 0, in_seconds(600)),
        _ => whole().rate("graphql", 5_000, 4_999, in_seconds(4_200)),
    })
    .await;
    let answer = answered(ask(&client(&server, &clock)).await);
    assert_eq!(answer.spent, points(2, 1), "the refused query costs nothing");
    assert_eq!(clock.slept(), seconds(&[601]));
}

#[tokio::test]
async fn exhaustion_that_lasts_too_long_is_a_value_and_concerns_queries_only() {
    let clock = clock();
    let server = Server::start(&clock, |asked| match asked.target.as_str() {
        "/graphql" => {
            with_error(r#"{"type":"RATE_LIMITED","message":"m"}"#).rate("graphql", 5_000, 0, in_seconds(1_800))
        }
        _ => Reply::new(200, "[]").rate("core", 5_000, 4_000, in_seconds(1_800)),
    })
    .await;
    let client = Client::new(Config { max_wait: Duration::from_secs(60), ..config(&server, &clock) }).unwrap();
    for _ in 0..3 {
        let outcome = unavailable(ask(&client).await);
        let Outcome::Limited { resource, until, .. } = &outcome else { panic!("{outcome:?}") };
        assert_eq!((resource, *until), (&Resource::Graphql, start() + TimeDelta::seconds(1_800)));
    }
    assert_eq!(server.asked().len(), 1);
    page(get(&client, "x").await);
}

#[rstest]
#[case::forbidden(403, Some(30), &[30])]
#[case::too_many(429, Some(7), &[7])]
#[case::forbidden_without_time(403, None, &[60])]
#[case::told_with_200(200, Some(30), &[30])]
#[case::told_with_200_without_time(200, None, &[60])]
#[tokio::test]
async fn the_secondary_limit_is_waited_for(#[case] status: u16, #[case] after: Option<u32>, #[case] slept: &[u64]) {
    const WORDS: &str = "You have exceeded a secondary rate limit. Please wait a few minutes.";
    let clock = clock();
    let server = Server::start(&clock, move |asked| {
        if asked.index > 0 {
            return whole();
        }
        let reply = match status {
            200 => with_error(&format!(r#"{{"type":"RATE_LIMITED","message":"{WORDS}"}}"#)),
            _ => Reply::message(status, WORDS),
        };
        let reply = reply.rate("graphql", 5_000, 4_000, in_seconds(600));
        match after {
            Some(after) => reply.with("retry-after", after),
            None => reply,
        }
    })
    .await;
    assert_eq!(answered(ask(&client(&server, &clock)).await).spent.requests, 2);
    assert_eq!(clock.slept(), seconds(slept));
}

#[tokio::test]
async fn a_secondary_limit_of_queries_pauses_everything() {
    let clock = clock();
    let server = Server::start(&clock, |asked| match asked.index {
        0 => Reply::message(403, "You have exceeded a secondary rate limit.").with("retry-after", 90),
        _ => whole(),
    })
    .await;
    let client = Client::new(Config { max_wait: Duration::from_secs(60), ..config(&server, &clock) }).unwrap();
    assert!(matches!(unavailable(ask(&client).await), Outcome::Limited { .. }));
    assert!(matches!(get(&client, "x").await, Outcome::Limited { .. }));
    assert_eq!(server.asked().len(), 1);
}

#[rstest]
#[case::a_tenth(0.10, 18)]
#[case::none(0.0, 20)]
#[tokio::test]
async fn the_floor_is_left_untouched(#[case] floor: f64, #[case] sent: usize) {
    let clock = clock();
    let server =
        Server::start(&clock, |asked| whole().rate("graphql", 20, left(20, 1, asked), in_seconds(7_200))).await;
    let client = Client::new(Config { quota_floor_fraction: floor, ..config(&server, &clock) }).unwrap();
    for _ in 0..sent {
        answered(ask(&client).await);
    }
    let outcome = unavailable(ask(&client).await);
    assert!(matches!(outcome, Outcome::Limited { resource: Resource::Graphql, .. }), "{outcome:?}");
    assert_eq!(server.asked().len(), sent);
}

#[tokio::test]
async fn a_dear_query_does_not_reach_below_the_floor() {
    let clock = clock();
    let server =
        Server::start(&clock, |asked| whole().rate("graphql", 100, left(100, 30, asked), in_seconds(7_200))).await;
    let client = client(&server, &clock);
    let dear = || request().with_expected_cost(30);
    for _ in 0..3 {
        answered(try_asking(&client, dear()).await.unwrap());
    }
    let outcome = unavailable(try_asking(&client, dear()).await.unwrap());
    assert!(matches!(outcome, Outcome::Limited { .. }), "10 are left, all of them the floor: {outcome:?}");
    assert_eq!(client.spent(), points(3, 90), "what is not told is what was expected");
}

#[tokio::test]
async fn a_query_dearer_than_a_window_waits_for_a_whole_one() {
    let clock = clock();
    let server = Server::start(&clock, |asked| match asked.index {
        0 => whole().rate("graphql", 100, 99, in_seconds(600)),
        _ => whole().rate("graphql", 100, 0, in_seconds(4_200)),
    })
    .await;
    let client = client(&server, &clock);
    answered(ask(&client).await);
    answered(try_asking(&client, request().with_expected_cost(5_000)).await.unwrap());
    assert_eq!(clock.slept(), seconds(&[601]));
}

#[tokio::test]
async fn queries_under_way_together_do_not_break_through_the_floor() {
    let clock = clock();
    let server =
        Server::start(&clock, |asked| whole().rate("graphql", 100, left(60, 5, asked), in_seconds(7_200))).await;
    let client = client(&server, &clock);
    answered(try_asking(&client, request().with_expected_cost(5)).await.unwrap());
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..30 {
        let client = client.clone();
        tasks.spawn(async move {
            let outcome = try_asking(&client, request().with_expected_cost(5)).await.unwrap();
            matches!(outcome, GraphqlOutcome::Answer(_))
        });
    }
    let answers = tasks.join_all().await.into_iter().filter(|is_answer| *is_answer).count();
    assert_eq!((answers, server.asked().len()), (9, 10), "10 of 60 are the floor, each takes 5");
}

#[tokio::test]
async fn buckets_have_budgets_of_their_own() {
    let clock = clock();
    let server = Server::start(&clock, |asked| match asked.target.as_str() {
        "/graphql" => whole().rate("graphql", 5_000, 4_000, in_seconds(86_400)),
        _ => Reply::new(200, "[]").rate("core", 60, 0, in_seconds(86_400)),
    })
    .await;
    let client = client(&server, &clock);
    page(get(&client, "x").await);
    assert!(matches!(get(&client, "x").await, Outcome::Limited { resource: Resource::Core, .. }));
    answered(ask(&client).await);
    let spent = client.spent();
    assert_eq!((spent.requests, spent.quota, spent.graphql_requests, spent.graphql_points), (2, 1, 1, 1));
}

#[tokio::test]
async fn the_data_tells_the_budget_where_no_header_does() {
    let clock = clock();
    let server = Server::start(&clock, |_| {
        Reply::new(
            200,
            r#"{"data":{"rateLimit":{"cost":2,"limit":5000,"remaining":500,"used":4500,"resetAt":"2026-11-01T02:00:00Z"}}}"#,
        )
    })
    .await;
    let client = client(&server, &clock);
    assert_eq!(answered(ask(&client).await).spent, points(1, 2));
    assert!(matches!(unavailable(ask(&client).await), Outcome::Limited { .. }), "500 are the floor");
}

#[tokio::test]
async fn queries_and_reads_share_one_pace() {
    let clock = clock();
    let server = Server::start(&clock, |asked| match asked.target.as_str() {
        "/graphql" => whole(),
        _ => Reply::new(200, "[]"),
    })
    .await;
    let client = Client::new(Config { points_per_minute: 6, ..config(&server, &clock) }).unwrap();
    for _ in 0..6 {
        answered(ask(&client).await);
        page(get(&client, "x").await);
    }
    assert_eq!(clock.slept(), seconds(&[60]), "a query is a read: one point");
}

#[tokio::test]
async fn a_server_without_limits_costs_nothing() {
    let clock = clock();
    let server = Server::start(&clock, |_| whole()).await;
    assert_eq!(answered(ask(&client(&server, &clock)).await).spent, points(1, 0));
}
