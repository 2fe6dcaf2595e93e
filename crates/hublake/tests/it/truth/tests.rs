//! The truth judged by small cases made by hand, and by what is known of the recorded files.

use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};

use super::issue::instant;
use super::marts::percentile;
use super::report::Swing;
use super::*;

fn issue(number: i64, created_at: &str, closed_at: Option<&str>) -> Value {
    json!({
        "id": 1000 + number, "node_id": format!("I_{number}"), "number": number, "title": format!("issue {number}"),
        "state": if closed_at.is_some() { "closed" } else { "open" }, "state_reason": null, "locked": false,
        "active_lock_reason": null, "created_at": created_at, "updated_at": closed_at.unwrap_or(created_at),
        "closed_at": closed_at, "html_url": format!("https://github.com/o/r/issues/{number}"),
        "author_association": "NONE", "comments": 2, "user": {"login": "ann", "id": 7, "type": "User"},
        "milestone": null, "closed_by": null, "labels": [], "assignees": [],
    })
}

fn with(mut object: Value, key: &str, value: Value) -> Value {
    object[key] = value;
    object
}

fn truth(objects: &[Value]) -> Truth {
    Truth { repositories: vec![Repository::from_rest(1, "o/r", objects)] }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn percentile_of_one_to_four_interpolates_between_the_middle_values() {
    let values = [4.0, 1.0, 3.0, 2.0];
    assert_eq!(percentile(&values, 0.5), Some(2.5));
    assert_eq!(percentile(&values, 0.9), Some(3.7));
    assert_eq!(percentile(&values, 1.0), Some(4.0));
    assert_eq!(percentile(&[5.0], 0.9), Some(5.0));
    assert_eq!(percentile(&[], 0.5), None);
}

#[test]
fn closing_a_quarter_of_an_hour_later_over_midnight_is_a_hundredth_of_a_day() {
    let rows = truth(&[issue(1, "2024-01-01T23:50:00Z", Some("2024-01-02T00:05:00Z"))]).issue_lifecycle();
    assert_eq!(rows[0].closure_age_days, Some(900.0 / 86_400.0));
    assert_eq!(rows[0].created_date, day("2024-01-01"));
    assert_eq!(rows[0].closed_date, Some(day("2024-01-02")));
    assert_eq!(rows[0].closed_at_source.as_deref(), Some("github"));
}

#[test]
fn closed_before_it_was_created_has_age_zero_and_counts_on_its_own_closing_day() {
    let truth = truth(&[issue(1, "2024-01-02T00:10:00Z", Some("2024-01-01T23:20:00Z"))]);
    assert_eq!(truth.issue_lifecycle()[0].closure_age_days, Some(0.0));
    let flow = truth.daily_flow(None);
    assert_eq!(flow.iter().map(|row| row.net_change).collect::<Vec<_>>(), [-1, 1]);
    assert_eq!(flow[0].calendar_date, day("2024-01-01"));
}

#[test]
fn closed_without_closing_time_counts_as_closed_when_updated_but_in_no_flow_and_no_age() {
    let object = with(issue(1, "2024-01-01T00:00:00Z", Some("2024-02-01T00:00:00Z")), "closed_at", Value::Null);
    let truth = truth(&[object]);
    let row = &truth.issue_lifecycle()[0];
    assert_eq!(row.closed_at, Some(instant("2024-02-01T00:00:00Z")));
    assert_eq!(row.closed_at_source.as_deref(), Some("updated_at"));
    assert_eq!(row.closure_age_days, None);
    assert!(row.is_closed);
    let flow = truth.daily_flow(None);
    assert_eq!((flow.len(), flow[0].opened_count, flow[0].closed_count), (1, 1, 0));
    assert!(truth.closure_age_monthly().is_empty());
    assert_eq!(truth.weekday_rhythm().iter().map(|row| row.issue_count).sum::<i64>(), 1);
}

#[test]
fn ten_idle_days_are_zero_rows_with_a_weeks_rolling_sum_of_one() {
    let truth = truth(&[issue(1, "2024-01-01T09:00:00Z", None), issue(2, "2024-01-10T09:00:00Z", None)]);
    let flow = truth.daily_flow(None);
    assert_eq!(flow.len(), 10);
    let opened: Vec<i64> = flow.iter().map(|row| row.opened_count).collect();
    assert_eq!(opened, [1, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    let rolling: Vec<i64> = flow.iter().map(|row| row.rolling_7d_opened).collect();
    assert_eq!(rolling, [1, 1, 1, 1, 1, 1, 1, 0, 0, 1]);
    let cumulative: Vec<i64> = flow.iter().map(|row| row.cumulative_net_change).collect();
    assert_eq!(cumulative, [1, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
}

#[test]
fn reading_later_adds_idle_days_and_reading_earlier_takes_none_away() {
    let truth = truth(&[
        issue(1, "2024-01-01T09:00:00Z", None),
        issue(2, "2024-01-01T10:00:00Z", Some("2024-01-03T01:00:00Z")),
    ]);
    assert_eq!(truth.daily_flow(None).len(), 3);
    assert_eq!(truth.daily_flow(Some(day("2023-12-31"))).len(), 3);
    let later = truth.daily_flow(Some(day("2024-01-10")));
    assert_eq!(later.len(), 10);
    assert_eq!(later[6].rolling_7d_opened, 2);
    assert_eq!(later[7].rolling_7d_opened, 0);
    assert_eq!(later[8].rolling_7d_closed, 1);
    assert_eq!(later[9].rolling_7d_closed, 0);
    assert_eq!(later[9].cumulative_net_change, 1);
    assert_eq!((later[9].opened_count, later[9].closed_count, later[9].net_change), (0, 0, 0));
}

#[test]
fn pull_requests_are_in_staging_and_in_no_mart() {
    let pull = with(issue(1, "2024-01-01T09:00:00Z", None), "pull_request", json!({"url": "u"}));
    let truth = truth(&[pull]);
    assert!(truth.issue_current()[0].is_pull_request);
    assert!(truth.issue_lifecycle().is_empty());
    assert!(truth.daily_flow(Some(day("2024-02-01"))).is_empty());
    assert!(truth.open_age(instant("2024-02-01T00:00:00Z")).is_empty());
    let rhythm = truth.weekday_rhythm();
    assert_eq!(rhythm.len(), 14);
    assert!(rhythm.iter().all(|row| row.issue_count == 0));
}

#[test]
fn labels_are_sorted_by_name_and_the_first_is_the_group() {
    let labels = json!([
        {"id": 2, "name": "ui", "description": null, "color": "fff", "default": false},
        {"id": 1, "name": "bug", "description": "", "color": "000", "default": true},
        {"name": "without id"},
    ]);
    let assignees = json!([{"login": "zoe", "id": 2, "type": "User"}, {"login": "bob"}, {"id": 3}]);
    let object = with(with(issue(1, "2024-01-01T09:00:00Z", None), "labels", labels), "assignees", assignees);
    let truth = truth(&[object, issue(2, "2024-01-01T09:00:00Z", None)]);
    let rows = truth.issue_lifecycle();
    assert_eq!(rows[0].label_names, ["bug", "ui"]);
    assert_eq!(rows[0].label_group, "bug");
    assert_eq!(rows[0].assignee_logins, ["bob", "zoe"]);
    assert_eq!(rows[1].label_group, "other");
    assert!(rows[1].label_names.is_empty());
    assert_eq!(truth.issue_labels().len(), 2);
    assert_eq!(truth.issue_labels()[1].label_description.as_deref(), Some(""));
    assert_eq!(truth.issue_assignees().len(), 2);
    assert_eq!(truth.issue_current()[0].assignee_count, 2);
}

#[test]
fn the_later_state_of_an_issue_that_is_listed_twice_counts() {
    let early = issue(1, "2024-01-01T09:00:00Z", None);
    let late = issue(1, "2024-01-01T09:00:00Z", Some("2024-01-02T09:00:00Z"));
    for objects in [[early.clone(), late.clone()], [late, early]] {
        let rows = truth(&objects).issue_current();
        assert_eq!((rows.len(), rows[0].state.as_str()), (1, "closed"));
    }
}

#[test]
fn months_have_shares_of_ages_up_to_seven_and_beyond_ninety_days() {
    let rows = truth(&[
        issue(1, "2024-05-01T00:00:00Z", Some("2024-05-08T00:00:00Z")),
        issue(2, "2024-05-01T00:00:00Z", Some("2024-05-08T00:00:01Z")),
        issue(3, "2024-02-01T00:00:00Z", Some("2024-05-01T00:00:00Z")),
        issue(4, "2024-02-01T00:00:00Z", Some("2024-05-01T00:00:01Z")),
        issue(5, "2024-07-01T00:00:00Z", Some("2024-07-01T12:00:00Z")),
        issue(6, "2024-07-01T00:00:00Z", None),
    ])
    .closure_age_monthly();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].year_month, day("2024-05-01"));
    assert_eq!(rows[0].closed_issue_count, 4);
    assert_eq!(rows[0].share_closed_within_7d, 0.25);
    assert_eq!(rows[0].share_closed_after_90d, 0.25);
    assert_eq!(rows[1].median_closure_age_days, 0.5);
}

#[test]
fn weekdays_begin_on_monday_and_are_all_there() {
    let rows = truth(&[issue(1, "2024-01-01T09:00:00Z", Some("2024-01-07T09:00:00Z"))]).weekday_rhythm();
    let told: Vec<(&str, i64, &str)> = rows
        .iter()
        .filter(|row| row.issue_count > 0)
        .map(|row| (row.event_type.as_str(), row.weekday_num, row.weekday_name.as_str()))
        .collect();
    assert_eq!(told, [("opened", 0, "Monday"), ("closed", 6, "Sunday")]);
    assert_eq!(rows.len(), 14);
}

#[test]
fn days_with_equal_swing_share_a_rank_and_the_next_rank_is_skipped() {
    let rows = truth(&[
        issue(1, "2024-01-01T09:00:00Z", None),
        issue(2, "2024-01-02T09:00:00Z", Some("2024-01-03T09:00:00Z")),
        issue(3, "2024-01-04T09:00:00Z", Some("2024-01-04T10:00:00Z")),
    ])
    .swing_days();
    let ranks: Vec<(i64, i64)> = rows.iter().map(|row| (row.swing_rank_positive, row.swing_rank_negative)).collect();
    assert_eq!(ranks, [(1, 3), (1, 3), (4, 1), (3, 2)]);
}

#[test]
fn open_age_tells_the_oldest_and_what_nobody_touched() {
    let now = instant("2024-12-31T00:00:00Z");
    let mut objects = Vec::new();
    for (number, created, untouched_days) in [(3, 400, 400), (4, 300, 90), (5, 100, 10), (6, 20, 20)] {
        let at = |days: i64| (now - TimeDelta::days(days)).to_rfc3339();
        objects.push(with(issue(number, &at(created), None), "updated_at", json!(at(untouched_days))));
    }
    objects.push(issue(7, "2001-01-01T00:00:00Z", Some("2001-01-02T00:00:00Z")));
    let rows = truth(&objects).open_age(now);
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].open_count, rows[0].oldest_issue_number), (4, Some(3)));
    assert_eq!(rows[0].oldest_age_days, Some(400.0));
    assert_eq!(rows[0].median_age_days, Some(200.0));
    assert_eq!(rows[0].untouched_30d_count, 2);
    assert_eq!(rows[0].untouched_90d_count, 1, "exactly 90 days is not more than 90 days");
    assert_eq!(rows[0].untouched_365d_count, 1);
    let closed_only = truth(&[issue(7, "2001-01-01T00:00:00Z", Some("2001-01-02T00:00:00Z"))]).open_age(now);
    assert_eq!((closed_only[0].open_count, closed_only[0].median_age_days), (0, None));
}

#[test]
fn the_window_of_a_report_includes_its_last_day_and_as_many_days_as_it_says() {
    let truth = truth(&[
        issue(1, "2024-01-03T23:59:59Z", None),
        issue(2, "2024-01-04T00:00:00Z", None),
        issue(3, "2024-01-10T23:59:59Z", None),
        issue(4, "2024-01-11T00:00:00Z", None),
        issue(5, "2023-01-01T00:00:00Z", Some("2024-01-05T00:00:00Z")),
        issue(6, "2024-01-05T00:00:00Z", Some("2024-01-06T00:00:00Z")),
    ]);
    let report = &truth.report(7, day("2024-01-10"))[0];
    assert_eq!(report.first_day, day("2024-01-04"));
    assert_eq!((report.open_now, report.opened, report.closed, report.net), (4, 3, 2, 1));
    assert_eq!(report.median_closure_age_days, Some((369.0 + 1.0) / 2.0));
    assert_eq!((report.share_closed_within_7d, report.share_closed_after_90d), (Some(0.5), Some(0.5)));
    let swing = |text: &str, net_change| Swing { calendar_date: day(text), net_change };
    assert_eq!(report.swings_up, [swing("2024-01-04", 1), swing("2024-01-10", 1)]);
    assert_eq!(report.swings_down, [swing("2024-01-06", -1)]);
}

#[test]
fn the_verdict_changes_beyond_ten_either_way() {
    let verdict_of = |opened: i64, closed: i64| {
        let mut objects: Vec<Value> = (0..opened).map(|number| issue(number, "2024-01-10T00:00:00Z", None)).collect();
        objects.extend(
            (0..closed).map(|number| issue(100 + number, "2023-01-01T00:00:00Z", Some("2024-01-10T00:00:00Z"))),
        );
        truth(&objects).report(1, day("2024-01-10"))[0].verdict
    };
    assert_eq!(verdict_of(11, 0), Verdict::Worsening);
    assert_eq!(verdict_of(10, 0), Verdict::Flat);
    assert_eq!(verdict_of(0, 10), Verdict::Flat);
    assert_eq!(verdict_of(0, 11), Verdict::Improving);
}

#[test]
fn rows_as_json_are_dates_instants_with_z_and_written_nulls() {
    let expected = truth(&[issue(1, "2024-01-01T09:00:00Z", None)]).tables(instant("2024-01-01T09:00:00Z"));
    let lifecycle = expected.iter().find(|table| table.table == "mart_issue_lifecycle").unwrap();
    let row = &lifecycle.rows[0];
    assert_eq!(row["created_at"], "2024-01-01T09:00:00Z");
    assert_eq!(row["created_date"], "2024-01-01");
    assert_eq!(row["closed_at"], Value::Null);
    assert_eq!(row["label_names"], json!([]));
    assert_eq!(row["repo_owner"], "o");
    assert!(lifecycle.query().ends_with(" FROM mart_issue_lifecycle ORDER BY repo_full_name, issue_number"));
}

#[test]
fn comparing_forgives_float_noise_and_digits_of_a_second_only() {
    let expected = Expected {
        table: "t".to_owned(),
        key: vec!["k".to_owned()],
        rows: vec![
            json!({"k": 1, "age": 2.0, "at": "2024-01-01T09:00:00Z", "no": null, "list": ["a"]})
                .as_object()
                .unwrap()
                .clone(),
        ],
    };
    let good = json!({"k": 1, "age": 2.000_000_000_1, "at": "2024-01-01T09:00:00.000000Z", "no": null, "list": ["a"]});
    assert_eq!(differences(&expected, std::slice::from_ref(&good)), None);
    for (column, wrong) in [
        ("age", json!(2.000_1)),
        ("age", json!(null)),
        ("at", json!("2024-01-01T09:00:00+00:00")),
        ("at", json!("2024-01-01T09:00:01Z")),
        ("no", json!("")),
        ("list", json!([])),
    ] {
        let text = differences(&expected, &[with(good.clone(), column, wrong)]).unwrap();
        assert!(text.contains(&format!("k=1: {column} is ")), "{text}");
    }
    assert!(differences(&expected, &[]).unwrap().contains("k=1: missing"));
    assert!(differences(&expected, &[good.clone(), good.clone()]).unwrap().contains("more than once"));
    let other = with(good.clone(), "k", json!(1.0));
    assert!(differences(&expected, &[other]).is_some(), "a whole number is not printed with a fraction");
    let mut incomplete = good;
    incomplete.as_object_mut().unwrap().remove("no");
    assert!(differences(&expected, &[incomplete]).unwrap().contains("no is not there"));
}

#[test]
fn the_recorded_files_have_the_known_counts() {
    let Some(folder) = recorded_data() else {
        eprintln!("HUBLAKE_RECORDED_DATA is not set: the recorded files are not counted");
        return;
    };
    let truth = Truth::recorded(&folder);
    let mut counts = Vec::new();
    for repository in &truth.repositories {
        let issues = repository.true_issues().count();
        counts.push((repository.columns.repo_full_name.as_str(), issues, repository.issues.len() - issues));
    }
    let known = [("bitcoin-core/gui", 341, 537), ("bitcoin/bips", 0, 2104), ("rust-lang/rust", 8508, 6817)];
    assert_eq!(counts, known);

    let lifecycle = truth.issue_lifecycle();
    let unknown: Vec<i64> = lifecycle
        .iter()
        .filter(|row| row.closed_at_source.as_deref() == Some("updated_at"))
        .map(|row| row.issue_number)
        .collect();
    assert_eq!(unknown, [156, 935, 1152]);
    assert!(lifecycle.iter().all(|row| row.closure_age_days.is_none_or(|age| age >= 0.0)));
    assert!(
        truth
            .repositories
            .iter()
            .flat_map(|repository| &repository.issues)
            .all(|issue| issue.number != 2765 || !issue.html_url.contains("rfcs"))
    );

    let flow = truth.daily_flow(None);
    let last_rust = flow.iter().rfind(|row| row.repository.repo_name == "rust").unwrap();
    // Three closed issues of unknown closing time count as open in the flow.
    assert_eq!(last_rust.cumulative_net_change, 26 + 3);
    let gui_open: i64 = flow.iter().rfind(|row| row.repository.repo_name == "gui").unwrap().cumulative_net_change;
    assert_eq!(gui_open, 133);
    let watermarks: Vec<_> =
        truth.sync_state().into_iter().map(|row| row.last_successful_watermark_updated_at).collect();
    assert_eq!(watermarks[2], Some(instant("2025-12-14T02:22:39Z")));
}
