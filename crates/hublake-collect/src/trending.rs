//! Repositories that are trending, and those that run on Render: what a run looks for and finds.
//!
//! A run finds its repositories itself, so it has one state in the control store, under repository 0. [`collect`] asks
//! GitHub; what is made of its answers, [`decode::trending`](crate::decode::trending) and the models say.

mod element;
mod files;
mod payload;
mod visibility;

pub mod collect;

use chrono::{DateTime, Utc};
use hublake_store::Attempt;

pub(crate) use self::element::{RawElement, RawElementKind, RawTask};
pub(crate) use self::files::{PackageJson, Role, files_digest};
pub(crate) use self::payload::Entry as RootEntry;
pub(crate) use self::payload::{
    Branch, Commit, GraphqlRepository, Issue, Listing, RestCommit, RestFile, RestIssue, RestRepository,
};
pub(crate) use self::visibility::{is_private, of_private};
use crate::RunStamp;

/// The name under which the state of collecting is kept.
pub const STREAM: &str = "trending";
/// The pipeline that collects it.
pub const PIPELINE: &str = "trending";
/// The branch that looks for Render repositories, and how published views show their language.
pub const RENDER: &str = "render";

/// Names of the streams in `raw_pages` and in what a run spent.
pub mod stream {
    /// Searches for repositories.
    pub const REPOSITORIES: &str = "repositories";
    /// Code search for `render.yaml`, and what completes its hits.
    pub const RENDER_BLUEPRINTS: &str = "render_blueprints";
    /// What repositories tell of themselves, and what lies in their root folder.
    pub const REPO_DETAILS: &str = "repo_details";
    /// Commits and closed issues.
    pub const REPO_METRICS: &str = "repo_metrics";
    /// Files.
    pub const REPO_FILES: &str = "repo_files";
    /// The days on which stars were given.
    pub const STAR_HISTORY: &str = "star_history";
}

/// What a run brought is complete with it.
fn complete_attempt(stamp: &RunStamp, started_at: DateTime<Utc>) -> Attempt {
    Attempt {
        first_run_seq: stamp.run_seq,
        last_run_seq: stamp.run_seq,
        started_at,
        mode: STREAM.to_owned(),
        committed_updated_at: None,
        max_updated_at: None,
        probe_url: None,
        probe_etag: None,
        complete: true,
        is_repair: false,
    }
}
