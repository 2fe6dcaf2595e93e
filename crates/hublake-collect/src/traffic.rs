//! Traffic of repositories: what older collectors have kept of it, and what can be said of unique visitors.
//!
//! Everything here is pure: [`import`] reads one file and tells what is in it, [`merge`] makes one row of all that was
//! ever said of a day, [`uniques`] gives bounds where GitHub's counts of visitors cannot be added up.

mod rows;

pub mod import;
pub mod merge;
pub mod uniques;

pub use rows::{Counts, Day, Figures, Snapshot, SnapshotEntry, SnapshotKind, Week};

/// Days before an answer's own day that the answer holds whole: an answer of day D covers D-14 (cut short by the
/// hour it was asked at), D-13 to D-1, and D, which is still growing.
pub const WHOLE_DAYS: u64 = 13;
