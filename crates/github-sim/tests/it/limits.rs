use github_sim::{LimitOptions, SecondaryLimits, Sim, SimOptions};

use crate::client::{get, get_with, plain, serve};

fn limited(limits: LimitOptions) -> SimOptions {
    SimOptions { limits, ..SimOptions::default() }
}

#[tokio::test]
async fn an_exhausted_limit_refuses_until_the_clock_passes_its_reset() {
    let sim = Sim::start(plain(1), limited(LimitOptions { core: 2, ..LimitOptions::default() })).await.unwrap();
    let first = get(&sim, "repos/a/b").await;
    assert_eq!(first.header("x-ratelimit-resource"), "core");
    assert_eq!((first.number("x-ratelimit-limit"), first.number("x-ratelimit-remaining")), (2, 1));
    let reset = first.number("x-ratelimit-reset");
    assert_eq!(reset, sim.world().now().timestamp().unsigned_abs() + 3_600);
    get(&sim, "repos/a/b").await;
    let refused = get(&sim, "repos/a/b").await;
    assert_eq!((refused.status, refused.number("x-ratelimit-remaining")), (403, 0));
    assert!(refused.json()["message"].as_str().unwrap().starts_with("API rate limit exceeded"));
    assert_eq!(get(&sim, "rate_limit").await.json()["resources"]["core"]["remaining"], 0);
    assert_eq!(get_with(&sim, "repos/a/b", &[("authorization", "Bearer ghp_another")]).await.status, 200);
    sim.world_mut().advance(chrono::TimeDelta::hours(1));
    assert_eq!(get(&sim, "repos/a/b").await.number("x-ratelimit-used"), 1);
    assert_eq!(sim.stats().rejected, 1);
}

#[tokio::test]
async fn without_a_token_sixty_requests_an_hour_are_allowed() {
    let sim = serve(plain(1)).await;
    let reply = get_with(&sim, "repos/a/b", &[("authorization", "")]).await;
    assert_eq!((reply.number("x-ratelimit-limit"), reply.number("x-ratelimit-remaining")), (60, 59));
}

#[tokio::test]
async fn asking_for_the_limits_is_free_and_the_new_version_has_no_rate() {
    let sim = serve(plain(1)).await;
    let old = get(&sim, "rate_limit").await.json();
    assert_eq!((&old["rate"]["used"], &old["resources"]["search"]["limit"]), (&0.into(), &30.into()));
    let new = get_with(&sim, "rate_limit", &[("x-github-api-version", "2026-03-10")]).await.json();
    assert!(new.get("rate").is_none());
}

#[tokio::test]
async fn too_many_points_in_a_minute_meet_the_secondary_limit() {
    let secondary = SecondaryLimits { points_per_minute: 2, retry_after: Some(7), ..SecondaryLimits::default() };
    let limits = LimitOptions { secondary: Some(secondary), ..LimitOptions::default() };
    let sim = Sim::start(plain(1), limited(limits)).await.unwrap();
    get(&sim, "repos/a/b").await;
    get(&sim, "repos/a/b").await;
    let refused = get(&sim, "repos/a/b").await;
    assert_eq!((refused.status, refused.header("retry-after")), (403, "7"));
    assert!(refused.number("x-ratelimit-remaining") > 0);
    sim.world_mut().advance(chrono::TimeDelta::seconds(60));
    assert_eq!(get(&sim, "repos/a/b").await.status, 200);
}

#[tokio::test]
async fn too_many_requests_at_once_meet_the_secondary_limit() {
    let secondary = SecondaryLimits { concurrent: 2, status: 429, retry_after: None, ..SecondaryLimits::default() };
    let limits = LimitOptions { secondary: Some(secondary), ..LimitOptions::default() };
    let options = SimOptions { latency: std::time::Duration::from_millis(200), ..limited(limits) };
    let sim = Sim::start(plain(1), options).await.unwrap();
    let replies = futures::future::join_all((0..6).map(|_| get(&sim, "repos/a/b"))).await;
    let refused: Vec<_> = replies.iter().filter(|reply| reply.status == 429).collect();
    assert!(!refused.is_empty() && refused.iter().all(|reply| reply.header("retry-after").is_empty()));
    assert!(sim.stats().most_concurrent > 2);
}
