//! The rows that traffic is told in.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// What was counted in a day or a week; `None` is unknown, which is not 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Page views.
    pub views: Option<u32>,
    /// Visitors that viewed.
    pub view_uniques: Option<u32>,
    /// Clones.
    pub clones: Option<u32>,
    /// Visitors that cloned.
    pub clone_uniques: Option<u32>,
}

impl Counts {
    /// Whether every value is unknown or 0.
    pub fn is_quiet(&self) -> bool {
        [self.views, self.view_uniques, self.clones, self.clone_uniques].iter().all(|value| value.unwrap_or(0) == 0)
    }
}

/// A day (UTC) of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// `owner/name`, or the short name where the source has no owner.
    pub repository: Arc<str>,
    /// The day.
    pub day: NaiveDate,
    /// What was counted.
    pub counts: Counts,
    /// Whether the values may be too low, because the day was not seen whole.
    pub is_partial: bool,
}

/// An ISO week of a repository, as GitHub counted it: its uniques are no sum of days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Week {
    /// `owner/name`, or the short name where the source has no owner.
    pub repository: Arc<str>,
    /// The Monday that the week begins with.
    pub monday: NaiveDate,
    /// What was counted.
    pub counts: Counts,
    /// Whether the values may be too low, because the week was not seen whole.
    pub is_partial: bool,
}

/// What a [`Snapshot`] lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SnapshotKind {
    /// Sites that visitors came from.
    Referrers,
    /// Pages that visitors saw.
    Paths,
}

/// The most popular referrers or paths of the fourteen days before a day: a set, replaced as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// `owner/name`, or the short name where the source has no owner.
    pub repository: Arc<str>,
    /// What is listed.
    pub kind: SnapshotKind,
    /// The day (UTC) it was taken.
    pub taken_on: NaiveDate,
    /// The instant it was taken, where the source says it.
    pub taken_at: Option<DateTime<Utc>>,
    /// The list, in the order of the source.
    pub entries: Vec<SnapshotEntry>,
}

/// One referrer or path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnapshotEntry {
    /// The referrer or the path.
    pub name: String,
    /// The page's title; referrers have none.
    pub title: Option<String>,
    /// Views in fourteen days.
    pub count: u32,
    /// Visitors in fourteen days.
    pub uniques: u32,
}

/// What a repository counted at the end of a day; `None` is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// `owner/name`, or the short name where the source has no owner.
    pub repository: Arc<str>,
    /// The day (UTC).
    pub day: NaiveDate,
    /// Stars.
    pub stars: Option<u32>,
    /// Forks.
    pub forks: Option<u32>,
    /// Watchers, which are GitHub's subscribers and not its stars.
    pub watchers: Option<u32>,
    /// Open issues and pull requests together.
    pub open_issues_and_pulls: Option<u32>,
    /// The size in kilobytes, as GitHub gives it.
    pub size_kb: Option<u32>,
}

impl Figures {
    /// A day of which nothing is known yet.
    pub(super) fn unknown(repository: Arc<str>, day: NaiveDate) -> Self {
        Self { repository, day, stars: None, forks: None, watchers: None, open_issues_and_pulls: None, size_kb: None }
    }
}
