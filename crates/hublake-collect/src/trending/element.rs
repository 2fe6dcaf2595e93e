//! What is kept of answers and tasks.

use chrono::{DateTime, Utc};

use crate::RunStamp;
use crate::events::Api;
use crate::tables;

/// A part of an answer that is about one repository, as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RawElement {
    pub(crate) repo_id: i64,
    pub(crate) repo_full_name: String,
    pub(crate) kind: RawElementKind,
    /// None where there was nothing to keep; the kind says why.
    pub(crate) payload: Option<String>,
}

/// See [`RawElement`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RawElementKind {
    /// The repository itself.
    Repository {
        /// The branch that found it; empty for details.
        branch: String,
        /// `search`, `topic`, `code`, `node` or `detail`.
        found_by: &'static str,
        /// Whether the branch takes it: it has a language, and lies within the branch's limit.
        is_taken: bool,
    },
    /// A page of its commits or closed issues.
    Metric {
        /// `commits` or `issues`.
        metric: &'static str,
        api: Api,
        window_start: DateTime<Utc>,
        /// `answer` for the last page, `more` for those before it; without a payload `no_push` (nothing was pushed in
        /// the window), `empty` (no commit at all) or `disabled` (no issues).
        outcome: &'static str,
    },
    /// Its root folder (with an empty path), or a file that was asked for by its path.
    Listing {
        /// `root` or `dockerfile`.
        role: &'static str,
        path: String,
    },
    /// The content of a file.
    File {
        /// `readme`, `render_yaml`, `dockerfile` or `package_json`.
        role: &'static str,
        path: String,
        /// Git's hash of the content.
        blob_sha: String,
        byte_size: Option<i64>,
        /// `answer`, `unread` (it is no text, or too long) or `failed` (it could not be had).
        outcome: &'static str,
        problem: Option<String>,
    },
}

impl RawElementKind {
    /// The table that keeps it.
    pub(crate) fn table(&self) -> &'static str {
        match self {
            Self::Repository { .. } => tables::RAW_REPOS,
            Self::Metric { .. } => tables::RAW_REPO_METRICS,
            Self::Listing { .. } => tables::RAW_REPO_LISTINGS,
            Self::File { .. } => tables::RAW_FILES,
        }
    }
}

/// What a task of a run took and came to.
#[derive(Clone, Debug)]
pub(crate) struct RawTask {
    pub(crate) stamp: RunStamp,
    pub(crate) branch: String,
    pub(crate) task: &'static str,
    pub(crate) status: &'static str,
    pub(crate) message: Option<String>,
    pub(crate) repositories: i64,
    pub(crate) batches: i64,
    pub(crate) failed: i64,
    pub(crate) retried: i64,
    pub(crate) requests: i64,
    pub(crate) quota: i64,
    pub(crate) started_at: DateTime<Utc>,
    pub(crate) finished_at: DateTime<Utc>,
    pub(crate) is_incomplete: bool,
}
