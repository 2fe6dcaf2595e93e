//! Referrers and paths from a CSV file: sets, each of one day.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use csv::StringRecord;

use super::table::{LONGEST_NAME, Row, Table};
use crate::Result;
use crate::traffic::{Snapshot, SnapshotEntry, SnapshotKind};

#[derive(Clone, Copy, PartialEq)]
enum Column {
    TakenOn,
    Referrer,
    Path,
    Title,
    Count,
    Uniques,
}

const COLUMNS: &[(&str, Column)] = &[
    ("snapshot_date", Column::TakenOn),
    ("collection_date", Column::TakenOn),
    ("referrer", Column::Referrer),
    ("referrers", Column::Referrer),
    ("path", Column::Path),
    ("url_path", Column::Path),
    ("title", Column::Title),
    ("count", Column::Count),
    ("count_total", Column::Count),
    ("views_total", Column::Count),
    ("uniques", Column::Uniques),
    ("count_unique", Column::Uniques),
    ("views_unique", Column::Uniques),
];

/// What the header says is listed, if it is a list of referrers or paths.
pub(super) fn kind(table: &Table) -> Option<SnapshotKind> {
    let referrers = table.has(&["referrer", "referrers"]);
    let paths = table.has(&["path", "url_path"]);
    match (referrers, paths) {
        (true, false) => Some(SnapshotKind::Referrers),
        (false, true) => Some(SnapshotKind::Paths),
        _ => None,
    }
}

/// Reads the sets of a file; `taken_at` is their time where it is not in a column.
pub(super) fn read(
    mut table: Table,
    repository: &Arc<str>,
    kind: SnapshotKind,
    taken_at: Option<DateTime<Utc>>,
) -> Result<Vec<Snapshot>> {
    let columns = table.columns(COLUMNS)?;
    let required: &[Column] = match taken_at {
        Some(_) => &[Column::Count, Column::Uniques],
        None => &[Column::TakenOn, Column::Count, Column::Uniques],
    };
    for column in required {
        if !columns.contains(column) {
            return Err(table.fail_missing(COLUMNS, *column));
        }
    }
    let mut sets: BTreeMap<NaiveDate, Vec<SnapshotEntry>> = BTreeMap::new();
    if let Some(taken_at) = taken_at {
        sets.insert(taken_at.date_naive(), Vec::new());
    }
    let mut record = StringRecord::new();
    while table.next_row(&mut record)? {
        let (taken_on, entry) = entry(table.row(&record), &columns)?;
        let day = taken_on.or(taken_at.map(|at| at.date_naive())).unwrap_or_default();
        sets.entry(day).or_default().push(entry);
    }
    let snapshot = |(taken_on, entries)| Snapshot { repository: repository.clone(), kind, taken_on, taken_at, entries };
    Ok(sets.into_iter().map(snapshot).collect())
}

fn entry(row: Row<'_>, columns: &[Column]) -> Result<(Option<NaiveDate>, SnapshotEntry)> {
    let mut taken_on = None;
    let mut entry = SnapshotEntry { name: String::new(), title: None, count: 0, uniques: 0 };
    let mut uniques_at = 0;
    for (index, column) in columns.iter().enumerate() {
        match column {
            Column::TakenOn => taken_on = Some(row.day(index)?),
            Column::Referrer | Column::Path => {
                entry.name = row.bounded(index, LONGEST_NAME)?.to_owned();
                if entry.name.is_empty() {
                    return Err(row.fail(index, "is empty".into()));
                }
            }
            Column::Title => entry.title = Some(row.bounded(index, LONGEST_NAME)?.to_owned()),
            Column::Count => entry.count = row.known_count(index)?,
            Column::Uniques => (entry.uniques, uniques_at) = (row.known_count(index)?, index),
        }
    }
    if entry.uniques > entry.count {
        return Err(row.fail(uniques_at, "more visitors than visits".into()));
    }
    Ok((taken_on, entry))
}
