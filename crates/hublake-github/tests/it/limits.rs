//! Limits: waited for, left alone, never run against.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use hublake_github::{Client, Clock as _, Config, Outcome, Request, Resource, WaitReason};
use rstest::rstest;

use crate::server::{Reply, Server};
use crate::{client, clock, config, get, page, spent, start};

const SECONDARY: &str = "You have exceeded a secondary rate limit. Please wait a few minutes.";

fn seconds(counts: &[u64]) -> Vec<Duration> {
    counts.iter().copied().map(Duration::from_secs).collect()
}

fn in_seconds(count: i64) -> i64 {
    start().timestamp() + count
}

#[rstest]
#[case::told(403, Some(30), &[30])]
#[case::told_429(429, Some(7), &[7])]
#[case::not_told(403, None, &[60])]
#[case::not_told_429(429, None, &[60])]
#[tokio::test]
async fn the_secondary_limit_is_waited_for(#[case] status: u16, #[case] after: Option<u32>, #[case] slept: &[u64]) {
    let clock = clock();
    let server = Server::start(&clock, move |asked| match (asked.index, after) {
        (0, Some(after)) => Reply::message(status, SECONDARY).with("retry-after", after),
        (0, None) => Reply::message(status, SECONDARY),
        _ => Reply::new(200, "[]"),
    })
    .await;
    assert_eq!(page(get(&client(&server, &clock), "x").await).spent.requests, 2);
    assert_eq!(clock.slept(), seconds(slept));
}

#[tokio::test]
async fn the_secondary_limit_doubles_and_then_is_told() {
    let clock = clock();
    let server = Server::start(&clock, |_| Reply::message(403, SECONDARY)).await;
    let client = Client::new(Config { max_wait: Duration::from_secs(450), ..config(&server, &clock) }).unwrap();
    let outcome = get(&client, "x").await;
    assert_eq!(clock.slept(), seconds(&[60, 120, 240]));
    let Outcome::Limited { until, spent: cost, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(until, clock.now() + TimeDelta::seconds(480));
    assert_eq!(cost.requests, 4);
    assert!(matches!(get(&client, "y").await, Outcome::Limited { .. }), "the pause is for all requests");
    assert_eq!(server.asked().len(), 4);
}

#[tokio::test]
async fn doubling_begins_anew_after_calm() {
    let clock = clock();
    let server = Server::start(&clock, |asked| match asked.index {
        0 | 1 | 3 => Reply::message(403, SECONDARY),
        _ => Reply::new(200, "[]"),
    })
    .await;
    let client = client(&server, &clock);
    page(get(&client, "x").await);
    page(get(&client, "y").await);
    assert_eq!(clock.slept(), seconds(&[60, 120, 60]));
}

#[tokio::test]
async fn the_primary_limit_is_waited_for_until_its_reset() {
    let clock = clock();
    let server = Server::start(&clock, |asked| match asked.index {
        0 => Reply::message(403, "API rate limit exceeded").rate("core", 5_000, 0, in_seconds(600)),
        _ => Reply::new(200, "[]").rate("core", 5_000, 4_999, in_seconds(4_200)),
    })
    .await;
    let client = client(&server, &clock);
    let page = page(get(&client, "x").await);
    assert_eq!(page.spent, spent(2, 0, 1), "the refused request costs nothing");
    assert_eq!(clock.slept(), seconds(&[601]));
}

#[tokio::test]
async fn a_limit_that_lasts_too_long_is_a_value_and_is_not_asked_again() {
    let clock = clock();
    let server = Server::start(&clock, |_| {
        Reply::message(429, "API rate limit exceeded").rate("core", 5_000, 0, in_seconds(1_800))
    })
    .await;
    let client = Client::new(Config { max_wait: Duration::from_secs(60), ..config(&server, &clock) }).unwrap();
    for _ in 0..3 {
        let outcome = get(&client, "x").await;
        let Outcome::Limited { resource, until, .. } = &outcome else { panic!("{outcome:?}") };
        assert_eq!((resource, *until), (&Resource::Core, start() + TimeDelta::seconds(1_800)));
        assert!(outcome.problem("o/n").unwrap().contains("2026-11-01 00:30:00 UTC"));
    }
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn the_servers_clock_counts_for_its_reset() {
    let server_clock = clock();
    server_clock.advance(Duration::from_secs(3_000));
    let server = Server::start(&server_clock, |asked| match asked.index {
        0 => Reply::message(403, "API rate limit exceeded").rate("core", 60, 0, in_seconds(3_100)),
        _ => Reply::new(200, "[]"),
    })
    .await;
    let behind = clock();
    page(get(&client(&server, &behind), "x").await);
    assert_eq!(behind.slept(), seconds(&[101]), "our clock is 50 minutes behind");
}

#[rstest]
#[case::a_tenth(0.10, 20, 18)]
#[case::none(0.0, 20, 20)]
#[tokio::test]
async fn the_floor_is_left_untouched(#[case] floor: f64, #[case] limit: u32, #[case] sent: usize) {
    let clock = clock();
    let server = Server::start(&clock, move |asked| {
        let left = limit.saturating_sub(1 + u32::try_from(asked.index).unwrap());
        Reply::new(200, "[]").rate("core", limit, left, in_seconds(7_200))
    })
    .await;
    let client = Client::new(Config { quota_floor_fraction: floor, ..config(&server, &clock) }).unwrap();
    for _ in 0..sent {
        page(get(&client, "x").await);
    }
    let outcome = get(&client, "x").await;
    assert!(matches!(outcome, Outcome::Limited { .. }), "{outcome:?}");
    assert_eq!(server.asked().len(), sent);
}

#[tokio::test]
async fn requests_under_way_together_do_not_break_through_the_floor() {
    let clock = clock();
    let server = Server::start(&clock, |asked| {
        let left = 30_u32.saturating_sub(1 + u32::try_from(asked.index).unwrap());
        Reply::new(200, "[]").rate("core", 100, left, in_seconds(7_200))
    })
    .await;
    let client = client(&server, &clock);
    page(get(&client, "first").await);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..60 {
        let client = client.clone();
        tasks.spawn(async move { matches!(get(&client, "x").await, Outcome::Page(_)) });
    }
    let pages = tasks.join_all().await.into_iter().filter(|is_page| *is_page).count();
    assert_eq!((pages, server.asked().len()), (19, 20), "10 of 30 are the floor");
}

#[tokio::test]
async fn buckets_have_budgets_of_their_own() {
    let clock = clock();
    let server = Server::start(&clock, |asked| match asked.target.as_str() {
        "/search/issues" => Reply::new(200, "[]").rate("search", 30, 0, in_seconds(86_400)),
        "/search/code" => Reply::new(200, "[]").rate("code_search", 10, 9, in_seconds(60)),
        _ => Reply::new(200, "[]").rate("core", 5_000, 4_000, in_seconds(600)),
    })
    .await;
    let client = client(&server, &clock);
    page(get(&client, "search/issues").await);
    let refused = get(&client, "search/issues").await;
    assert!(matches!(refused, Outcome::Limited { resource: Resource::Search, .. }), "{refused:?}");
    page(get(&client, "search/code").await);
    page(get(&client, "repos/o/n").await);
    assert_eq!(client.remaining(&Resource::CodeSearch).unwrap().remaining, 9);
    assert_eq!(client.remaining(&Resource::Core).unwrap().remaining, 4_000);
}

#[tokio::test]
async fn answers_that_overtake_each_other_do_not_raise_the_budget() {
    let clock = clock();
    let server = Server::start(&clock, |asked| {
        let left = [50, 40, 45][asked.index];
        // GitHub's machines disagree by a second about the end of the window.
        Reply::new(200, "[]").rate("core", 100, left, in_seconds(600 + i64::from(left % 2)))
    })
    .await;
    let client = client(&server, &clock);
    for _ in 0..3 {
        page(get(&client, "x").await);
    }
    assert_eq!(client.remaining(&Resource::Core).unwrap().remaining, 40);
}

#[tokio::test]
async fn a_new_window_is_a_new_budget() {
    let clock = clock();
    let server = Server::start(&clock, |asked| match asked.index {
        0 => Reply::new(200, "[]").rate("core", 100, 0, in_seconds(600)),
        _ => Reply::new(200, "[]").rate("core", 100, 99, in_seconds(4_200)),
    })
    .await;
    let client = client(&server, &clock);
    page(get(&client, "x").await);
    clock.advance(Duration::from_secs(601));
    page(get(&client, "x").await);
    assert!(clock.slept().is_empty());
    assert_eq!(client.remaining(&Resource::Core).unwrap().remaining, 99);
}

#[tokio::test]
async fn the_pace_spreads_requests_over_the_minute() {
    let clock = clock();
    let server = Server::start(&clock, |_| Reply::new(200, "[]")).await;
    let client = Client::new(Config { points_per_minute: 5, ..config(&server, &clock) }).unwrap();
    for _ in 0..12 {
        page(get(&client, "x").await);
    }
    assert_eq!(clock.slept(), seconds(&[60, 60]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_requests_are_under_way_than_allowed() {
    let clock = clock();
    let under_way = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let (now, high) = (Arc::clone(&under_way), Arc::clone(&most));
    let server = Server::start(&clock, move |_| {
        high.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        for _ in 0..1_000 {
            std::thread::yield_now();
        }
        now.fetch_sub(1, Ordering::SeqCst);
        Reply::new(200, "[]")
    })
    .await;
    let client = Client::new(Config { max_concurrent_requests: 1, ..config(&server, &clock) }).unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let client = client.clone();
        tasks.spawn(async move { page(get(&client, "x").await) });
    }
    assert_eq!(tasks.join_all().await.len(), 20);
    assert_eq!(most.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_wait_is_told_while_it_lasts() {
    let clock = clock();
    let server = Server::start(&clock, |asked| match asked.index {
        0 => Reply::message(403, SECONDARY).with("retry-after", 30),
        _ => Reply::new(200, "[]"),
    })
    .await;
    let client = client(&server, &clock);
    let mut waiting = client.waiting();
    assert_eq!(*waiting.borrow_and_update(), None);
    let asking = client.clone();
    let asked = tokio::spawn(async move { get(&asking, "x").await });
    waiting.changed().await.unwrap();
    let told = waiting.borrow_and_update().clone().unwrap();
    assert_eq!((told.reason, told.until), (WaitReason::Secondary, start() + TimeDelta::seconds(30)));
    waiting.changed().await.unwrap();
    assert_eq!(*waiting.borrow(), None);
    page(asked.await.unwrap());
}

#[tokio::test]
async fn a_wait_given_up_is_taken_back() {
    let clock = clock();
    let server = Server::start(&clock, |_| Reply::message(403, SECONDARY)).await;
    let client = client(&server, &clock);
    let mut waiting = client.waiting();
    let asking = client.clone();
    let asked = tokio::spawn(async move { asking.get(Request::new(asking.url("x", &[]))).await });
    waiting.changed().await.unwrap();
    asked.abort();
    assert!(asked.await.unwrap_err().is_cancelled());
    assert_eq!(*client.waiting().borrow(), None);
}
