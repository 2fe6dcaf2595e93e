//! Typed rows of what is trending, on their way to Arrow.

mod blueprints;
mod columns;

use std::collections::{BTreeMap, HashMap, HashSet};

use arrow::array::RecordBatch;

use self::blueprints::{BlueprintRow, ReadmeRow, ServiceRow};
use super::Origin;
use super::details::Details;
use super::files::{ListedFile, RepositoryFiles};
use crate::Result;
use crate::decode::TrafficRows;
use crate::trending::{PackageJson, Role};

/// What the runs of a batch tell of repositories.
#[derive(Default)]
pub struct TrendingRows {
    excluded_owners: HashSet<String>,
    /// Branches of runs that did not find what they looked for.
    pub(super) failed_branches: HashSet<(i64, String)>,
    /// Repositories that a run found to be private.
    pub(super) private: HashSet<(i64, i64)>,
    pub(super) tasks: Vec<TaskRow>,
    pub(super) repositories: Vec<RepositoryRow>,
    /// The pages of repositories for people.
    pub(super) urls: HashMap<i64, String>,
    /// By repository and run.
    pub(super) details: BTreeMap<(i64, i64), Details>,
    files: BTreeMap<(i64, i64), RepositoryFiles>,
    pub(super) stars: TrafficRows,
}

pub(super) struct TaskRow {
    pub(super) run_id: String,
    pub(super) run_seq: i64,
    pub(super) branch: String,
    pub(super) task: String,
    pub(super) status: String,
    pub(super) message: Option<String>,
    pub(super) repositories: i64,
    pub(super) batches: i64,
    pub(super) failed: i64,
    pub(super) retried: i64,
    pub(super) requests: i64,
    pub(super) quota: i64,
    pub(super) started_at: i64,
    pub(super) finished_at: i64,
    pub(super) is_incomplete: bool,
}

#[derive(Default)]
pub(super) struct RepositoryRow {
    pub(super) repo_id: i64,
    pub(super) repo_node_id: String,
    pub(super) repo_full_name: String,
    pub(super) repo_owner: String,
    pub(super) repo_name: String,
    pub(super) repo_url: String,
    pub(super) language: Option<String>,
    pub(super) description: Option<String>,
    pub(super) stars: i64,
    pub(super) forks: i64,
    pub(super) open_issues: Option<i64>,
    pub(super) created_at: i64,
    pub(super) updated_at: i64,
    pub(super) pushed_at: Option<i64>,
    pub(super) topics: Vec<String>,
    pub(super) is_archived: Option<bool>,
    pub(super) branch: String,
    pub(super) found_by: &'static str,
    pub(super) seen_at: i64,
    pub(super) run_id: String,
    pub(super) run_seq: i64,
}

impl RepositoryRow {
    pub(super) fn of(origin: &Origin<'_>) -> Self {
        let (run_id, run_seq, seen_at) = (origin.run_id.to_owned(), origin.run_seq, origin.seen_at);
        Self { run_id, run_seq, seen_at, ..Self::default() }
    }
}

/// A repository's last days, as the source has them.
struct DetailRow {
    repo_id: i64,
    seen_at: i64,
    window_start: Option<i64>,
    is_listed: bool,
    commits: Option<i64>,
    issues: Option<i64>,
    people: Option<i64>,
    bots: Option<i64>,
    run_id: String,
    run_seq: i64,
}

/// A file that is there, as the source has it.
struct FileRow {
    repo_id: i64,
    seen_at: i64,
    file: ListedFile,
    next_major: Option<i64>,
    run_id: String,
    run_seq: i64,
}

impl TrendingRows {
    /// None yet; repositories of these owners are left out, in any case of letters.
    pub fn new(excluded_owners: &[String]) -> Self {
        let excluded_owners = excluded_owners.iter().map(|owner| owner.to_lowercase()).collect();
        Self { excluded_owners, ..Self::default() }
    }

    pub(super) fn is_excluded(&self, owner: &str) -> bool {
        self.excluded_owners.contains(&owner.to_lowercase())
    }

    pub(super) fn is_of_excluded(&self, full_name: &str) -> bool {
        self.is_excluded(full_name.split('/').next().unwrap_or_default())
    }

    pub(super) fn has_failed(&self, run_seq: i64, branch: &str) -> bool {
        self.failed_branches.contains(&(run_seq, branch.to_owned()))
    }

    pub(super) fn files_of(&mut self, origin: &Origin<'_>) -> &mut RepositoryFiles {
        let files = self.files.entry((origin.repo_id, origin.run_seq)).or_default();
        files.run_id = origin.run_id.to_owned();
        files.repo_full_name = origin.repo_full_name.to_owned();
        files
    }

    /// What a token may see is not for others.
    fn leave_out_private(&mut self) {
        let private = &self.private;
        self.repositories.retain(|row| !private.contains(&(row.repo_id, row.run_seq)));
        self.details.retain(|repository_and_run, _| !private.contains(repository_and_run));
        self.files.retain(|repository_and_run, _| !private.contains(repository_and_run));
    }

    /// The rows by the name of the source that the models read.
    ///
    /// # Errors
    /// Columns of different lengths, which do not happen.
    pub fn finish(mut self) -> Result<Vec<(&'static str, RecordBatch)>> {
        self.leave_out_private();
        let (mut files, mut readmes) = (Vec::new(), Vec::new());
        let (mut found, mut services): (Vec<BlueprintRow>, Vec<ServiceRow>) = (Vec::new(), Vec::new());
        for ((repo_id, run_seq), of_repository) in &self.files {
            // What could not be had is asked for again; until then what was known of all the files holds.
            if !of_repository.is_whole() {
                continue;
            }
            let details = self.details.entry((*repo_id, *run_seq)).or_insert_with(|| Details {
                seen_at: of_repository.seen_at,
                run_id: of_repository.run_id.clone(),
                ..Details::default()
            });
            details.is_listed = true;
            files.extend(file_rows(*repo_id, *run_seq, of_repository));
            let url = self.urls.get(repo_id).cloned();
            let url = url.unwrap_or_else(|| format!("https://github.com/{}", of_repository.repo_full_name));
            readmes.extend(ReadmeRow::of(*repo_id, *run_seq, of_repository, &url));
            if let Some((blueprint, of_blueprint)) = BlueprintRow::of(*repo_id, *run_seq, of_repository) {
                found.push(blueprint);
                services.extend(of_blueprint);
            }
        }
        let details: Vec<DetailRow> = self.details.into_iter().map(detail_row).collect();
        Ok(vec![
            columns::repositories(&self.repositories)?,
            columns::details(&details)?,
            columns::files(&files)?,
            columns::readmes(&readmes)?,
            columns::blueprints(&found)?,
            columns::services(&services)?,
            self.stars.finish_star_weeks()?,
            columns::tasks(&self.tasks)?,
        ])
    }
}

fn detail_row(((repo_id, run_seq), details): ((i64, i64), Details)) -> DetailRow {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let commits = details.commits.whole();
    DetailRow {
        repo_id,
        seen_at: details.seen_at,
        window_start: details.window_start,
        is_listed: details.is_listed,
        commits: commits.map(|commits| count(commits.count())),
        issues: details.issues.whole().map(|issues| count(issues.count())),
        people: commits.map(|commits| count(commits.authors(false))),
        bots: commits.map(|commits| count(commits.authors(true))),
        run_id: details.run_id,
        run_seq,
    }
}

/// The files that a repository has: those of its root folder, and the Dockerfiles that its `render.yaml` names.
fn file_rows(repo_id: i64, run_seq: i64, files: &RepositoryFiles) -> Vec<FileRow> {
    let has_blueprint = files.in_root.iter().any(|file| file.role == Role::RenderYaml);
    // A new render.yaml says itself what it names.
    let named: Vec<ListedFile> = match files.contents_of(Role::RenderYaml).next() {
        Some(_) => files.contents_of(Role::Dockerfile).map(|content| content.file.clone()).collect(),
        None if has_blueprint => files.named.clone(),
        None => Vec::new(),
    };
    let content_of = |file: &ListedFile| {
        files.contents.iter().find(|content| content.file.role == file.role && content.file.path == file.path)
    };
    let mut rows: Vec<FileRow> = Vec::new();
    for file in files.in_root.iter().chain(&named) {
        if rows.iter().any(|row| row.file.role == file.role && row.file.path == file.path) {
            continue;
        }
        let content = content_of(file);
        let text = content.and_then(|content| content.text.as_deref().ok());
        rows.push(FileRow {
            repo_id,
            seen_at: files.seen_at,
            // A file that changed between its listing and its reading is what was read.
            file: content.map_or(file, |content| &content.file).clone(),
            next_major: text.filter(|_| file.role == Role::PackageJson).and_then(PackageJson::next_major),
            run_id: files.run_id.clone(),
            run_seq,
        });
    }
    rows
}
