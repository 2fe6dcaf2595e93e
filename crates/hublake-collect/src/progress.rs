//! What a run tells while it goes on.

use std::sync::Arc;

/// Something happened that a person may want to see.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A repository is being collected.
    Started {
        /// Numeric id.
        repo_id: i64,
        /// `owner/name`.
        repository: String,
    },
    /// A page came in.
    Page {
        /// Numeric id.
        repo_id: i64,
        /// Elements on the page.
        rows: usize,
        /// In a full load, about how many elements there are: the highest number seen.
        expected_rows: Option<i64>,
        /// Requests left in the bucket.
        remaining: Option<u32>,
    },
    /// Requests wait for a limit.
    Waiting {
        /// For which, in words.
        reason: String,
        /// When they go on.
        until: chrono::DateTime<chrono::Utc>,
    },
    /// A repository is done with, one way or the other.
    Finished {
        /// Numeric id.
        repo_id: i64,
        /// One word or a few: `unchanged`, `12 pages, 1,133 rows`, or what failed.
        outcome: String,
    },
}

/// Where events go.
pub type Progress = Arc<dyn Fn(Event) + Send + Sync>;
