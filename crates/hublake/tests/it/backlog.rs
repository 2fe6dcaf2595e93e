//! The backlog of every day where histories are odd, held against figures worked out by hand.

use chrono::{DateTime, TimeZone, Utc};
use github_sim::{SimOptions, World};
use serde_json::{Value, json};

use crate::github::GitHub;
use crate::program::Hublake;
use crate::timeline::{REPOSITORY, folder, oddities};

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 5, 11, 12, 0, 0).single().expect("an instant")
}

/// A home that has collected the repository of odd histories.
async fn collected() -> (GitHub, Hublake) {
    let folder = folder(&oddities());
    let mut world = World::new(now());
    world.load_recorded_only(folder.path(), &[REPOSITORY]).expect("the records are sound");
    world.set_now(now());
    let github = GitHub::serving(world, SimOptions::default()).await;
    let hublake = Hublake::new(&github.url(), now());
    hublake.succeed(&["add", REPOSITORY]);
    hublake.succeed(&["run", "issues"]);
    (github, hublake)
}

fn days(rows: &[Value], columns: &[&str]) -> Vec<String> {
    let line = |row: &Value| {
        let figures: Vec<String> = columns.iter().map(|column| row[column].to_string()).collect();
        format!("{} {}", &row["calendar_date"].as_str().expect("a date")[5..], figures.join(" "))
    };
    rows.iter().map(line).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_histories_give_the_days_worked_out_by_hand() {
    let (_github, hublake) = collected().await;
    let rows = hublake.query("SELECT * FROM mart_issue_backlog_daily ORDER BY calendar_date");
    let columns = ["opened_count", "reopened_count", "closed_count", "left_count", "open_at_end"];
    let expected = [
        "05-01 2 0 0 0 2", // 1 and 2 are opened
        "05-02 4 0 0 0 6", // 3, 5, 6 and 7
        "05-03 2 0 3 0 5", // 4 and 9, which came; 1, 3 and 4 are closed; 8 came closed
        "05-04 0 0 1 0 4", // 6 is closed; 2 within its second is not
        "05-05 0 1 0 0 5", // 1
        "05-06 0 0 0 1 4", // 7 is a discussion
        "05-07 0 1 1 0 4", // 8 is opened again, 1 closed
        "05-08 0 0 1 0 3", // 5, as last seen
        "05-09 0 1 0 0 4", // 6, as last seen
        "05-10 0 0 0 0 4",
        "05-11 0 0 0 0 4",
    ];
    assert_eq!(days(&rows, &columns), expected);
    let rolling = ["rolling_7d_opened", "rolling_7d_closed", "rolling_7d_net_change"];
    assert_eq!(
        days(&rows[6..], &rolling),
        ["05-07 10 6 4", "05-08 8 7 1", "05-09 5 7 -2", "05-10 3 4 -1", "05-11 3 3 0"]
    );
    // 5 is known from the snapshot all the time, 6 from its closing on.
    let share = |day: usize| rows[day]["event_share"].as_f64().expect("a share");
    for (day, told, there) in [(0, 2.0, 2.0), (1, 5.0, 6.0), (2, 8.0, 9.0), (3, 7.0, 9.0), (5, 6.0, 8.0), (9, 6.0, 8.0)]
    {
        assert!((share(day) - told / there).abs() < 1e-9, "{day}: {} is not {told} of {there}", share(day));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_closes_a_pull_request_once() {
    let (_github, hublake) = collected().await;
    let rows = hublake.query("SELECT * FROM mart_pull_request_backlog_daily ORDER BY calendar_date");
    let columns = ["opened_count", "reopened_count", "closed_count", "merged_count", "left_count", "open_at_end"];
    let expected =
        ["05-01 2 0 0 0 0 2", "05-02 1 0 0 0 0 3", "05-03 0 0 1 1 0 2", "05-04 0 0 2 1 0 0", "05-05 0 1 0 0 0 1"];
    assert_eq!(days(&rows[..5], &columns), expected);
    assert!(rows.iter().all(|row| row["event_share"] == 1.0), "{rows:?}");
    let sql = "SELECT issue_number, is_merged, merged_at FROM mart_pull_request_lifecycle ORDER BY 1";
    let merged: Vec<Value> =
        hublake.query(sql).iter().map(|row| json!([row["issue_number"], row["is_merged"]])).collect();
    assert_eq!(merged, [json!([10, true]), json!([11, true]), json!([12, false])]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_true_at_an_instant_is_told_by_the_intervals() {
    let (_github, hublake) = collected().await;
    let open_at = |at: &str| {
        let sql = format!(
            "SELECT issue_number FROM stg_issue_state_intervals WHERE NOT is_pull_request AND state = 'open'
             AND valid_from <= TIMESTAMP '{at}' AND (valid_to IS NULL OR valid_to > TIMESTAMP '{at}') ORDER BY 1"
        );
        let rows = hublake.query(&sql);
        rows.iter().map(|row| row["issue_number"].as_i64().expect("a number")).collect::<Vec<_>>()
    };
    assert_eq!(open_at("2026-05-01T11:00:00Z"), [1]);
    assert_eq!(open_at("2026-05-02T23:50:00Z"), [1, 2, 3, 5, 6, 7], "4 is closed, but not there yet");
    assert_eq!(open_at("2026-05-04T10:00:00Z"), [2, 5, 7, 9]);
    assert_eq!(open_at("2026-05-06T15:00:00Z"), [1, 2, 5, 9]);
    assert_eq!(open_at("2026-05-11T00:00:00Z"), [2, 6, 8, 9]);
    let labels = hublake.query("SELECT label_name, valid_from, valid_to, source FROM stg_issue_label_intervals");
    assert_eq!(labels.len(), 1, "{labels:?}");
    assert_eq!((&labels[0]["label_name"], &labels[0]["source"]), (&json!("bug"), &json!("events")));
    let left = hublake.query("SELECT issue_number, reason FROM stg_issue_departures");
    assert_eq!(left, [json!({"issue_number": 7, "reason": "converted_to_discussion"})]);
}
