//! What a run looks for, and what it need not ask for again.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;

use crate::Result;
use crate::events::Api;

/// What a run looks for, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// The lists by language.
    pub languages: Vec<Language>,
    /// Render repositories; none leaves them out.
    pub render: Option<RenderOptions>,
    /// Only what was pushed to in these days; 0 for any.
    pub pushed_within_days: u32,
    /// Only what was created in these days; 0 for any.
    pub created_within_days: u32,
    /// Owners whose repositories are neither taken nor asked about, in any case.
    pub excluded_owners: Vec<String>,
    /// Repositories whose details one query asks for.
    pub batch: usize,
    /// Requests of a kind that a branch has under way at once.
    pub concurrency: usize,
    /// How details and files are asked for.
    pub api: Api,
    /// What the run calls the present; stamps what is fetched where `is_present_fixed`.
    pub run_at: DateTime<Utc>,
    /// Whether `run_at` stands for the time of every answer too (replays and tests).
    pub is_present_fixed: bool,
}

impl Options {
    /// Whether repositories of this owner are left out.
    pub(super) fn is_excluded(&self, owner: &str) -> bool {
        self.excluded_owners.iter().any(|excluded| excluded.eq_ignore_ascii_case(owner))
    }
}

/// A list by language.
#[derive(Clone, Debug)]
pub struct Language {
    /// The branch's name.
    pub name: String,
    /// GitHub's search words, without dates.
    pub query: String,
    /// Repositories, those with the most stars.
    pub limit: usize,
    /// Whether the version of Next.js matters, so that `package.json` is read.
    pub needs_next: bool,
}

/// How Render repositories are looked for.
#[derive(Clone, Debug)]
pub struct RenderOptions {
    /// Repositories, those with the most stars.
    pub limit: usize,
    /// Hits of code search that are read; GitHub gives 1,000 at most.
    pub code_hits: usize,
    /// Topics that are looked for as well.
    pub topics: Vec<String>,
}

/// Tells what is published.
pub trait Published: Send + Sync {
    /// What is known of some repositories; those of which nothing is known are left out.
    fn known(&self, repo_ids: Vec<i64>) -> BoxFuture<'_, Result<HashMap<i64, Known>>>;
}

/// What is published of a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The files that it had when it was last looked at.
    pub files: Vec<KnownFile>,
    /// The hash over its `render.yaml` and Dockerfiles, where what they say is published.
    pub files_digest: Option<String>,
    /// The Dockerfiles that its `render.yaml` names, whether they are there or not; none where that is not known, and
    /// then the file is read again.
    pub named_dockerfiles: Option<Vec<String>>,
    /// Whether what is published tells the stars that it gains a day, so that their history is not needed.
    pub has_velocity: bool,
}

/// A file whose content is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFile {
    /// `readme`, `render_yaml`, `dockerfile` or `package_json`.
    pub role: String,
    /// From the root.
    pub path: String,
    /// Git's hash of the content.
    pub blob_sha: String,
}

impl Known {
    pub(super) fn blob_of(&self, role: &str) -> Option<&str> {
        self.files.iter().find(|file| file.role == role).map(|file| file.blob_sha.as_str())
    }

    /// The Dockerfiles that its `render.yaml` names, there or not, but for the one in the root folder, which counts
    /// without being named.
    pub(super) fn dockerfile_paths(&self) -> impl Iterator<Item = &str> {
        let named = self.named_dockerfiles.iter().flatten();
        named.map(String::as_str).filter(|path| *path != "Dockerfile")
    }
}
