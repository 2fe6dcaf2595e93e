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
        /// Requests left in the bucket.
        remaining: Option<u32>,
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
