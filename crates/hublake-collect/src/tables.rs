//! The raw tables.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use hublake_lake::TableSpec;

/// Issues and pull requests as they came, one row an element of an answer.
pub const RAW_ISSUES: &str = "raw_github_issues";
/// Events of issues and pull requests as they came, one row an event.
pub const RAW_EVENTS: &str = "raw_github_issue_events";
/// Issues that were looked for and are gone, with GitHub's answer.
pub const RAW_DEPARTURES: &str = "raw_github_issue_departures";
/// Answers: address, ETag, time, hash, limits.
pub const RAW_PAGES: &str = "raw_pages";
/// Complete runs of a stream over a repository; nothing is made of raw rows without one.
pub const RAW_RUNS: &str = "raw_runs";
/// Elements that could not be decoded, with the reason.
pub const RAW_REJECTED: &str = "raw_rejected";

const PARTITION: &str = "fetched_on";

/// All raw tables.
pub fn all() -> Vec<TableSpec> {
    vec![raw_issues(), raw_events(), raw_departures(), raw_pages(), raw_runs(), raw_rejected()]
}

/// `raw_github_issues`.
pub fn raw_issues() -> TableSpec {
    spec(
        RAW_ISSUES,
        vec![
            text("run_id"),
            number("run_seq"),
            number("repo_id"),
            text("repo_full_name"),
            number("page_number"),
            number("item_index"),
            instant("fetched_at"),
            number("issue_id").with_nullable(true),
            number("issue_number").with_nullable(true),
            instant("issue_updated_at").with_nullable(true),
            text("payload"),
            text("payload_sha256"),
        ],
    )
}

/// `raw_github_issue_events`.
pub fn raw_events() -> TableSpec {
    spec(
        RAW_EVENTS,
        vec![
            text("run_id"),
            number("run_seq"),
            number("repo_id"),
            text("repo_full_name"),
            number("page_number"),
            number("item_index"),
            instant("fetched_at"),
            number("issue_number").with_nullable(true),
            text("event_node_id").with_nullable(true),
            text("event_type").with_nullable(true),
            instant("event_created_at").with_nullable(true),
            text("api"),
            text("payload"),
            text("payload_sha256"),
        ],
    )
}

/// `raw_github_issue_departures`.
pub fn raw_departures() -> TableSpec {
    spec(
        RAW_DEPARTURES,
        vec![
            text("run_id"),
            number("run_seq"),
            number("repo_id"),
            text("repo_full_name"),
            instant("fetched_at"),
            number("issue_number"),
            text("reason"),
            text("moved_to").with_nullable(true),
            text("url"),
            text("payload"),
            text("payload_sha256"),
        ],
    )
}

/// `raw_pages`.
pub fn raw_pages() -> TableSpec {
    spec(
        RAW_PAGES,
        vec![
            text("run_id"),
            number("run_seq"),
            number("repo_id"),
            text("repo_full_name"),
            text("stream"),
            number("page_number"),
            text("url"),
            number("status"),
            text("etag").with_nullable(true),
            instant("fetched_at"),
            number("body_bytes"),
            text("body_sha256"),
            number("item_count"),
            text("rate_resource").with_nullable(true),
            number("rate_limit").with_nullable(true),
            number("rate_remaining").with_nullable(true),
            instant("rate_reset_at").with_nullable(true),
        ],
    )
}

/// `raw_runs`.
pub fn raw_runs() -> TableSpec {
    spec(
        RAW_RUNS,
        vec![
            text("run_id"),
            number("run_seq"),
            text("pipeline"),
            text("stream"),
            number("repo_id"),
            text("repo_full_name"),
            text("repo_owner"),
            text("repo_name"),
            text("status"),
            text("mode"),
            instant("started_at"),
            instant("finished_at"),
            instant("since").with_nullable(true),
            number("pages_fetched"),
            number("records_fetched"),
            instant("max_issue_updated_at").with_nullable(true),
            text("final_url"),
            number("requests"),
            number("not_modified"),
            number("quota_spent"),
        ],
    )
}

/// `raw_rejected`.
pub fn raw_rejected() -> TableSpec {
    spec(
        RAW_REJECTED,
        vec![
            text("run_id"),
            number("run_seq"),
            number("repo_id"),
            text("repo_full_name"),
            text("stream"),
            number("page_number"),
            number("item_index"),
            instant("fetched_at"),
            text("reason"),
            text("payload"),
        ],
    )
}

/// The columns that a raw table's files hold: all but the partition column.
pub(crate) fn file_schema(spec: &TableSpec) -> SchemaRef {
    let fields: Vec<_> = spec.schema.fields().iter().filter(|field| field.name() != PARTITION).cloned().collect();
    Arc::new(Schema::new(fields))
}

fn spec(name: &str, mut fields: Vec<Field>) -> TableSpec {
    fields.push(Field::new(PARTITION, DataType::Date32, false));
    TableSpec {
        name: name.to_owned(),
        schema: Arc::new(Schema::new(fields)),
        partitioned_by: Some(PARTITION.to_owned()),
    }
}

pub(crate) fn text(name: &str) -> Field {
    Field::new(name, DataType::Utf8, false)
}

pub(crate) fn number(name: &str) -> Field {
    Field::new(name, DataType::Int64, false)
}

pub(crate) fn instant(name: &str) -> Field {
    Field::new(name, DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), false)
}
