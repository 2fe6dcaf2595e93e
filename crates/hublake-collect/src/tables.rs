//! The raw tables.

mod trending;

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use hublake_lake::TableSpec;

pub(crate) use self::trending::OF_ELEMENTS;
pub use self::trending::{
    RAW_FILES, RAW_REPO_LISTINGS, RAW_REPO_METRICS, RAW_REPO_STAR_HISTORY, RAW_REPOS, RAW_RUN_TASKS, raw_files,
    raw_repo_listings, raw_repo_metrics, raw_repos, raw_run_tasks,
};

/// Issues and pull requests as they came, one row an element of an answer.
pub const RAW_ISSUES: &str = "raw_github_issues";
/// Events of issues and pull requests as they came, one row an event.
pub const RAW_EVENTS: &str = "raw_github_issue_events";
/// Issues that were looked for and are gone, with GitHub's answer.
pub const RAW_DEPARTURES: &str = "raw_github_issue_departures";
/// Answers about views.
pub const RAW_TRAFFIC_VIEWS: &str = "raw_github_traffic_views";
/// Answers about clones.
pub const RAW_TRAFFIC_CLONES: &str = "raw_github_traffic_clones";
/// Answers about where visitors come from.
pub const RAW_TRAFFIC_REFERRERS: &str = "raw_github_traffic_referrers";
/// Answers about what visitors look at.
pub const RAW_TRAFFIC_PATHS: &str = "raw_github_traffic_paths";
/// Answers about stars, forks, watchers, size and what is open.
pub const RAW_REPOSITORY_STATS: &str = "raw_github_repository_stats";
/// Answers about the days on which stars were given, of repositories that were added.
pub const RAW_STAR_HISTORY: &str = "raw_github_star_history";
/// Traffic that was read from files of other collectors, one row a value.
pub const RAW_TRAFFIC_IMPORTS: &str = "raw_traffic_imports";
/// Answers: address, ETag, time, hash, limits.
pub const RAW_PAGES: &str = "raw_pages";
/// Complete runs of a stream over a repository; nothing is made of raw rows without one.
pub const RAW_RUNS: &str = "raw_runs";
/// Elements that could not be decoded, with the reason.
pub const RAW_REJECTED: &str = "raw_rejected";

const PARTITION: &str = "fetched_on";

/// Raw tables of traffic with a row an answer about a repository, in which a 304 and a refusal are answers too.
pub(crate) const OF_ANSWERS: [&str; 6] = [
    RAW_TRAFFIC_VIEWS,
    RAW_TRAFFIC_CLONES,
    RAW_TRAFFIC_REFERRERS,
    RAW_TRAFFIC_PATHS,
    RAW_REPOSITORY_STATS,
    RAW_STAR_HISTORY,
];

/// The raw tables that a pipeline's runs write.
pub fn of_pipeline(pipeline: &str) -> Vec<TableSpec> {
    let mut tables = match pipeline {
        crate::issues::PIPELINE => vec![raw_issues(), raw_events(), raw_departures()],
        crate::trending::PIPELINE => {
            let elements = OF_ELEMENTS.into_iter().map(spec_of);
            elements.chain([raw_answers(RAW_REPO_STAR_HISTORY), raw_run_tasks()]).collect()
        }
        _ => OF_ANSWERS.into_iter().map(raw_answers).chain([raw_traffic_imports()]).collect(),
    };
    tables.extend([raw_pages(), raw_runs(), raw_rejected()]);
    tables
}

/// A raw table by its name.
pub(crate) fn spec_of(name: &str) -> TableSpec {
    match name {
        RAW_ISSUES => raw_issues(),
        RAW_EVENTS => raw_events(),
        RAW_DEPARTURES => raw_departures(),
        RAW_PAGES => raw_pages(),
        RAW_RUNS => raw_runs(),
        RAW_REJECTED => raw_rejected(),
        RAW_TRAFFIC_IMPORTS => raw_traffic_imports(),
        RAW_REPOS => raw_repos(),
        RAW_REPO_METRICS => raw_repo_metrics(),
        RAW_REPO_LISTINGS => raw_repo_listings(),
        RAW_FILES => raw_files(),
        RAW_RUN_TASKS => raw_run_tasks(),
        name => raw_answers(name),
    }
}

/// The tables that the pages of one group of a pipeline go to.
pub(crate) fn written_together(pipeline: &str) -> Vec<&'static str> {
    match pipeline {
        crate::trending::PIPELINE => OF_ELEMENTS.into_iter().chain([RAW_REPO_STAR_HISTORY, RAW_PAGES]).collect(),
        crate::traffic::PIPELINE => OF_ANSWERS.into_iter().chain([RAW_PAGES]).collect(),
        _ => vec![RAW_EVENTS, RAW_DEPARTURES, RAW_ISSUES, RAW_PAGES],
    }
}

/// One of the tables with a row an answer.
pub fn raw_answers(name: &str) -> TableSpec {
    spec(
        name,
        vec![
            text("run_id"),
            number("run_seq"),
            number("repo_id"),
            text("repo_full_name"),
            text("stream"),
            number("page_number"),
            number("item_index"),
            instant("fetched_at"),
            text("outcome"),
            text("missing_permission").with_nullable(true),
            text("etag").with_nullable(true),
            number("count").with_nullable(true),
            number("uniques").with_nullable(true),
            text("payload").with_nullable(true),
            text("payload_sha256").with_nullable(true),
        ],
    )
}

/// `raw_traffic_imports`.
pub fn raw_traffic_imports() -> TableSpec {
    spec(
        RAW_TRAFFIC_IMPORTS,
        vec![
            text("run_id"),
            number("run_seq"),
            number("repo_id"),
            text("repo_full_name"),
            text("stream"),
            number("page_number"),
            number("item_index"),
            instant("fetched_at"),
            text("format"),
            text("file_name"),
            text("file_sha256"),
            text("payload"),
            text("payload_sha256"),
        ],
    )
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
        by_month: None,
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
