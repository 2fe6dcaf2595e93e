//! The raw tables of the pipeline `trending`.

use arrow::datatypes::Field;
use hublake_lake::TableSpec;

use super::{instant, number, spec, text};

/// Repositories as answers told them, one row an element.
pub const RAW_REPOS: &str = "raw_github_repos";
/// Commits and closed issues of a week, one row an answer about a repository.
pub const RAW_REPO_METRICS: &str = "raw_repo_metrics";
/// What lies in a repository: its root folder, and files that were asked for by their path.
pub const RAW_REPO_LISTINGS: &str = "raw_repo_listings";
/// Files, whose content is new.
pub const RAW_FILES: &str = "raw_github_files";
/// Answers about the days on which stars were given.
pub const RAW_REPO_STAR_HISTORY: &str = "raw_repo_star_history";
/// What a run's tasks took and came to.
pub const RAW_RUN_TASKS: &str = "raw_run_tasks";

/// The tables with a row an element, in the order in which they are written.
pub(crate) const OF_ELEMENTS: [&str; 4] = [RAW_REPOS, RAW_REPO_METRICS, RAW_REPO_LISTINGS, RAW_FILES];

/// `raw_github_repos`.
pub fn raw_repos() -> TableSpec {
    of_elements(
        RAW_REPOS,
        vec![text("source_language"), text("found_by"), number("is_taken")],
        vec![text("payload"), text("payload_sha256")],
    )
}

/// `raw_repo_metrics`.
pub fn raw_repo_metrics() -> TableSpec {
    of_elements(
        RAW_REPO_METRICS,
        vec![text("metric_type"), text("api"), instant("window_start"), text("outcome")],
        vec![text("payload").with_nullable(true), text("payload_sha256").with_nullable(true)],
    )
}

/// `raw_repo_listings`.
pub fn raw_repo_listings() -> TableSpec {
    let columns = vec![text("role"), text("path")];
    of_elements(RAW_REPO_LISTINGS, columns, vec![text("payload"), text("payload_sha256")])
}

/// `raw_github_files`.
pub fn raw_files() -> TableSpec {
    of_elements(
        RAW_FILES,
        vec![
            text("role"),
            text("path"),
            text("blob_sha"),
            number("byte_size").with_nullable(true),
            text("outcome"),
            text("problem").with_nullable(true),
        ],
        vec![text("payload").with_nullable(true), text("payload_sha256").with_nullable(true)],
    )
}

/// `raw_run_tasks`.
pub fn raw_run_tasks() -> TableSpec {
    spec(
        RAW_RUN_TASKS,
        vec![
            text("run_id"),
            number("run_seq"),
            number("repo_id"),
            text("repo_full_name"),
            instant("fetched_at"),
            text("branch"),
            text("task"),
            text("status"),
            text("message").with_nullable(true),
            number("repositories"),
            number("batches"),
            number("failed"),
            number("retried"),
            number("requests"),
            number("quota"),
            instant("started_at"),
            instant("finished_at"),
            number("is_incomplete"),
        ],
    )
}

fn of_elements(name: &str, own: Vec<Field>, payload: Vec<Field>) -> TableSpec {
    let mut fields = vec![
        text("run_id"),
        number("run_seq"),
        number("repo_id"),
        text("repo_full_name"),
        number("page_number"),
        number("item_index"),
        instant("fetched_at"),
    ];
    fields.extend(own);
    fields.extend(payload);
    spec(name, fields)
}
