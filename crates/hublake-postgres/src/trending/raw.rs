//! What GitHub answered, row by row as it came; rows are only added.

use crate::table::ColumnType::{BigInt, Boolean, Integer, Jsonb, Text, Timestamptz};
use crate::table::{Filled, TableSpec};

pub(super) fn github_repos() -> TableSpec {
    TableSpec::new("raw_github_repos", "Every repository in every answer of GitHub, as it came")
        .required("id", BigInt, "Number of the row, ascending over runs")
        .required("repo_full_name", Text, "OWNER/NAME as the answer has it")
        .required("api_response", Jsonb, "The element as it came")
        .column("readme_content", Text, "The README, where its content came in the same run")
        .required("fetch_timestamp", Timestamptz, "When it was asked for")
        .column("source_language", Text, "The branch of the search: a language, or render")
        .column("repo_id", BigInt, "GitHub's number of the repository")
        .required("run_id", Text, "The run")
        .required("run_seq", BigInt, "The run's number")
        .required("found_by", Text, "search, topic, code, node or detail")
        .column("is_taken", Boolean, "Whether the branch took it among its repositories")
        .column("api_response_exact", Text, "The element's text, where JSONB cannot hold it as it came")
        .filled(Filled::Exact { of: "api_response".to_owned() })
        .key(&["id"])
        .check("found_by", "found_by IN ('search', 'topic', 'code', 'node', 'detail')")
        .index("fetch_timestamp", "(fetch_timestamp)")
        .index("source_language", "(source_language)")
        .index("repo_full_name", "(repo_full_name)")
        .index("run_seq", "(run_seq)")
        .append("run_seq")
}

pub(super) fn repo_metrics() -> TableSpec {
    TableSpec::new("raw_repo_metrics", "Every answer of GitHub about the activity of a repository, as it came")
        .required("id", BigInt, "Number of the row, ascending over runs")
        .required("repo_full_name", Text, "OWNER/NAME when it was asked for")
        .required("metric_type", Text, "commits, issues or contributors")
        .required("metric_data", Jsonb, "The answer as it came")
        .required("fetch_timestamp", Timestamptz, "When it was asked for")
        .column("repo_id", BigInt, "GitHub's number of the repository")
        .required("run_id", Text, "The run")
        .required("run_seq", BigInt, "The run's number")
        .column("page_number", Integer, "Which page of the answer")
        .required("outcome", Text, "answer, or why there is none; then metric_data is JSON's null")
        .column("window_start", Timestamptz, "Since when activity was asked for")
        .column("metric_data_exact", Text, "The answer's text, where JSONB cannot hold it as it came")
        .filled(Filled::Exact { of: "metric_data".to_owned() })
        .key(&["id"])
        .check("metric_type", "metric_type IN ('commits', 'issues', 'contributors')")
        .index("repo_full_name", "(repo_full_name)")
        .index("metric_type", "(metric_type)")
        .index("fetch_timestamp", "(fetch_timestamp)")
        .index("run_seq", "(run_seq)")
        .append("run_seq")
}
