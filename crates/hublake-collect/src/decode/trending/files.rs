//! What lies in a repository, and what its files say.

use arrow::array::{Array, RecordBatch};

use super::rows::TrendingRows;
use super::{Elements, each, texts};
use crate::Result;
use crate::decode::Rejected;
use crate::trending::{Branch, Listing, Role, RootEntry};

/// What answers of a run tell of the files of a repository.
#[derive(Default)]
pub(super) struct RepositoryFiles {
    pub(super) seen_at: i64,
    pub(super) run_id: String,
    pub(super) repo_full_name: String,
    /// Whether its root folder was listed.
    pub(super) is_listed: bool,
    /// Those of the root folder that matter.
    pub(super) in_root: Vec<ListedFile>,
    /// The Dockerfiles that were known to be named, and are there.
    pub(super) named: Vec<ListedFile>,
    /// Contents that came.
    pub(super) contents: Vec<FileContent>,
    /// Whether a part of it could not be had, so that nothing is to be concluded from the rest.
    has_failed: bool,
}

/// A file that is there.
#[derive(Clone)]
pub(super) struct ListedFile {
    pub(super) role: Role,
    pub(super) path: String,
    pub(super) blob_sha: String,
}

/// The content of a file.
pub(super) struct FileContent {
    pub(super) file: ListedFile,
    pub(super) seen_at: i64,
    /// The text, or why there is none.
    pub(super) text: Result<String, String>,
}

impl RepositoryFiles {
    /// Whether the root folder came and everything that was asked for besides.
    pub(super) fn is_whole(&self) -> bool {
        self.is_listed && !self.has_failed
    }

    pub(super) fn contents_of(&self, role: Role) -> impl Iterator<Item = &FileContent> {
        self.contents.iter().filter(move |content| content.file.role == role)
    }

    fn list(
        &mut self,
        role: &str,
        path: &str,
        seen_at: i64,
        payload: Result<Option<&str>, String>,
    ) -> Result<(), String> {
        let payload = payload?.ok_or("there is no payload")?;
        let failed = |error: serde_json::Error| error.to_string();
        if role == "root" {
            let listing = Listing::read(payload).map_err(failed)?;
            self.seen_at = seen_at;
            self.is_listed = true;
            self.in_root = [Role::Readme, Role::RenderYaml, Role::Dockerfile, Role::PackageJson]
                .into_iter()
                .filter_map(|role| {
                    let entry = role.in_root(&listing)?;
                    Some(ListedFile { role, path: entry.name.clone(), blob_sha: entry.oid.clone() })
                })
                .collect();
            return Ok(());
        }
        // An alias of a query, or an entry of a folder, which has its name.
        let blob_sha = match serde_json::from_str::<RootEntry>(payload) {
            Ok(entry) => Some(entry.oid),
            Err(_) => serde_json::from_str::<Branch>(payload).map_err(failed)?.object.and_then(|file| file.oid),
        };
        let blob_sha = blob_sha.ok_or("the file has no hash")?;
        self.named.push(ListedFile { role: Role::Dockerfile, path: path.to_owned(), blob_sha });
        Ok(())
    }
}

/// Decodes rows of `raw_repo_listings` into `rows`; tells which could not be decoded.
///
/// # Errors
/// The batch lacks a column of the table.
pub fn listings(raw: &RecordBatch, rows: &mut TrendingRows) -> Result<Vec<Rejected>> {
    let elements = Elements::of(raw)?;
    let (roles, paths) = (texts(raw, "role")?, texts(raw, "path")?);
    Ok(each(raw, |row| {
        let origin = elements.origin(row);
        if rows.is_of_excluded(origin.repo_full_name) {
            return Ok(());
        }
        let files = rows.files_of(&origin);
        let listed = files.list(roles.value(row), paths.value(row), origin.seen_at, elements.payload(row));
        files.has_failed |= listed.is_err();
        listed
    }))
}

/// Decodes rows of `raw_github_files` into `rows`; tells which could not be decoded.
///
/// # Errors
/// The batch lacks a column of the table.
pub fn files(raw: &RecordBatch, rows: &mut TrendingRows) -> Result<Vec<Rejected>> {
    let elements = Elements::of(raw)?;
    let (roles, paths, hashes) = (texts(raw, "role")?, texts(raw, "path")?, texts(raw, "blob_sha")?);
    let (outcomes, problems) = (texts(raw, "outcome")?, texts(raw, "problem")?);
    Ok(each(raw, |row| {
        let origin = elements.origin(row);
        if rows.is_of_excluded(origin.repo_full_name) {
            return Ok(());
        }
        let payload = elements.payload(row);
        let role = Role::of_name(roles.value(row)).ok_or_else(|| format!("there is no role {}", roles.value(row)));
        let files = rows.files_of(&origin);
        if payload.is_err() || role.is_err() || outcomes.value(row) == "failed" {
            files.has_failed = true;
        }
        let (payload, role) = (payload?, role?);
        if outcomes.value(row) == "failed" {
            return Ok(());
        }
        let problem = if problems.is_valid(row) { problems.value(row) } else { "it cannot be read" };
        files.contents.push(FileContent {
            file: ListedFile { role, path: paths.value(row).to_owned(), blob_sha: hashes.value(row).to_owned() },
            seen_at: origin.seen_at,
            text: payload.map(str::to_owned).ok_or_else(|| problem.to_owned()),
        });
        Ok(())
    }))
}
