use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Date32Array, Int64Array, TimestampMicrosecondArray};
use rstest::rstest;

use super::*;

/// Noon of 2026-09-16, a Wednesday: an answer of then holds 2026-09-03 to 2026-09-15 whole.
fn noon() -> DateTime<Utc> {
    "2026-09-16T12:00:00Z".parse().expect("an instant")
}

fn texts(values: Vec<Option<&str>>) -> ArrayRef {
    Arc::new(StringArray::from(values))
}

fn raw(stream: &str, outcome: &str, payload: Option<&str>) -> RecordBatch {
    let hash = payload.map(|payload| sha256_hex(payload.as_bytes()));
    let number = |value: i64| -> ArrayRef { Arc::new(Int64Array::from(vec![value])) };
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("run_id", texts(vec![Some("run-00000003")])),
        ("run_seq", number(3)),
        ("repo_id", number(42)),
        ("fetched_at", Arc::new(TimestampMicrosecondArray::from(vec![noon().timestamp_micros()]).with_timezone("UTC"))),
        ("stream", texts(vec![Some(stream)])),
        ("outcome", texts(vec![Some(outcome)])),
        ("missing_permission", texts(vec![(outcome == "not_permitted").then_some("push access")])),
        ("etag", texts(vec![payload.map(|_| "W/\"1\"")])),
        ("count", Arc::new(Int64Array::from(vec![payload.map(|_| 93)]))),
        ("uniques", Arc::new(Int64Array::from(vec![payload.map(|_| 4)]))),
        ("payload", texts(vec![payload])),
        ("payload_sha256", texts(vec![hash.as_deref()])),
    ];
    RecordBatch::try_from_iter(columns).expect("columns of one length")
}

/// The rows of a source, or why the only row was rejected.
fn decoded(stream: &str, payload: &str, source: &str) -> Result<RecordBatch, String> {
    let mut rows = TrafficRows::default();
    let rejected = answers(&raw(stream, "answer", Some(payload)), &mut rows).expect("all columns are there");
    match rejected.into_iter().next() {
        Some(one) => Err(one.reason),
        None => Ok(of_source(rows, source)),
    }
}

fn of_source(rows: TrafficRows, source: &str) -> RecordBatch {
    let found = rows.finish().expect("columns of one length").into_iter().find(|(name, _)| *name == source);
    found.expect("the source is there").1
}

fn numbers(rows: &RecordBatch, column: &str) -> Vec<i64> {
    let values: &Int64Array = rows.column_by_name(column).expect("the column").as_primitive();
    values.values().to_vec()
}

fn days(rows: &RecordBatch, column: &str) -> Vec<String> {
    let values: &Date32Array = rows.column_by_name(column).expect("the column").as_primitive();
    (0..values.len()).filter_map(|row| values.value_as_date(row)).map(|day| day.to_string()).collect()
}

#[test]
fn days_inside_the_window_are_whole_and_its_edges_are_not() {
    let payload = r#"{"count":93,"uniques":4,"views":[
        {"timestamp":"2026-09-02T00:00:00Z","count":18,"uniques":1},
        {"timestamp":"2026-09-03T00:00:00Z","count":56,"uniques":4},
        {"timestamp":"2026-09-15T00:00:00Z","count":6,"uniques":2},
        {"timestamp":"2026-09-16T00:00:00Z","count":13,"uniques":3}]}"#;
    let rows = decoded("traffic_views", payload, "decoded_traffic_counts").expect("it is decoded");
    assert_eq!(days(&rows, "starts_on"), ["2026-09-02", "2026-09-03", "2026-09-15", "2026-09-16"]);
    assert_eq!(numbers(&rows, "count"), [18, 56, 6, 13]);
    assert_eq!(numbers(&rows, "uniques"), [1, 4, 2, 3]);
    let is_whole: &BooleanArray = rows.column_by_name("is_whole").expect("the column").as_boolean();
    assert_eq!(is_whole.iter().flatten().collect::<Vec<_>>(), [false, true, true, false]);
}

#[test]
fn a_week_is_whole_when_it_is_over_and_its_monday_lies_inside() {
    let payload = r#"{"count":9,"uniques":2,"clones":[
        {"timestamp":"2026-08-31T00:00:00Z","count":3,"uniques":1},
        {"timestamp":"2026-09-07T00:00:00Z","count":4,"uniques":2},
        {"timestamp":"2026-09-14T00:00:00Z","count":2,"uniques":1}]}"#;
    let rows = decoded("traffic_clones_weekly", payload, "decoded_traffic_counts").expect("it is decoded");
    let is_whole: &BooleanArray = rows.column_by_name("is_whole").expect("the column").as_boolean();
    assert_eq!(is_whole.iter().flatten().collect::<Vec<_>>(), [false, true, false], "cut short, whole, growing");
}

#[test]
fn a_304_and_a_refusal_are_answers_without_days() {
    let mut rows = TrafficRows::default();
    assert!(answers(&raw("traffic_views", "not_modified", None), &mut rows).expect("columns").is_empty());
    assert!(answers(&raw("traffic_views", "not_permitted", None), &mut rows).expect("columns").is_empty());
    let rows = of_source(rows, "decoded_traffic_answers");
    let status: &StringArray = rows.column_by_name("status").expect("the column").as_string();
    let missing: &StringArray = rows.column_by_name("missing_permission").expect("the column").as_string();
    assert_eq!(status.iter().flatten().collect::<Vec<_>>(), ["not_modified", "not_permitted"]);
    assert_eq!(missing.iter().collect::<Vec<_>>(), [None, Some("push access")]);
    assert_eq!(rows.column_by_name("count").expect("the column").null_count(), 2);
}

#[test]
fn an_entry_of_a_list_keeps_its_place_and_a_referrer_has_no_title() {
    let payload = r#"[{"referrer":"Google","count":9,"uniques":3},{"referrer":"news \"x\"","count":2,"uniques":1}]"#;
    let rows = decoded("traffic_referrers", payload, "decoded_traffic_popular").expect("it is decoded");
    let names: &StringArray = rows.column_by_name("name").expect("the column").as_string();
    assert_eq!(names.iter().flatten().collect::<Vec<_>>(), ["Google", "news \"x\""]);
    assert_eq!(numbers(&rows, "place"), [1, 2]);
    assert_eq!(rows.column_by_name("title").expect("the column").null_count(), 2);
}

#[test]
fn watchers_are_no_stars_and_what_is_open_is_issues_and_pull_requests() {
    let payload = r#"{"databaseId":42,"nameWithOwner":"a/b","createdAt":"2020-01-01T00:00:00Z","stargazerCount":100,"forkCount":7,"diskUsage":55,
        "watchers":{"totalCount":3},"issues":{"totalCount":20},"pullRequests":{"totalCount":4}}"#;
    let rows = decoded("repository_stats", payload, "decoded_repository_stats").expect("it is decoded");
    let of = |column| numbers(&rows, column)[0];
    assert_eq!((of("stars"), of("forks"), of("watchers"), of("size_kb")), (100, 7, 3, 55));
    assert_eq!(of("open_issues_and_pulls_count"), 24);
    assert_eq!(days(&rows, "day"), ["2026-09-16"]);
}

#[test]
fn a_week_of_stars_begins_on_its_sunday() {
    // 2026-09-06 is a Sunday.
    let payload = r#"[{"week":1788652800,"total":5,"days":[1,0,0,4,0,0,0]}]"#;
    let rows = decoded("star_history", payload, "decoded_star_weeks").expect("it is decoded");
    assert_eq!(days(&rows, "week_start"), ["2026-09-06"]);
    let list = rows.column_by_name("days").expect("the column").as_list::<i32>().value(0);
    assert_eq!(list.as_primitive::<Int64Type>().values().to_vec(), [1, 0, 0, 4, 0, 0, 0]);
}

#[rstest]
#[case::no_json("traffic_views", "{", "EOF")]
#[case::no_total("traffic_views", r#"{"views":[]}"#, "count")]
#[case::negative("traffic_views", r#"{"count":-1,"uniques":0,"views":[]}"#, "invalid value")]
#[case::not_midnight(
    "traffic_views",
    r#"{"count":1,"uniques":1,"views":[{"timestamp":"2026-09-10T07:00:00Z","count":1,"uniques":1}]}"#,
    "no day begins at"
)]
#[case::no_monday(
    "traffic_views_weekly",
    r#"{"count":1,"uniques":1,"views":[{"timestamp":"2026-09-10T00:00:00Z","count":1,"uniques":1}]}"#,
    "no week begins at"
)]
#[case::tomorrow(
    "traffic_views",
    r#"{"count":1,"uniques":1,"views":[{"timestamp":"2026-09-17T00:00:00Z","count":1,"uniques":1}]}"#,
    "is this machine's clock right?"
)]
#[case::too_old(
    "traffic_views",
    r#"{"count":1,"uniques":1,"views":[{"timestamp":"2026-08-31T00:00:00Z","count":1,"uniques":1}]}"#,
    "lies outside"
)]
#[case::stars_on_monday("star_history", r#"[{"week":1788739200,"total":0,"days":[0,0,0,0,0,0,0]}]"#, "is no Sunday")]
#[case::stars_that_do_not_add_up(
    "star_history",
    r#"[{"week":1788652800,"total":2,"days":[1,0,0,0,0,0,0]}]"#,
    "do not add up"
)]
fn what_cannot_be_is_rejected_with_the_reason(#[case] stream: &str, #[case] payload: &str, #[case] reason: &str) {
    let found = decoded(stream, payload, "decoded_traffic_answers").expect_err("it is rejected");
    assert!(found.contains(reason), "{found}");
}

#[test]
fn a_payload_that_was_changed_on_disk_is_rejected() {
    let good = raw("traffic_referrers", "answer", Some("[]"));
    let place = good.schema().index_of("payload").expect("the column");
    let mut columns = good.columns().to_vec();
    columns[place] = texts(vec![Some("[ ]")]);
    let damaged = RecordBatch::try_new(good.schema(), columns).expect("columns of one length");
    let rejected = answers(&damaged, &mut TrafficRows::default()).expect("all columns are there");
    assert!(rejected[0].reason.contains("does not match its hash"), "{}", rejected[0].reason);
}

#[test]
fn imported_values_keep_their_source_and_unknown_measures_are_no_rows() {
    let counts = Counts { views: Some(7), view_uniques: Some(2), ..Counts::default() };
    let day = Value::Day { day: NaiveDate::from_ymd_opt(2021, 3, 1).expect("a day"), counts, is_partial: true };
    let payload = serde_json::to_string(&day).expect("JSON");
    let row = raw("traffic", "answer", Some(&payload));
    let mut columns: Vec<(String, ArrayRef)> =
        row.schema().fields().iter().map(|field| field.name().clone()).zip(row.columns().iter().cloned()).collect();
    columns.push(("format".to_owned(), texts(vec![Some("ghstats")])));
    let mut rows = TrafficRows::default();
    let batch = RecordBatch::try_from_iter(columns).expect("columns of one length");
    assert!(imports(&batch, &mut rows).expect("all columns are there").is_empty());
    let rows = of_source(rows, "decoded_traffic_counts");
    assert_eq!((numbers(&rows, "count"), days(&rows, "starts_on")), (vec![7], vec!["2021-03-01".to_owned()]));
    let sources: &StringArray = rows.column_by_name("source").expect("the column").as_string();
    assert_eq!(sources.value(0), "ghstats");
    assert!(!rows.column_by_name("is_whole").expect("the column").as_boolean().value(0));
}
