//! Traffic of repositories: what GitHub tells of the last fourteen days, and what older collectors have kept.
//!
//! [`collect`] asks GitHub; [`import`] reads one file of an older collector and tells what is in it. What is made of
//! both, the models say.

pub(crate) mod payload;
mod rows;
mod stream;
mod value;

pub mod collect;
pub mod import;

use chrono::{DateTime, Utc};
use hublake_store::Attempt;

pub use self::rows::{Counts, Day, Figures, Snapshot, SnapshotEntry, SnapshotKind, Week};
pub use self::stream::Stream;
pub use self::value::Value;
use crate::RunStamp;

/// Days before an answer's own day that the answer holds whole: an answer of day D covers D-14 (cut short by the
/// hour it was asked at), D-13 to D-1, and D, which is still growing.
pub const WHOLE_DAYS: u64 = 13;

/// The name under which the state of collecting traffic is kept; its [`Stream`]s have no state of their own.
pub const STREAM: &str = "traffic";
/// The pipeline that collects it.
pub const PIPELINE: &str = "traffic";

/// Every answer and every value stands for itself, so what a run brought of a repository is complete with it.
fn complete_attempt(stamp: &RunStamp, started_at: DateTime<Utc>, mode: &str) -> Attempt {
    Attempt {
        first_run_seq: stamp.run_seq,
        last_run_seq: stamp.run_seq,
        started_at,
        mode: mode.to_owned(),
        committed_updated_at: None,
        max_updated_at: None,
        probe_url: None,
        probe_etag: None,
        complete: true,
        is_repair: false,
    }
}
