//! What an imported file tells, value by value, as it is kept.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::import::Imported;
use super::{Counts, Day, Figures, Snapshot, SnapshotEntry, SnapshotKind, Week};

/// One value of a file about one repository; the form in which `raw_traffic_imports` holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Value {
    /// A day (UTC).
    Day {
        /// The day.
        day: NaiveDate,
        /// What was counted.
        counts: Counts,
        /// Whether the values may be too low.
        is_partial: bool,
    },
    /// An ISO week, as GitHub counted it.
    Week {
        /// The Monday that it begins with.
        monday: NaiveDate,
        /// What was counted.
        counts: Counts,
        /// Whether the values may be too low.
        is_partial: bool,
    },
    /// A list of referrers or paths, as a whole.
    Snapshot {
        /// Whether it lists paths; else referrers.
        is_of_paths: bool,
        /// When it was taken; the end of its day where only that is known.
        taken_at: DateTime<Utc>,
        /// In the order of the file.
        entries: Vec<SnapshotEntry>,
    },
    /// Figures at the end of a day.
    Figures {
        /// The day.
        day: NaiveDate,
        /// Stars.
        stars: Option<u32>,
        /// Forks.
        forks: Option<u32>,
        /// Watchers.
        watchers: Option<u32>,
        /// Open issues and pull requests together.
        open_issues_and_pulls: Option<u32>,
        /// Kilobytes.
        size_kb: Option<u32>,
    },
}

impl Value {
    /// Everything that a file tells, with the repository as the file calls it.
    pub fn of(imported: &Imported) -> Vec<(&str, Self)> {
        let days = imported.days.iter().map(|row| (&*row.repository, Self::of_day(row)));
        let nobody = Counts { views: Some(0), view_uniques: Some(0), clones: Some(0), clone_uniques: Some(0) };
        let quiet = imported
            .quiet_days
            .iter()
            .map(|(repository, day)| (&**repository, Self::Day { day: *day, counts: nobody, is_partial: false }));
        let weeks = imported.weeks.iter().map(|row| (&*row.repository, Self::of_week(row)));
        let snapshots = imported.snapshots.iter().map(|row| (&*row.repository, Self::of_snapshot(row)));
        let figures = imported.figures.iter().map(|row| (&*row.repository, Self::of_figures(row)));
        days.chain(quiet).chain(weeks).chain(snapshots).chain(figures).collect()
    }

    fn of_day(row: &Day) -> Self {
        Self::Day { day: row.day, counts: row.counts, is_partial: row.is_partial }
    }

    fn of_week(row: &Week) -> Self {
        Self::Week { monday: row.monday, counts: row.counts, is_partial: row.is_partial }
    }

    fn of_snapshot(row: &Snapshot) -> Self {
        let end_of_day = row.taken_on.and_hms_opt(23, 59, 59).unwrap_or_default().and_utc();
        Self::Snapshot {
            is_of_paths: row.kind == SnapshotKind::Paths,
            taken_at: row.taken_at.unwrap_or(end_of_day),
            entries: row.entries.clone(),
        }
    }

    fn of_figures(row: &Figures) -> Self {
        Self::Figures {
            day: row.day,
            stars: row.stars,
            forks: row.forks,
            watchers: row.watchers,
            open_issues_and_pulls: row.open_issues_and_pulls,
            size_kb: row.size_kb,
        }
    }
}
