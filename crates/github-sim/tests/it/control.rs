use serde_json::json;

use crate::client::{get, plain, post, serve};

#[tokio::test]
async fn stats_name_endpoints_and_do_not_count_themselves() {
    let sim = serve(plain(1)).await;
    get(&sim, "repos/a/b/issues").await;
    get(&sim, "repos/no/such/issues").await;
    let stats = get(&sim, "_sim/stats").await.json();
    assert_eq!(stats["requests"], 2);
    let endpoint = &stats["endpoints"]["GET /repos/{owner}/{repo}/issues"];
    assert_eq!(*endpoint, json!({"requests": 2, "statuses": {"200": 1, "404": 1}, "quota_spent": 2}));
    assert_eq!(sim.requests()[0].target, "/repos/a/b/issues");
    post(&sim, "_sim/stats/reset", &[]).await;
    assert_eq!(sim.stats().requests, 0);
}

#[tokio::test]
async fn the_clock_is_set_and_moved_from_outside() {
    let sim = serve(plain(1)).await;
    post(&sim, "_sim/clock?set=2027-01-01T00:00:00Z", &[]).await;
    post(&sim, "_sim/clock?advance_seconds=90", &[]).await;
    assert_eq!(get(&sim, "_sim/clock").await.json()["now"], "2027-01-01T00:01:30+00:00");
    assert_eq!(post(&sim, "_sim/clock?set=soon", &[]).await.status, 400);
}

#[tokio::test]
async fn a_burst_of_changes_is_seen_as_updates() {
    let sim = serve(plain(30)).await;
    sim.world_mut().add_repository("a/empty").unwrap();
    let changed = post(&sim, "_sim/change?issues=12&repos=5&seed=3", &[]).await.json();
    assert_eq!(changed["changed"], 12);
    let since = "repos/a/b/issues?state=all&since=2026-07-01T00:00:00Z&per_page=100";
    let mut numbers = get(&sim, since).await.numbers();
    numbers.sort_unstable();
    let mut expected: Vec<u64> = serde_json::from_value(changed["repositories"]["a/b"].clone()).unwrap();
    expected.sort_unstable();
    assert_eq!(numbers, expected);
}
