use chrono::TimeDelta;
use github_sim::{Regulars, TrafficKind, Visit, World};
use serde_json::json;

use super::{Day, with_days};
use crate::client::{get, get_with, plain, serve, time};

/// 2020-12-07 and 2020-12-21 are Mondays.
const DAYS: [Day<'static>; 4] =
    [("2020-12-07", 0, 0, 73, 10), ("2020-12-08", 4, 2, 0, 0), ("2020-12-20", 6, 3, 0, 0), ("2020-12-21", 4, 4, 2, 1)];

#[tokio::test]
async fn days_have_their_values_today_grows_and_days_without_traffic_are_left_out() {
    let sim = serve(with_days("2020-12-21T18:00:00Z", &DAYS, Regulars::Half)).await;
    let views = get(&sim, "repos/a/b/traffic/views").await;
    // Of today's four views three lie before 18:00. Two regulars come every day, three people on one day only.
    let expected = concat!(
        r#"{"count":13,"uniques":5,"views":[{"timestamp":"2020-12-08T00:00:00Z","count":4,"uniques":2},"#,
        r#"{"timestamp":"2020-12-20T00:00:00Z","count":6,"uniques":3},"#,
        r#"{"timestamp":"2020-12-21T00:00:00Z","count":3,"uniques":3}]}"#
    );
    assert_eq!(String::from_utf8(views.body).unwrap(), expected);
}

#[tokio::test]
async fn the_oldest_day_is_cut_short_by_the_time_of_day() {
    let sim = serve(with_days("2020-12-21T00:00:00Z", &DAYS, Regulars::Half)).await;
    let mut seen = Vec::new();
    for now in ["2020-12-20T23:59:59Z", "2020-12-21T00:00:00Z", "2020-12-21T18:00:00Z", "2020-12-21T23:59:59Z"] {
        sim.world_mut().set_now(time(now));
        let clones = get(&sim, "repos/a/b/traffic/clones").await.json();
        let day = clones["clones"].as_array().unwrap().iter().find(|of| of["timestamp"] == "2020-12-07T00:00:00Z");
        seen.push(day.map(|of| (of["count"].as_u64().unwrap(), of["uniques"].as_u64().unwrap())));
    }
    assert_eq!(seen, [Some((73, 10)), Some((73, 10)), Some((18, 10)), None]);
}

#[tokio::test]
async fn weeks_begin_on_monday_and_hold_what_the_window_holds() {
    let sim = serve(with_days("2020-12-21T18:00:00Z", &DAYS, Regulars::Half)).await;
    let views = get(&sim, "repos/a/b/traffic/views?per=week").await.json();
    assert_eq!(
        views,
        json!({"count": 13, "uniques": 5, "views": [
            {"timestamp": "2020-12-07T00:00:00Z", "count": 4, "uniques": 2},
            {"timestamp": "2020-12-14T00:00:00Z", "count": 6, "uniques": 3},
            {"timestamp": "2020-12-21T00:00:00Z", "count": 3, "uniques": 3},
        ]})
    );
    let clones = get(&sim, "repos/a/b/traffic/clones?per=week").await.json();
    assert_eq!(clones["clones"][0], json!({"timestamp": "2020-12-07T00:00:00Z", "count": 18, "uniques": 10}));
    assert_eq!(get(&sim, "repos/a/b/traffic/views?per=month").await.status, 422);
}

#[tokio::test]
async fn a_recorded_answer_is_given_again_when_everybody_is_a_regular() {
    let days = [
        ("2018-11-27", 56, 4, 0, 0),
        ("2018-11-28", 6, 2, 0, 0),
        ("2018-11-30", 18, 1, 0, 0),
        ("2018-12-01", 4, 1, 0, 0),
        ("2018-12-02", 9, 3, 0, 0),
    ];
    let sim = serve(with_days("2018-12-03T00:00:00Z", &days, Regulars::Everybody)).await;
    let views = get(&sim, "repos/a/b/traffic/views").await.json();
    assert_eq!((&views["count"], &views["uniques"]), (&json!(93), &json!(4)));
    let days: Vec<(u64, u64)> = views["views"]
        .as_array()
        .unwrap()
        .iter()
        .map(|of| (of["count"].as_u64().unwrap(), of["uniques"].as_u64().unwrap()))
        .collect();
    assert_eq!(days, [(56, 4), (6, 2), (18, 1), (4, 1), (9, 3)]);
}

#[tokio::test]
async fn visitors_are_counted_once_in_a_window_and_once_on_each_day() {
    let mut world = World::new(time("2026-08-15T12:00:00Z"));
    world.add_repository("a/b").unwrap();
    let visit = |at: &str, visitor: u64| Visit { at: time(at), visitor };
    let visits = [
        visit("2026-08-14T10:00:00Z", 2),
        visit("2026-08-01T11:59:59Z", 9),
        visit("2026-08-01T12:00:00Z", 1),
        visit("2026-08-14T23:00:00Z", 1),
        visit("2026-08-14T23:30:00Z", 1),
        visit("2026-08-15T11:59:59Z", 2),
        visit("2026-08-15T12:00:00Z", 3),
    ];
    world.set_visits("a/b", TrafficKind::Views, &visits).unwrap();
    let truth = world.traffic_truth("a/b").unwrap().clone();
    let sim = serve(world).await;
    let views = get(&sim, "repos/a/b/traffic/views").await.json();
    assert_eq!(
        views,
        json!({"count": 5, "uniques": 2, "views": [
            {"timestamp": "2026-08-01T00:00:00Z", "count": 1, "uniques": 1},
            {"timestamp": "2026-08-14T00:00:00Z", "count": 3, "uniques": 2},
            {"timestamp": "2026-08-15T00:00:00Z", "count": 1, "uniques": 1},
        ]})
    );
    assert_eq!(get(&sim, "repos/a/b/traffic/clones").await.json(), json!({"count": 0, "uniques": 0, "clones": []}));
    let whole = truth.between(TrafficKind::Views, time("2026-08-01T00:00:00Z"), time("2026-08-16T00:00:00Z"));
    assert_eq!((whole.count, whole.uniques), (7, 4));
    let first = truth.on(TrafficKind::Views, "2026-08-01".parse().unwrap());
    assert_eq!((first.count, first.uniques), (2, 2));
}

#[tokio::test]
async fn an_answer_is_the_same_by_id_and_304_until_the_window_has_moved() {
    let sim = serve(with_days("2020-12-21T18:00:00Z", &DAYS, Regulars::Half)).await;
    let id = sim.world().repository("a/b").unwrap().id();
    for path in ["traffic/views", "traffic/clones?per=week", "traffic/popular/paths", "traffic/popular/referrers"] {
        let by_name = get(&sim, &format!("repos/a/b/{path}")).await;
        let by_id = get(&sim, &format!("repositories/{id}/{path}")).await;
        assert_eq!((by_name.status, &by_name.body), (200, &by_id.body), "{path}");
        let etag = by_name.header("etag").to_owned();
        let used = by_id.number("x-ratelimit-used");
        let again = get_with(&sim, &format!("repositories/{id}/{path}"), &[("if-none-match", &etag)]).await;
        assert_eq!((again.status, again.number("x-ratelimit-used")), (304, used), "{path}");
    }
    let etag = get(&sim, "repos/a/b/traffic/views").await.header("etag").to_owned();
    sim.world_mut().advance(TimeDelta::hours(4));
    let later = get_with(&sim, "repos/a/b/traffic/views", &[("if-none-match", &etag)]).await;
    assert_eq!((later.status, &later.json()["count"]), (200, &json!(14)));
}

#[tokio::test]
async fn endpoints_are_counted_under_their_names() {
    let sim = serve(plain(0)).await;
    sim.world_mut().disable_issues("a/b").unwrap();
    for path in ["traffic/views", "traffic/popular/referrers", "stargazers/history"] {
        assert_eq!(get(&sim, &format!("repos/a/b/{path}")).await.status, 200, "{path}");
    }
    assert_eq!(get(&sim, "repos/a/b/traffic/popular").await.status, 404);
    let endpoints = sim.stats().endpoints;
    for path in ["traffic/views", "traffic/popular/referrers", "stargazers/history"] {
        assert_eq!(endpoints[&format!("GET /repos/{{owner}}/{{repo}}/{path}")].requests, 1, "{path}");
    }
}

#[tokio::test]
async fn a_renamed_repository_keeps_its_traffic_under_its_id() {
    let sim = serve(with_days("2020-12-21T18:00:00Z", &DAYS, Regulars::Half)).await;
    sim.world_mut().rename_repository("a/b", "c/d").unwrap();
    let moved = get(&sim, "repos/a/b/traffic/views?per=week").await;
    assert_eq!(moved.status, 301);
    assert!(moved.header("location").ends_with("/traffic/views?per=week"), "{}", moved.header("location"));
    assert_eq!(get(&sim, moved.header("location")).await.json()["count"], 13);
}

#[test]
fn impossible_daily_values_and_unknown_repositories_are_errors() {
    let mut world = World::new(time("2026-08-01T00:00:00Z"));
    assert!(world.traffic_truth("a/b").is_none());
    assert!(world.set_visits("a/b", TrafficKind::Clones, &[]).is_err());
    world.add_repository("a/b").unwrap();
    let day = github_sim::DailyTraffic {
        day: "2026-07-01".parse().unwrap(),
        views: 1,
        view_uniques: 2,
        clones: 0,
        clone_uniques: 0,
    };
    let error = world.set_daily_traffic("a/b", &[day], Regulars::Half).unwrap_err().to_string();
    assert_eq!(error, "traffic of 2026-07-01: 1 visits cannot be by 2 distinct visitors");
}
