//! One row of everything that was ever said of a day or a week: the maximum of each value.
//!
//! GitHub's window is finer than a day. The oldest day of an answer is cut short and the newest is still growing, so
//! the same day reads 73, and 18 later when it lies at the edge. No value is ever too high, so the largest is right,
//! whichever came first.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::{Counts, Day, Week};

/// Merges days by repository and day, sorted by both; the order of what is given makes no difference.
///
/// A merged day is partial when its views or its clones were never seen whole.
pub fn days(rows: impl IntoIterator<Item = Day>) -> Vec<Day> {
    let rows = rows.into_iter().map(|row| (row.repository, row.day, row.counts, row.is_partial));
    let merged = merge(rows).into_iter().map(|((repository, day), seen)| Day {
        repository,
        day,
        counts: seen.counts,
        is_partial: seen.is_partial(),
    });
    merged.collect()
}

/// Merges weeks by repository and Monday, as [`days`] does.
pub fn weeks(rows: impl IntoIterator<Item = Week>) -> Vec<Week> {
    let rows = rows.into_iter().map(|row| (row.repository, row.monday, row.counts, row.is_partial));
    let merged = merge(rows).into_iter().map(|((repository, monday), seen)| Week {
        repository,
        monday,
        counts: seen.counts,
        is_partial: seen.is_partial(),
    });
    merged.collect()
}

/// What has been seen of a day or a week.
#[derive(Clone, Copy, Default)]
struct Seen {
    counts: Counts,
    views_whole: bool,
    clones_whole: bool,
}

impl Seen {
    fn add(&mut self, counts: Counts, is_partial: bool) {
        self.counts = self.counts.max(counts);
        self.views_whole |= !is_partial && has_views(&counts);
        self.clones_whole |= !is_partial && has_clones(&counts);
    }

    fn is_partial(&self) -> bool {
        (has_views(&self.counts) && !self.views_whole) || (has_clones(&self.counts) && !self.clones_whole)
    }
}

fn has_views(counts: &Counts) -> bool {
    counts.views.is_some() || counts.view_uniques.is_some()
}

fn has_clones(counts: &Counts) -> bool {
    counts.clones.is_some() || counts.clone_uniques.is_some()
}

fn merge(rows: impl Iterator<Item = (Arc<str>, NaiveDate, Counts, bool)>) -> BTreeMap<(Arc<str>, NaiveDate), Seen> {
    let mut merged: BTreeMap<(Arc<str>, NaiveDate), Seen> = BTreeMap::new();
    for (repository, date, counts, is_partial) in rows {
        merged.entry((repository, date)).or_default().add(counts, is_partial);
    }
    merged
}

#[cfg(test)]
mod tests;
