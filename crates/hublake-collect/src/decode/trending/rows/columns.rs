//! The columns of the sources.

use arrow::array::RecordBatch;

use super::blueprints::{BlueprintRow, ReadmeRow, ServiceRow};
use super::{DetailRow, FileRow, RepositoryRow, TaskRow};
use crate::Result;
use crate::decode::rows::{flags, lists, numbers, of, optional_times, texts, times};

/// The name of a source with its rows.
type Source = Result<(&'static str, RecordBatch)>;

pub(super) fn repositories(rows: &[RepositoryRow]) -> Source {
    let columns = vec![
        ("repo_id", numbers(rows, |row| Some(row.repo_id))),
        ("repo_node_id", texts(rows, |row| Some(&row.repo_node_id))),
        ("repo_full_name", texts(rows, |row| Some(&row.repo_full_name))),
        ("repo_owner", texts(rows, |row| Some(&row.repo_owner))),
        ("repo_name", texts(rows, |row| Some(&row.repo_name))),
        ("repo_url", texts(rows, |row| Some(&row.repo_url))),
        ("language", texts(rows, |row| row.language.as_deref())),
        ("description", texts(rows, |row| row.description.as_deref())),
        ("stars", numbers(rows, |row| Some(row.stars))),
        ("forks", numbers(rows, |row| Some(row.forks))),
        ("open_issues", numbers(rows, |row| row.open_issues)),
        ("created_at", times(rows, |row| row.created_at)),
        ("updated_at", times(rows, |row| row.updated_at)),
        ("pushed_at", optional_times(rows, |row| row.pushed_at)),
        ("topics", lists(rows, |row| row.topics.clone())),
        ("is_archived", flags(rows, |row| row.is_archived)),
        ("branch", texts(rows, |row| Some(&row.branch))),
        ("found_by", texts(rows, |row| Some(row.found_by))),
        ("seen_at", times(rows, |row| row.seen_at)),
        ("source_run_id", texts(rows, |row| Some(&row.run_id))),
        ("source_run_seq", numbers(rows, |row| Some(row.run_seq))),
    ];
    of("decoded_repositories", columns)
}

pub(super) fn details(rows: &[DetailRow]) -> Source {
    let columns = vec![
        ("repo_id", numbers(rows, |row| Some(row.repo_id))),
        ("seen_at", times(rows, |row| row.seen_at)),
        ("window_start", optional_times(rows, |row| row.window_start)),
        ("is_listed", flags(rows, |row| Some(row.is_listed))),
        ("commits_last_7_days", numbers(rows, |row| row.commits)),
        ("issues_closed_last_7_days", numbers(rows, |row| row.issues)),
        ("active_contributors", numbers(rows, |row| row.people)),
        ("active_bots", numbers(rows, |row| row.bots)),
        ("source_run_id", texts(rows, |row| Some(&row.run_id))),
        ("source_run_seq", numbers(rows, |row| Some(row.run_seq))),
    ];
    of("decoded_repo_details", columns)
}

pub(super) fn files(rows: &[FileRow]) -> Source {
    let columns = vec![
        ("repo_id", numbers(rows, |row| Some(row.repo_id))),
        ("seen_at", times(rows, |row| row.seen_at)),
        ("role", texts(rows, |row| Some(row.file.role.as_str()))),
        ("path", texts(rows, |row| Some(&row.file.path))),
        ("blob_sha", texts(rows, |row| Some(&row.file.blob_sha))),
        ("next_major", numbers(rows, |row| row.next_major)),
        ("source_run_id", texts(rows, |row| Some(&row.run_id))),
        ("source_run_seq", numbers(rows, |row| Some(row.run_seq))),
    ];
    of("decoded_repo_files", columns)
}

pub(super) fn readmes(rows: &[ReadmeRow]) -> Source {
    let columns = vec![
        ("repo_id", numbers(rows, |row| Some(row.repo_id))),
        ("seen_at", times(rows, |row| row.seen_at)),
        ("path", texts(rows, |row| Some(&row.path))),
        ("blob_sha", texts(rows, |row| Some(&row.blob_sha))),
        ("readme_sha256", texts(rows, |row| Some(&row.readme_sha256))),
        ("readme_content", texts(rows, |row| row.content.as_deref())),
        ("mentions_render", flags(rows, |row| Some(row.mentions.mentions_render))),
        ("has_blueprint_button", flags(rows, |row| Some(row.mentions.has_blueprint_button))),
        ("deploy_button_url", texts(rows, |row| row.mentions.deploy_button_url.as_deref())),
        ("problem", texts(rows, |row| row.problem.as_deref())),
        ("source_run_seq", numbers(rows, |row| Some(row.run_seq))),
    ];
    of("decoded_readmes", columns)
}

pub(super) fn blueprints(rows: &[BlueprintRow]) -> Source {
    let columns = vec![
        ("repo_id", numbers(rows, |row| Some(row.repo_id))),
        ("seen_at", times(rows, |row| row.seen_at)),
        ("blob_sha", texts(rows, |row| Some(&row.blob_sha))),
        ("files_digest", texts(rows, |row| Some(&row.files_digest))),
        ("service_count", numbers(rows, |row| row.service_count)),
        ("database_count", numbers(rows, |row| row.database_count)),
        ("service_types", lists(rows, |row| row.service_types.clone())),
        ("complexity", numbers(rows, |row| row.complexity)),
        ("quality", numbers(rows, |row| row.quality)),
        ("uses_render_env", flags(rows, |row| Some(row.dockerfiles.uses_render_env))),
        ("uses_render_domain", flags(rows, |row| Some(row.dockerfiles.uses_render_domain))),
        ("dockerfile_paths", lists(rows, |row| row.dockerfile_paths.clone())),
        ("warning_count", numbers(rows, |row| Some(row.warning_count))),
        ("error", texts(rows, |row| row.error.as_deref())),
        ("error_line", numbers(rows, |row| row.error_line)),
        ("error_column", numbers(rows, |row| row.error_column)),
        ("source_run_seq", numbers(rows, |row| Some(row.run_seq))),
    ];
    of("decoded_render_blueprints", columns)
}

pub(super) fn services(rows: &[ServiceRow]) -> Source {
    let columns = vec![
        ("repo_id", numbers(rows, |row| Some(row.repo_id))),
        ("blob_sha", texts(rows, |row| Some(&row.blob_sha))),
        ("position", numbers(rows, |row| Some(row.position))),
        ("scope", texts(rows, |row| Some(&row.scope))),
        ("service_name", texts(rows, |row| row.name.as_deref())),
        ("service_type", texts(rows, |row| row.kind.map(|kind| kind.as_str()))),
        ("written_type", texts(rows, |row| row.written_type.as_deref())),
        ("runtime", texts(rows, |row| row.runtime.as_deref())),
        ("plan", texts(rows, |row| row.plan.as_deref())),
        ("line", numbers(rows, |row| Some(row.line))),
        ("problem", texts(rows, |row| row.problem.as_deref())),
        ("source_run_seq", numbers(rows, |row| Some(row.run_seq))),
    ];
    of("decoded_render_services", columns)
}

pub(super) fn tasks(rows: &[TaskRow]) -> Source {
    let columns = vec![
        ("run_id", texts(rows, |row| Some(&row.run_id))),
        ("run_seq", numbers(rows, |row| Some(row.run_seq))),
        ("branch", texts(rows, |row| Some(&row.branch))),
        ("task", texts(rows, |row| Some(&row.task))),
        ("status", texts(rows, |row| Some(&row.status))),
        ("message", texts(rows, |row| row.message.as_deref())),
        ("repositories", numbers(rows, |row| Some(row.repositories))),
        ("batches", numbers(rows, |row| Some(row.batches))),
        ("failed", numbers(rows, |row| Some(row.failed))),
        ("retried", numbers(rows, |row| Some(row.retried))),
        ("requests", numbers(rows, |row| Some(row.requests))),
        ("quota", numbers(rows, |row| Some(row.quota))),
        ("started_at", times(rows, |row| row.started_at)),
        ("finished_at", times(rows, |row| row.finished_at)),
        ("is_incomplete", flags(rows, |row| Some(row.is_incomplete))),
    ];
    of("run_tasks", columns)
}
