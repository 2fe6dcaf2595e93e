//! Traffic of repositories: what older collectors have kept of it, and what can be said of unique visitors.
//!
//! [`collect`] asks GitHub; [`import`] reads one file of an older collector and tells what is in it, [`merge`] makes one
//! row of all that was ever said of a day, [`uniques`] gives bounds where GitHub's counts of visitors cannot be added
//! up.

pub(crate) mod payload;
mod rows;
mod stream;
mod value;

pub mod collect;

pub mod import;
pub mod merge;
pub mod uniques;

pub use stream::Stream;
pub use value::Value;

pub use rows::{Counts, Day, Figures, Snapshot, SnapshotEntry, SnapshotKind, Week};

/// Days before an answer's own day that the answer holds whole: an answer of day D covers D-14 (cut short by the
/// hour it was asked at), D-13 to D-1, and D, which is still growing.
pub const WHOLE_DAYS: u64 = 13;

/// The name under which the state of collecting traffic is kept; its [`Stream`]s have no state of their own.
pub const STREAM: &str = "traffic";
/// The pipeline that collects it.
pub const PIPELINE: &str = "traffic";
