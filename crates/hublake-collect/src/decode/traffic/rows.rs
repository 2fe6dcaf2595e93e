//! Typed rows of traffic on their way to Arrow.

use std::sync::Arc;

use arrow::array::{BooleanArray, ListArray, RecordBatch};
use arrow::datatypes::Int64Type;

use crate::Result;
use crate::decode::rows::{Columns, days, numbers, of, texts, times};
use crate::traffic::SnapshotEntry;

/// What the answers of a batch of repositories tell.
#[derive(Default)]
pub struct TrafficRows {
    pub(super) answers: Vec<AnswerRow>,
    pub(super) counts: Vec<CountRow>,
    pub(super) popular: Vec<PopularRow>,
    pub(super) stats: Vec<StatsRow>,
    pub(super) star_weeks: Vec<StarWeekRow>,
}

pub(super) struct AnswerRow {
    pub(super) repo_id: i64,
    pub(super) stream: &'static str,
    pub(super) status: String,
    pub(super) missing_permission: Option<String>,
    pub(super) answered_at: i64,
    pub(super) count: Option<i64>,
    pub(super) uniques: Option<i64>,
    pub(super) etag: Option<String>,
    pub(super) run_id: String,
    pub(super) run_seq: i64,
}

pub(super) struct CountRow {
    pub(super) repo_id: i64,
    pub(super) measure: &'static str,
    pub(super) per: &'static str,
    pub(super) starts_on: i32,
    pub(super) count: Option<i64>,
    pub(super) uniques: Option<i64>,
    pub(super) is_whole: bool,
    pub(super) seen_at: i64,
    pub(super) source: String,
    pub(super) run_seq: i64,
}

pub(super) struct PopularRow {
    pub(super) repo_id: i64,
    pub(super) kind: &'static str,
    pub(super) taken_at: i64,
    /// The entry; an imported list without entries has one row without.
    pub(super) entry: Option<(i64, SnapshotEntry)>,
    pub(super) source: String,
    pub(super) run_seq: i64,
}

impl PopularRow {
    fn entry(&self) -> Option<&SnapshotEntry> {
        self.entry.as_ref().map(|(_, entry)| entry)
    }
}

pub(super) struct StatsRow {
    pub(super) repo_id: i64,
    pub(super) seen_at: i64,
    pub(super) day: i32,
    pub(super) stars: Option<i64>,
    pub(super) forks: Option<i64>,
    pub(super) watchers: Option<i64>,
    pub(super) size_kb: Option<i64>,
    pub(super) open_issues_and_pulls: Option<i64>,
    pub(super) source: String,
    pub(super) run_seq: i64,
}

pub(super) struct StarWeekRow {
    pub(super) repo_id: i64,
    pub(super) week_start: i32,
    pub(super) total: i64,
    pub(super) days: [i64; 7],
    pub(super) seen_at: i64,
    pub(super) run_seq: i64,
}

impl TrafficRows {
    /// The weeks of stars alone.
    pub(in crate::decode) fn finish_star_weeks(self) -> Result<(&'static str, RecordBatch)> {
        of("decoded_star_weeks", star_week_columns(&self.star_weeks))
    }

    /// The rows by the name of the source that the models read.
    ///
    /// # Errors
    /// Columns of different lengths, which do not happen.
    pub fn finish(self) -> Result<Vec<(&'static str, RecordBatch)>> {
        Ok(vec![
            of("decoded_traffic_answers", answer_columns(&self.answers))?,
            of("decoded_traffic_counts", count_columns(&self.counts))?,
            of("decoded_traffic_popular", popular_columns(&self.popular))?,
            of("decoded_repository_stats", stats_columns(&self.stats))?,
            of("decoded_star_weeks", star_week_columns(&self.star_weeks))?,
        ])
    }
}

fn answer_columns(rows: &[AnswerRow]) -> Columns {
    vec![
        ("repo_id", numbers(rows, |row| Some(row.repo_id))),
        ("stream", texts(rows, |row| Some(row.stream))),
        ("status", texts(rows, |row| Some(&row.status))),
        ("missing_permission", texts(rows, |row| row.missing_permission.as_deref())),
        ("answered_at", times(rows, |row| row.answered_at)),
        ("count", numbers(rows, |row| row.count)),
        ("uniques", numbers(rows, |row| row.uniques)),
        ("etag", texts(rows, |row| row.etag.as_deref())),
        ("source_run_id", texts(rows, |row| Some(&row.run_id))),
        ("source_run_seq", numbers(rows, |row| Some(row.run_seq))),
    ]
}

fn count_columns(rows: &[CountRow]) -> Columns {
    vec![
        ("repo_id", numbers(rows, |row| Some(row.repo_id))),
        ("measure", texts(rows, |row| Some(row.measure))),
        ("per", texts(rows, |row| Some(row.per))),
        ("starts_on", days(rows, |row| row.starts_on)),
        ("count", numbers(rows, |row| row.count)),
        ("uniques", numbers(rows, |row| row.uniques)),
        ("is_whole", Arc::new(BooleanArray::from_iter(rows.iter().map(|row| Some(row.is_whole))))),
        ("seen_at", times(rows, |row| row.seen_at)),
        ("source", texts(rows, |row| Some(&row.source))),
        ("source_run_seq", numbers(rows, |row| Some(row.run_seq))),
    ]
}

fn popular_columns(rows: &[PopularRow]) -> Columns {
    vec![
        ("repo_id", numbers(rows, |row| Some(row.repo_id))),
        ("kind", texts(rows, |row| Some(row.kind))),
        ("taken_at", times(rows, |row| row.taken_at)),
        ("place", numbers(rows, |row| Some(row.entry.as_ref()?.0))),
        ("name", texts(rows, |row| Some(row.entry()?.name.as_str()))),
        ("title", texts(rows, |row| row.entry()?.title.as_deref())),
        ("count", numbers(rows, |row| Some(row.entry()?.count.into()))),
        ("uniques", numbers(rows, |row| Some(row.entry()?.uniques.into()))),
        ("source", texts(rows, |row| Some(&row.source))),
        ("source_run_seq", numbers(rows, |row| Some(row.run_seq))),
    ]
}

fn stats_columns(rows: &[StatsRow]) -> Columns {
    vec![
        ("repo_id", numbers(rows, |row| Some(row.repo_id))),
        ("seen_at", times(rows, |row| row.seen_at)),
        ("day", days(rows, |row| row.day)),
        ("stars", numbers(rows, |row| row.stars)),
        ("forks", numbers(rows, |row| row.forks)),
        ("watchers", numbers(rows, |row| row.watchers)),
        ("size_kb", numbers(rows, |row| row.size_kb)),
        ("open_issues_and_pulls_count", numbers(rows, |row| row.open_issues_and_pulls)),
        ("source", texts(rows, |row| Some(&row.source))),
        ("source_run_seq", numbers(rows, |row| Some(row.run_seq))),
    ]
}

fn star_week_columns(rows: &[StarWeekRow]) -> Columns {
    let lists = rows.iter().map(|row| Some(row.days.iter().map(|stars| Some(*stars))));
    vec![
        ("repo_id", numbers(rows, |row| Some(row.repo_id))),
        ("week_start", days(rows, |row| row.week_start)),
        ("total", numbers(rows, |row| Some(row.total))),
        ("days", Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>(lists))),
        ("seen_at", times(rows, |row| row.seen_at)),
        ("source_run_seq", numbers(rows, |row| Some(row.run_seq))),
    ]
}
