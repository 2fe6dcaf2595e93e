//! Days on which nothing was asked.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::stage::{Stage, at, date};

fn statuses(stage: &Stage, table: &str, day: &str) -> Vec<(String, String, Value)> {
    let sql = format!("SELECT {day} AS day, status, views FROM {table} WHERE repo_id = 501 ORDER BY day");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let rows = stage.scene.hublake.query(&sql);
    rows.iter().map(|row| (text(&row["day"]), text(&row["status"]), row["views"].clone())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_daily_runs_left_out_leave_six_days_uncollected_and_one_partial_on_each_side() {
    let mut stage = Stage::new(at(8, 1, 7, 15), 1).await;
    stage.run_daily(3);
    stage.go_to(stage.scene.now() + TimeDelta::days(21));
    stage.run_daily(3);
    stage.assert_true();

    let coverage = "(SELECT repo_id, day, status, NULL AS views FROM stg_traffic_coverage)";
    for found in [statuses(&stage, coverage, "day"), statuses(&stage, "mart_traffic_daily", "calendar_date")] {
        // Runs on 1, 2 and 3 August, then from the 24th on.
        let inside: Vec<_> = found
            .into_iter()
            .filter(|(day, ..)| (date("2026-07-19")..=date("2026-08-25")).contains(&date(day)))
            .collect();
        let of = |status: &str| -> Vec<&str> {
            inside.iter().filter(|(_, found, _)| found == status).map(|(day, ..)| day.as_str()).collect()
        };
        let lost: Vec<String> = (4..10).map(|day| format!("2026-08-{day:02}")).collect();
        assert_eq!(of("not collected"), lost);
        assert_eq!(of("partial"), ["2026-08-03", "2026-08-10"]);
        assert!(inside.iter().filter(|(_, status, _)| status == "not collected").all(|(.., views)| views.is_null()));
    }
    let sql = "SELECT count(*) AS days FROM mart_traffic_daily WHERE status = 'collected' AND views IS NULL";
    assert_eq!(stage.scene.hublake.query(sql), [json!({"days": 0})]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_on_the_last_safe_day_loses_nothing_and_a_warning_names_that_day() {
    let mut stage = Stage::new(at(8, 1, 7, 15), 2).await;
    stage.run_well();
    let sql = "SELECT repo_id, safe_until FROM stg_traffic_repositories ORDER BY 1";
    let until = |day: &str| [json!({"repo_id": 501, "safe_until": day}), json!({"repo_id": 502, "safe_until": day})];
    assert_eq!(stage.scene.hublake.query(sql), until("2026-08-14"));

    stage.go_to(at(8, 12, 7, 15));
    stage.scene.github.sim().set_faults(["/repositories/502/traffic/* always status:500".parse().expect("a fault")]);
    let ended = stage.scene.hublake.call(&["run", "traffic"]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(ended.stderr.contains("traffic_overdue") && ended.stderr.contains("2026-08-14"), "{ended:?}");

    stage.scene.github.sim().set_faults([]);
    stage.go_to(at(8, 14, 23, 0));
    stage.scene.hublake.succeed(&["run", "traffic"]);
    let sql = "SELECT count(*) AS lost FROM stg_traffic_coverage
        WHERE day BETWEEN '2026-07-19' AND '2026-08-13' AND status <> 'collected'";
    assert_eq!(stage.scene.hublake.query(sql), [json!({"lost": 0})]);
}
