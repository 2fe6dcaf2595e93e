//! Repositories as searches, topics, code search and details tell them.

use arrow::array::RecordBatch;

use super::rows::{RepositoryRow, TrendingRows};
use super::{Elements, Origin, each, numbers, texts};
use crate::Result;
use crate::decode::Rejected;
use crate::trending::{GraphqlRepository, RestRepository, is_private};

/// Decodes rows of `raw_github_repos` into `rows`; tells which could not be decoded. What a branch does not take, what
/// a branch that failed found, and hits of code search, which are told by their nodes, become nothing. What says of itself
/// that it is private leaves out everything that its run tells of that repository.
///
/// # Errors
/// The batch lacks a column of the table.
pub fn repositories(raw: &RecordBatch, rows: &mut TrendingRows) -> Result<Vec<Rejected>> {
    let elements = Elements::of(raw)?;
    let (branches, ways, is_taken) =
        (texts(raw, "source_language")?, texts(raw, "found_by")?, numbers(raw, "is_taken")?);
    Ok(each(raw, |row| {
        let (origin, branch) = (elements.origin(row), branches.value(row));
        let payload = elements.payload(row);
        if let Ok(Some(payload)) = payload
            && is_private(payload)
        {
            rows.private.insert((origin.repo_id, origin.run_seq));
            return Ok(());
        }
        let found_by = match ways.value(row) {
            "code" => return Ok(()),
            "node" => "code",
            "search" => "search",
            "topic" => "topic",
            "detail" => "detail",
            other => return Err(format!("nothing is found by {other}")),
        };
        if is_taken.value(row) == 0 || rows.has_failed(origin.run_seq, branch) {
            return Ok(());
        }
        let payload = payload?.ok_or("there is no payload")?;
        let read = read(payload, &origin, branch, found_by)?;
        if !rows.is_excluded(&read.repo_owner) {
            rows.urls.insert(read.repo_id, read.repo_url.clone());
            rows.repositories.push(read);
        }
        Ok(())
    }))
}

fn read(payload: &str, origin: &Origin<'_>, branch: &str, found_by: &'static str) -> Result<RepositoryRow, String> {
    // Only the query's form has this key; in a text its quotes would follow a backslash.
    let row = match payload.contains("\"nameWithOwner\":") {
        true => of_graphql(serde_json::from_str(payload).map_err(|error| error.to_string())?, origin),
        false => of_rest(serde_json::from_str(payload).map_err(|error| error.to_string())?, origin)?,
    };
    Ok(RepositoryRow { branch: branch.to_owned(), found_by, ..row })
}

fn of_rest(read: RestRepository, origin: &Origin<'_>) -> Result<RepositoryRow, String> {
    if read.id != origin.repo_id {
        return Err(format!("it is about repository {} and not {}", read.id, origin.repo_id));
    }
    Ok(RepositoryRow {
        repo_id: read.id,
        repo_node_id: read.node_id,
        repo_full_name: read.full_name,
        repo_owner: read.owner.login,
        repo_name: read.name,
        repo_url: read.html_url,
        language: read.language,
        description: read.description,
        stars: read.stargazers_count,
        forks: read.forks_count,
        open_issues: read.open_issues_count,
        created_at: read.created_at.timestamp_micros(),
        updated_at: read.updated_at.timestamp_micros(),
        pushed_at: read.pushed_at.map(|at| at.timestamp_micros()),
        topics: read.topics,
        is_archived: read.archived,
        ..RepositoryRow::of(origin)
    })
}

fn of_graphql(read: GraphqlRepository, origin: &Origin<'_>) -> RepositoryRow {
    let name = read.name_with_owner.split('/').next_back().unwrap_or_default().to_owned();
    RepositoryRow {
        topics: read.topics(),
        repo_id: origin.repo_id,
        repo_node_id: read.id,
        repo_full_name: read.name_with_owner,
        repo_owner: read.owner.login,
        repo_name: name,
        repo_url: read.url,
        language: read.primary_language.map(|language| language.name),
        description: read.description,
        stars: read.stargazer_count,
        forks: read.fork_count,
        // REST counts both together, and pull requests alone where issues are turned off, as both do here.
        open_issues: Some(read.issues.total_count + read.pull_requests.total_count),
        created_at: read.created_at.timestamp_micros(),
        updated_at: read.updated_at.timestamp_micros(),
        pushed_at: read.pushed_at.map(|at| at.timestamp_micros()),
        is_archived: Some(read.is_archived),
        ..RepositoryRow::of(origin)
    }
}
