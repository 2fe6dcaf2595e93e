//! These run on recorded data where `HUBLAKE_RECORDED_DATA` names it, and only say so where it does not.

use std::path::{Path, PathBuf};

use chrono::{NaiveDate, TimeDelta};
use github_sim::{TrafficKind, World};
use serde_json::{Value, json};

use crate::client::{get, serve, time};

const COVID: &str = "jgehrcke/covid-19-germany-gae";

fn recorded(now: &str, names: &[&str]) -> Option<World> {
    let Some(folder) = std::env::var_os("HUBLAKE_RECORDED_DATA") else {
        eprintln!("HUBLAKE_RECORDED_DATA is not set: the recorded traffic is not tested");
        return None;
    };
    let mut world = World::new(time(now));
    world.load_recorded_traffic_only(&PathBuf::from(folder), names).unwrap();
    Some(world)
}

#[test]
fn every_recorded_day_has_its_values_and_absent_days_have_none() {
    let Some(world) = recorded("2024-10-25T00:00:00Z", &[COVID]) else {
        return;
    };
    let truth = world.traffic_truth(COVID).unwrap();
    let first: NaiveDate = "2020-12-01".parse().unwrap();
    let (mut views, mut clones, mut with_views, mut with_clones) = (0, 0, 0, 0);
    for day in first.iter_days().take(1_424) {
        let (of_views, of_clones) = (truth.on(TrafficKind::Views, day), truth.on(TrafficKind::Clones, day));
        views += of_views.count;
        clones += of_clones.count;
        with_views += usize::from(of_views.count > 0);
        with_clones += usize::from(of_clones.count > 0);
    }
    assert_eq!((views, clones, with_views, with_clones), (42_282, 12_842, 1_288, 1_200));
    for (day, expected) in [("2020-12-01", (59, 13, 4, 4)), ("2024-10-24", (7, 4, 0, 0)), ("2023-05-13", (0, 0, 0, 0))]
    {
        let day = day.parse().unwrap();
        let (views, clones) = (truth.on(TrafficKind::Views, day), truth.on(TrafficKind::Clones, day));
        assert_eq!((views.count, views.uniques, clones.count, clones.uniques), expected, "{day}");
    }
}

#[tokio::test]
async fn a_daily_collector_sees_every_recorded_day_whole() {
    let Some(world) = recorded("2020-12-02T06:00:00Z", &[COVID]) else {
        return;
    };
    let sim = serve(world).await;
    let (mut views, mut days) = (0, 0);
    for _ in 0..60 {
        let yesterday = (sim.world().now() - TimeDelta::days(1)).format("%Y-%m-%dT00:00:00Z").to_string();
        let answer = get(&sim, &format!("repos/{COVID}/traffic/views")).await.json();
        let day = answer["views"].as_array().unwrap().iter().find(|of| of["timestamp"] == yesterday.as_str()).cloned();
        views += day.as_ref().map_or(0, |of| of["count"].as_u64().unwrap());
        days += u32::from(day.is_some());
        sim.world_mut().advance(TimeDelta::days(1));
    }
    // 2020-12-01 to 2021-01-29 as they stand in the file.
    assert_eq!((days, views), (60, 7_078));
}

#[tokio::test]
async fn whole_windows_have_the_recorded_days_and_uniques_by_the_rule() {
    let Some(world) = recorded("2026-05-17T00:00:00Z", &["NCAR/i-wrf"]) else {
        return;
    };
    let sim = serve(world).await;
    let answer = get(&sim, "repos/NCAR/i-wrf/traffic/views").await.json();
    let days = answer["views"].as_array().unwrap();
    let counts: Vec<(u64, u64)> =
        days.iter().map(|of| (of["count"].as_u64().unwrap(), of["uniques"].as_u64().unwrap())).collect();
    // The file has a zero for 2026-05-13.
    let expected = [
        (1, 1),
        (23, 7),
        (6, 6),
        (1, 1),
        (9, 5),
        (51, 18),
        (6, 1),
        (17, 3),
        (136, 132),
        (1, 1),
        (4, 4),
        (3, 2),
        (2, 1),
    ];
    assert_eq!(counts, expected);
    // 66 regulars, and 3 + 3 + 2 + 9 + 1 + 66 + 2 + 1 people on one day only.
    assert_eq!((&answer["count"], &answer["uniques"]), (&json!(260), &json!(153)));
    sim.world_mut().set_now(time("2026-05-18T00:00:00Z"));
    let referrers = get(&sim, "repos/NCAR/i-wrf/traffic/popular/referrers").await.json();
    assert_eq!(referrers.as_array().unwrap().len(), 6);
    assert_eq!(referrers[0], json!({"referrer": "Google", "count": 23, "uniques": 9}));
    assert_eq!(get(&sim, "repos/NCAR/i-wrf").await.json()["owner"]["type"], "Organization");
}

#[tokio::test]
async fn lists_are_those_of_the_newest_recorded_instant() {
    let Some(world) = recorded("2021-02-11T22:32:12Z", &[]) else {
        return;
    };
    let sim = serve(world).await;
    let referrers = get(&sim, &format!("repos/{COVID}/traffic/popular/referrers")).await.json();
    assert_eq!(referrers.as_array().unwrap().len(), 10);
    assert_eq!(referrers[1], json!({"referrer": "github.com", "count": 57, "uniques": 33}));
    let paths = get(&sim, &format!("repos/{COVID}/traffic/popular/paths")).await.json();
    let root = json!({"path": format!("/{COVID}"), "title": "Overview", "count": 507, "uniques": 164});
    assert_eq!((&paths[0], &paths[1]["title"]), (&root, &json!("/issues")));
    let consort = "repos/databricks-solutions/consort";
    assert_eq!(get(&sim, &format!("{consort}/traffic/popular/paths")).await.json(), json!([]), "not recorded yet");
    sim.world_mut().set_now(time("2026-08-22T12:00:00Z"));
    let paths = get(&sim, &format!("{consort}/traffic/popular/paths")).await.json();
    assert_eq!(
        paths[1],
        json!({
            "path": "/databricks-solutions/consort/pulls", "title": "/pulls", "count": 17, "uniques": 5
        })
    );
    let clones = get(&sim, &format!("{consort}/traffic/clones")).await.json();
    assert_eq!(clones["clones"][13], json!({"timestamp": "2026-08-21T00:00:00Z", "count": 77, "uniques": 17}));
    let repository = get(&sim, consort).await.json();
    let figures = ["stargazers_count", "forks_count", "subscribers_count"].map(|key| repository[key].as_u64().unwrap());
    assert_eq!(figures, [10, 7, 0]);
}

#[tokio::test]
async fn recorded_stars_come_on_their_days() {
    let Some(world) = recorded("2020-03-22T00:00:00Z", &[COVID]) else {
        return;
    };
    let sim = serve(world).await;
    let history: Value = get(&sim, &format!("repos/{COVID}/stargazers/history")).await.json();
    assert_eq!(
        history,
        json!([
            {"week": 1_584_835_200, "total": 8, "days": [8, 0, 0, 0, 0, 0, 0]},
            {"week": 1_584_230_400, "total": 9, "days": [0, 0, 0, 1, 1, 5, 2]},
        ])
    );
    sim.world_mut().set_now(time("2024-10-24T23:59:00Z"));
    let repository = get(&sim, &format!("repos/{COVID}")).await.json();
    assert_eq!((&repository["stargazers_count"], &repository["forks_count"]), (&json!(145), &json!(49)));
    assert_eq!(
        (&repository["created_at"], &repository["owner"]["type"]),
        (&json!("2020-03-18T00:00:00Z"), &json!("User"))
    );
}

#[test]
fn a_missing_folder_of_traffic_is_an_error_that_names_the_file() {
    let mut world = World::new(time("2000-01-01T00:00:00Z"));
    let error = world.load_recorded_traffic(Path::new("no-such-folder")).unwrap_err().to_string();
    assert!(error.contains("ghrs-test.tar.gz") && error.contains("hint:"), "{error}");
}
