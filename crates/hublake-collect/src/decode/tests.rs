use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};

use super::*;

const WHOLE: &str = r#"{"id":11,"node_id":"I_1","number":5,"title":"A \"quoted\" title","state":"closed","state_reason":null,
  "locked":true,"active_lock_reason":"spam","created_at":"2024-01-01T00:00:00Z","updated_at":"2024-01-03T00:00:00Z",
  "closed_at":"2024-01-02T12:00:00Z","html_url":"h","url":"u","comments_url":"c","events_url":"e",
  "author_association":"NONE","comments":3,"user":{"login":"ann","id":1,"type":"User","name":null},"closed_by":null,
  "milestone":{"title":"1.0","number":1},"labels":[{"id":7,"name":"bug","description":null,"color":"f00","default":true}],
  "assignees":[{"login":"bob","id":2,"type":"User"}],"pull_request":{"url":"pu","html_url":"ph"},"unknown":{"a":[1]}}"#;
const MINIMAL: &str = r#"{"id":12,"number":6,"title":"t","state":"open","created_at":"2024-01-01T00:00:00Z",
  "updated_at":"2024-01-01T00:00:00Z","html_url":"h","url":"u","comments":0,"user":null}"#;

fn raw(payloads: &[&str]) -> RecordBatch {
    let count = payloads.len();
    let numbers = |value: i64| -> ArrayRef { Arc::new(Int64Array::from(vec![value; count])) };
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("run_id", Arc::new(StringArray::from(vec!["run-00000001"; count]))),
        ("run_seq", numbers(1)),
        ("repo_id", numbers(42)),
        ("repo_full_name", Arc::new(StringArray::from(vec!["o/n"; count]))),
        ("page_number", numbers(2)),
        ("item_index", Arc::new(Int64Array::from_iter_values(0..count as i64))),
        ("fetched_at", Arc::new(TimestampMicrosecondArray::from(vec![1_000_000; count]).with_timezone("UTC"))),
        ("payload", Arc::new(StringArray::from(payloads.to_vec()))),
        (
            "payload_sha256",
            Arc::new(StringArray::from_iter_values(payloads.iter().map(|text| sha256_hex(text.as_bytes())))),
        ),
        ("fetched_on", Arc::new(Date32Array::from(vec![0; count]))),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

fn text(rows: &RecordBatch, column: &str, row: usize) -> Option<String> {
    let values = rows.column_by_name(column).unwrap().as_string::<i32>();
    values.is_valid(row).then(|| values.value(row).to_owned())
}

#[test]
fn a_whole_payload_fills_every_column() {
    let decoded = issues(&raw(&[WHOLE])).unwrap();
    let rows = &decoded.rows;
    assert!(decoded.rejected.is_empty());
    assert_eq!(text(rows, "title", 0).as_deref(), Some("A \"quoted\" title"));
    assert_eq!(text(rows, "author_login", 0).as_deref(), Some("ann"));
    assert_eq!(text(rows, "milestone_title", 0).as_deref(), Some("1.0"));
    assert_eq!(text(rows, "pull_request_html_url", 0).as_deref(), Some("ph"));
    assert!(rows.column_by_name("is_pull_request").unwrap().as_boolean().value(0));
    let closed = rows.column_by_name("closed_at").unwrap().as_primitive::<TimestampMicrosecondType>();
    assert_eq!(closed.value(0), 1_704_196_800_000_000);
    let labels = rows.column_by_name("labels").unwrap().as_list::<i32>().value(0);
    let labels = labels.as_struct();
    assert_eq!(labels.column(0).as_primitive::<Int64Type>().value(0), 7);
    assert!(labels.column(2).is_null(0));
}

#[test]
fn what_may_be_absent_is_null() {
    let rows = issues(&raw(&[MINIMAL])).unwrap().rows;
    assert_eq!(text(&rows, "author_login", 0), None);
    assert_eq!(text(&rows, "issue_node_id", 0), None);
    assert!(!rows.column_by_name("is_pull_request").unwrap().as_boolean().value(0));
    assert_eq!(rows.column_by_name("labels").unwrap().as_list::<i32>().value(0).len(), 0);
}

#[test]
fn a_wrong_type_is_rejected_with_its_reason_and_the_others_go_on() {
    let wrong = MINIMAL.replace("\"comments\":0", "\"comments\":\"none\"");
    let decoded = issues(&raw(&[WHOLE, &wrong, MINIMAL])).unwrap();
    assert_eq!(decoded.rows.num_rows(), 2);
    assert_eq!(decoded.rejected.len(), 1);
    assert_eq!(decoded.rejected[0].row, 1);
    assert!(decoded.rejected[0].reason.contains("invalid type"), "{}", decoded.rejected[0].reason);
}

#[test]
fn a_payload_that_was_changed_on_disk_is_rejected() {
    let batch = raw(&[MINIMAL]);
    let mut columns = batch.columns().to_vec();
    let place = batch.schema().index_of("payload").unwrap();
    columns[place] = Arc::new(StringArray::from(vec![MINIMAL.replace("\"t\"", "\"T\"")]));
    let damaged = RecordBatch::try_new(batch.schema(), columns).unwrap();
    let decoded = issues(&damaged).unwrap();
    assert_eq!(decoded.rows.num_rows(), 0);
    assert!(decoded.rejected[0].reason.contains("hash"));
}

#[test]
fn rejected_rows_keep_payload_and_place() {
    let batch = raw(&[MINIMAL, "42"]);
    let decoded = issues(&batch).unwrap();
    let parts = rejected_rows(&batch, &decoded.rejected, "issues").unwrap();
    assert_eq!(parts.len(), 1);
    assert_eq!(parts[0].partition.as_deref(), Some("1970-01-01"));
    assert_eq!(text(&parts[0].rows, "payload", 0).as_deref(), Some("42"));
    assert_eq!(text(&parts[0].rows, "stream", 0).as_deref(), Some("issues"));
    assert_eq!(parts[0].rows.column_by_name("item_index").unwrap().as_primitive::<Int64Type>().value(0), 1);
}
