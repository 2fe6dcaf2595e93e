//! Runs from day to day.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use github_sim::{SimOptions, TrafficKind, Visit};
use serde_json::{Value, json};

use super::stage::{Stage, at, world};
use crate::scene::{REPOSITORY, name};

/// The counts of `stg_traffic_daily` by repository and day.
fn counts(stage: &Stage) -> BTreeMap<(i64, String), [Option<i64>; 4]> {
    let sql = "SELECT repo_id, day, views, view_uniques, clones, clone_uniques FROM stg_traffic_daily";
    let rows = stage.scene.hublake.query(sql);
    let row = |row: &Value| {
        let key = (row["repo_id"].as_i64().expect("an id"), row["day"].as_str().expect("a day").to_owned());
        (key, ["views", "view_uniques", "clones", "clone_uniques"].map(|column| row[column].as_i64()))
    };
    rows.iter().map(row).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_of_three_weeks_with_gaps_and_several_a_day_publish_what_the_visits_say_and_only_add() {
    // The third repository has few visits, so that some answers are the same for days.
    let start = at(8, 12, 9, 30);
    let mut world = world(start, 3);
    let visit = |days: i64, hour: i64, visitor| Visit {
        at: start + TimeDelta::days(days) + TimeDelta::hours(hour - 9),
        visitor,
    };
    let views = [visit(-9, 3, 1), visit(-4, 12, 1), visit(-4, 13, 2), visit(9, 11, 2), visit(9, 23, 3)];
    world.set_visits(name(2).as_str(), TrafficKind::Views, &views).expect("it is there");
    world.set_visits(name(2).as_str(), TrafficKind::Clones, &[visit(-4, 12, 9)]).expect("it is there");
    let mut stage = Stage::of(world, SimOptions::default()).await;

    let mut before: BTreeMap<(i64, String), [Option<i64>; 4]> = BTreeMap::new();
    // Day 5 and days 13 to 15 are left out; days 3 and 20 see several runs.
    let hours = [0, 24, 49, 71, 72, 84, 95, 144, 168, 191, 216, 241, 264, 288, 384, 408, 431, 456, 480, 484, 487, 504];
    for (number, hour) in hours.into_iter().enumerate() {
        stage.run_at(start + TimeDelta::hours(hour));
        if [0, 5, 13, 14, 21].contains(&number) {
            stage.assert_true();
            let now = counts(&stage);
            for (key, values) in &before {
                let later = now.get(key).unwrap_or_else(|| panic!("{key:?} is gone"));
                assert!(values.iter().zip(later).all(|(old, new)| new >= old), "{key:?}: {values:?}, then {later:?}");
            }
            before = now;
        }
    }
    // What is not asked for any more stays, and every day is there up to the day of reading.
    stage.go_to(start + TimeDelta::days(40));
    stage.assert_true();
    assert_eq!(counts(&stage), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn seventy_three_clones_stay_when_the_window_has_cut_them_to_eighteen() {
    let mut world = world(at(8, 8, 12, 0), 1);
    let day = at(8, 7, 0, 0);
    // 73 clones in equal distances; the last 18 of them are later than 18:03.
    let clone = |number: i64| Visit { at: day + TimeDelta::seconds(number * 86_400 / 73 + 590), visitor: 1 };
    let clones: Vec<Visit> = (0..73).map(clone).collect();
    world.set_visits(REPOSITORY, TrafficKind::Clones, &clones).expect("it is there");
    let mut stage = Stage::of(world, SimOptions::default()).await;
    stage.run_well();
    let sql = "SELECT clones FROM stg_traffic_daily WHERE day = '2026-08-07'";
    assert_eq!(stage.scene.hublake.query(sql), [json!({"clones": 73})]);

    stage.run_at(at(8, 21, 18, 3));
    let served = "SELECT \"count\" FROM stg_traffic_answers
        WHERE measure = 'clones' AND per = 'day' AND answered_on = '2026-08-21'";
    assert_eq!(stage.scene.hublake.query(served), [json!({"count": 18})], "GitHub tells 18 by now");
    assert_eq!(stage.scene.hublake.query(sql), [json!({"clones": 73})]);
    stage.assert_true();
}
