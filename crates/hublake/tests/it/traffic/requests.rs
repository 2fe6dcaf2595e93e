//! What a run asks GitHub for.

use std::collections::BTreeMap;

use chrono::{Datelike, TimeDelta, Weekday};
use github_sim::{RequestRecord, SecondaryLimits, SimOptions, TrafficKind};
use serde_json::json;

use super::stage::{Stage, at, world};
use crate::scene::name;

/// How many requests of each kind there were; asking for the limits is free.
fn kinds(requests: &[RequestRecord]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for request in requests.iter().filter(|one| one.target != "/rate_limit") {
        *counts.entry(kind(&request.target)).or_default() += 1;
    }
    counts
}

fn kind(target: &str) -> &'static str {
    let kinds = [
        ("/graphql", "figures"),
        ("per=week", "weeks"),
        ("/traffic/views", "views"),
        ("/traffic/clones", "clones"),
        ("/popular/referrers", "referrers"),
        ("/popular/paths", "paths"),
        ("/stargazers/history", "stars"),
    ];
    kinds.iter().find(|(part, _)| target.contains(part)).map_or("other", |(_, kind)| kind)
}

fn expected<const N: usize>(counts: [(&'static str, usize); N]) -> BTreeMap<&'static str, usize> {
    counts.into_iter().collect()
}

/// Four a repository and a query for all.
fn daily(repositories: usize) -> BTreeMap<&'static str, usize> {
    let [views, clones, referrers, paths] = ["views", "clones", "referrers", "paths"].map(|kind| (kind, repositories));
    expected([views, clones, referrers, paths, ("figures", 1)])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_takes_four_requests_a_repository_and_the_weeks_come_with_the_first_run_of_an_iso_week() {
    let limits =
        github_sim::LimitOptions { secondary: Some(SecondaryLimits::default()), ..github_sim::LimitOptions::default() };
    // A Thursday.
    let start = at(8, 6, 10, 0);
    let mut stage = Stage::of(world(start, 3), SimOptions { limits, ..SimOptions::default() }).await;
    let requests = stage.run_well();
    let mut first = daily(3);
    first.extend(expected([("weeks", 6), ("stars", 3)]));
    assert_eq!(kinds(&requests), first);
    let is_conditional = |one: &RequestRecord| one.status == 304;
    assert!(!requests.iter().any(is_conditional), "{requests:?}");

    // The same answers again cost nothing but the query.
    let requests = stage.run_well();
    assert_eq!(kinds(&requests), daily(3));
    assert!(requests.iter().filter(|one| one.target.contains("/traffic/")).all(is_conditional), "{requests:?}");
    assert_eq!(stage.scene.github.sim().stats().quota_spent.get("core"), None);

    for day in 1..12 {
        let now = start + TimeDelta::days(day);
        let requests = stage.run_at(now);
        let mut expected = daily(3);
        if now.weekday() == Weekday::Mon {
            expected.insert("weeks", 6);
        }
        assert_eq!(kinds(&requests), expected, "{now}");
        let stats = stage.scene.github.sim().stats();
        assert_eq!((stats.rejected, stats.statuses.get(&403), stats.statuses.get(&429)), (0, None, None), "{now}");
    }
    stage.assert_true_but(&["stg_traffic_daily", "stg_traffic_answers"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_small_quota_the_weeks_wait_and_are_asked_for_on_sunday_at_the_latest() {
    // A Wednesday. Two of the three repositories are not visited: their daily answers are 304, and free.
    let start = at(8, 5, 10, 0);
    let mut world = world(start, 3);
    for place in [1, 2] {
        for kind in [TrafficKind::Views, TrafficKind::Clones] {
            world.set_visits(name(place).as_str(), kind, &[]).expect("it is there");
        }
    }
    // Of 20 requests an hour 7 are left to others; 12 are for the days, and 1 is no week's.
    let limits = github_sim::LimitOptions { core: 20, ..github_sim::LimitOptions::default() };
    let mut stage = Stage::of(world, SimOptions { limits, ..SimOptions::default() }).await;
    stage.scene.hublake.set("HUBLAKE_QUOTA_FLOOR", "0.35");
    stage.scene.hublake.set("HUBLAKE_MAX_WAIT_SECONDS", "0");
    let mut stars = 0;
    for day in 0..12 {
        // Adding them has taken some of the first hour's requests.
        let now = start + TimeDelta::hours(2 + 24 * day);
        let counts = kinds(&stage.run_at(now));
        let weeks = counts.get("weeks").copied().unwrap_or_default();
        assert_eq!(weeks, if now.weekday() == Weekday::Sun { 6 } else { 0 }, "{now}");
        stars += counts.get("stars").copied().unwrap_or_default();
        let stats = stage.scene.github.sim().stats();
        assert_eq!((stats.rejected, stats.statuses.get(&403), stats.statuses.get(&429)), (0, None, None), "{now}");
        assert!(stats.quota_spent.get("core").copied().unwrap_or_default() <= 13, "{stats:?}");
    }
    assert_eq!(stars, 3, "the histories of stars come one after the other");
    // Sunday 9 August tells the week from 27 July, Sunday 16 the one after it.
    let sql = "SELECT week_start, count(*) AS repositories FROM stg_traffic_weekly
        WHERE are_views_whole AND are_clones_whole GROUP BY 1 ORDER BY 1";
    let week = |start: &str| json!({"week_start": start, "repositories": 3});
    assert_eq!(stage.scene.hublake.query(sql), [week("2026-07-27"), week("2026-08-03")]);
}
