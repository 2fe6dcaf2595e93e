//! Answers about traffic, and what was read from other collectors' files, as typed rows.

mod rows;

use arrow::array::{Array, AsArray, RecordBatch, StringArray};
use arrow::datatypes::{Date32Type, Int64Type, TimestampMicrosecondType};
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};

pub use self::rows::TrafficRows;
use self::rows::{AnswerRow, CountRow, PopularRow, StarWeekRow, StatsRow};
use super::{Rejected, column};
use crate::Result;
use crate::raw_rows::sha256_hex;
use crate::traffic::payload::{Popular, StarWeek, Stats, Traffic};
use crate::traffic::{Counts, SnapshotEntry, Stream, Value, WHOLE_DAYS};

/// What is told by GitHub itself.
const GITHUB: &str = "github";

/// Where a raw row is from.
struct Origin<'a> {
    repo_id: i64,
    run_id: &'a str,
    run_seq: i64,
    /// Microseconds.
    at: i64,
    source: &'a str,
}

impl Origin<'_> {
    fn day(&self) -> Option<NaiveDate> {
        DateTime::from_timestamp_micros(self.at).map(|at| at.date_naive())
    }
}

/// Decodes rows of the raw tables of answers about traffic into `rows`; tells which could not be decoded.
///
/// # Errors
/// The batch lacks a column of the tables.
pub fn answers(raw: &RecordBatch, rows: &mut TrafficRows) -> Result<Vec<Rejected>> {
    let repo_ids = column(raw, "repo_id")?.as_primitive::<Int64Type>();
    let run_ids: &StringArray = column(raw, "run_id")?.as_string();
    let run_seqs = column(raw, "run_seq")?.as_primitive::<Int64Type>();
    let times = column(raw, "fetched_at")?.as_primitive::<TimestampMicrosecondType>();
    let streams: &StringArray = column(raw, "stream")?.as_string();
    let outcomes: &StringArray = column(raw, "outcome")?.as_string();
    let missing: &StringArray = column(raw, "missing_permission")?.as_string();
    let etags: &StringArray = column(raw, "etag")?.as_string();
    let counts = column(raw, "count")?.as_primitive::<Int64Type>();
    let uniques = column(raw, "uniques")?.as_primitive::<Int64Type>();
    let payloads: &StringArray = column(raw, "payload")?.as_string();
    let hashes: &StringArray = column(raw, "payload_sha256")?.as_string();
    let text = |values: &StringArray, row: usize| values.is_valid(row).then(|| values.value(row).to_owned());
    let mut rejected = Vec::new();
    for row in 0..raw.num_rows() {
        let origin = Origin {
            repo_id: repo_ids.value(row),
            run_id: run_ids.value(row),
            run_seq: run_seqs.value(row),
            at: times.value(row),
            source: GITHUB,
        };
        let Some(stream) = Stream::of_name(streams.value(row)) else {
            rejected.push(Rejected { row, reason: format!("there is no stream {}", streams.value(row)) });
            continue;
        };
        let payload = payloads.is_valid(row).then(|| payloads.value(row));
        if let Some(payload) = payload
            && let Err(reason) = verified(payload, hashes, row).and_then(|()| body(stream, payload, &origin, rows))
        {
            rejected.push(Rejected { row, reason });
            continue;
        }
        rows.answers.push(AnswerRow {
            repo_id: origin.repo_id,
            stream: stream.name(),
            status: outcomes.value(row).to_owned(),
            missing_permission: text(missing, row),
            answered_at: origin.at,
            count: counts.is_valid(row).then(|| counts.value(row)),
            uniques: uniques.is_valid(row).then(|| uniques.value(row)),
            etag: text(etags, row),
            run_id: origin.run_id.to_owned(),
            run_seq: origin.run_seq,
        });
    }
    Ok(rejected)
}

/// Decodes rows of `raw_traffic_imports` into `rows`; tells which could not be decoded.
///
/// # Errors
/// The batch lacks a column of the table.
pub fn imports(raw: &RecordBatch, rows: &mut TrafficRows) -> Result<Vec<Rejected>> {
    let repo_ids = column(raw, "repo_id")?.as_primitive::<Int64Type>();
    let run_ids: &StringArray = column(raw, "run_id")?.as_string();
    let run_seqs = column(raw, "run_seq")?.as_primitive::<Int64Type>();
    let times = column(raw, "fetched_at")?.as_primitive::<TimestampMicrosecondType>();
    let formats: &StringArray = column(raw, "format")?.as_string();
    let payloads: &StringArray = column(raw, "payload")?.as_string();
    let hashes: &StringArray = column(raw, "payload_sha256")?.as_string();
    let mut rejected = Vec::new();
    for row in 0..raw.num_rows() {
        let origin = Origin {
            repo_id: repo_ids.value(row),
            run_id: run_ids.value(row),
            run_seq: run_seqs.value(row),
            at: times.value(row),
            source: formats.value(row),
        };
        let payload = payloads.value(row);
        let read = verified(payload, hashes, row)
            .and_then(|()| serde_json::from_str(payload).map_err(|error: serde_json::Error| error.to_string()));
        match read {
            Ok(value) => imported(value, &origin, rows),
            Err(reason) => rejected.push(Rejected { row, reason }),
        }
    }
    Ok(rejected)
}

fn verified(payload: &str, hashes: &StringArray, row: usize) -> Result<(), String> {
    match sha256_hex(payload.as_bytes()) == hashes.value(row) {
        true => Ok(()),
        false => Err("the stored payload does not match its hash: the file was damaged or changed".to_owned()),
    }
}

fn body(stream: Stream, payload: &str, origin: &Origin<'_>, rows: &mut TrafficRows) -> Result<(), String> {
    let failed = |error: serde_json::Error| error.to_string();
    match stream {
        Stream::Views => counts("views", "day", &serde_json::from_str(payload).map_err(failed)?, origin, rows),
        Stream::Clones => counts("clones", "day", &serde_json::from_str(payload).map_err(failed)?, origin, rows),
        Stream::ViewsWeekly => counts("views", "week", &serde_json::from_str(payload).map_err(failed)?, origin, rows),
        Stream::ClonesWeekly => counts("clones", "week", &serde_json::from_str(payload).map_err(failed)?, origin, rows),
        Stream::Referrers | Stream::Paths => {
            let entries: Vec<Popular> = serde_json::from_str(payload).map_err(failed)?;
            let entries = entries.into_iter().map(|entry| SnapshotEntry {
                name: entry.name,
                title: entry.title.filter(|_| stream == Stream::Paths),
                count: entry.count,
                uniques: entry.uniques,
            });
            popular(stream == Stream::Paths, origin.at, entries, origin, rows);
            Ok(())
        }
        Stream::RepositoryStats => {
            let read: Stats = serde_json::from_str(payload).map_err(failed)?;
            rows.stats.push(StatsRow {
                repo_id: origin.repo_id,
                seen_at: origin.at,
                day: date32(origin.day().ok_or("the answer has no time")?),
                stars: Some(read.stargazer_count),
                forks: Some(read.fork_count),
                watchers: Some(read.watchers.total_count),
                size_kb: read.disk_usage,
                open_issues_and_pulls: Some(read.issues.total_count + read.pull_requests.total_count),
                source: origin.source.to_owned(),
                run_seq: origin.run_seq,
            });
            Ok(())
        }
        Stream::StarHistory => {
            star_weeks(&serde_json::from_str::<Vec<StarWeek>>(payload).map_err(failed)?, origin, rows)
        }
    }
}

/// The days or weeks of an answer. An answer of day D holds D-13 to D-1 whole.
fn counts(
    measure: &'static str,
    per: &'static str,
    answer: &Traffic,
    origin: &Origin<'_>,
    rows: &mut TrafficRows,
) -> Result<(), String> {
    let today = origin.day().ok_or("the answer has no time")?;
    let first_whole = today - Days::new(WHOLE_DAYS);
    let length = if per == "week" { 7 } else { 1 };
    for part in &answer.parts {
        let starts_on = part.timestamp.date_naive();
        let is_midnight = part.timestamp == starts_on.and_time(chrono::NaiveTime::MIN).and_utc();
        if !is_midnight || (per == "week" && starts_on.weekday() != chrono::Weekday::Mon) {
            return Err(format!("no {per} begins at {}", part.timestamp));
        }
        if starts_on > today || starts_on + TimeDelta::days(length) < today - Days::new(WHOLE_DAYS + 1) {
            return Err(format!(
                "{starts_on} lies outside of the fourteen days before {today}: is this machine's clock right?"
            ));
        }
        let is_whole = starts_on >= first_whole && starts_on + TimeDelta::days(length) <= today;
        rows.counts.push(CountRow {
            repo_id: origin.repo_id,
            measure,
            per,
            starts_on: date32(starts_on),
            count: Some(part.count.into()),
            uniques: Some(part.uniques.into()),
            is_whole,
            seen_at: origin.at,
            source: origin.source.to_owned(),
            run_seq: origin.run_seq,
        });
    }
    Ok(())
}

fn popular(
    is_of_paths: bool,
    taken_at: i64,
    entries: impl Iterator<Item = SnapshotEntry>,
    origin: &Origin<'_>,
    rows: &mut TrafficRows,
) {
    let row = |entry| PopularRow {
        repo_id: origin.repo_id,
        kind: if is_of_paths { "paths" } else { "referrers" },
        taken_at,
        entry,
        source: origin.source.to_owned(),
        run_seq: origin.run_seq,
    };
    let before = rows.popular.len();
    rows.popular.extend((1..).zip(entries).map(|entry| row(Some(entry))));
    // GitHub's own empty list is told by its answer; of an imported one this row is all there is.
    if rows.popular.len() == before && origin.source != GITHUB {
        rows.popular.push(row(None));
    }
}

fn star_weeks(weeks: &[StarWeek], origin: &Origin<'_>, rows: &mut TrafficRows) -> Result<(), String> {
    for week in weeks {
        let sunday = week.sunday().filter(|day| day.weekday() == chrono::Weekday::Sun);
        let sunday = sunday.ok_or_else(|| format!("{} is no Sunday", week.week))?;
        if week.days.iter().sum::<i64>() != week.total {
            return Err(format!("the days of the week of {sunday} do not add up to {}", week.total));
        }
        rows.star_weeks.push(StarWeekRow {
            repo_id: origin.repo_id,
            week_start: date32(sunday),
            total: week.total,
            days: week.days,
            seen_at: origin.at,
            run_seq: origin.run_seq,
        });
    }
    Ok(())
}

fn imported(value: Value, origin: &Origin<'_>, rows: &mut TrafficRows) {
    match value {
        Value::Day { day, counts, is_partial } => both("day", day, counts, is_partial, origin, rows),
        Value::Week { monday, counts, is_partial } => both("week", monday, counts, is_partial, origin, rows),
        Value::Snapshot { is_of_paths, taken_at, entries } => {
            popular(is_of_paths, micros(taken_at), entries.into_iter(), origin, rows);
        }
        Value::Figures { day, stars, forks, watchers, open_issues_and_pulls, size_kb } => rows.stats.push(StatsRow {
            repo_id: origin.repo_id,
            seen_at: origin.at,
            day: date32(day),
            stars: stars.map(i64::from),
            forks: forks.map(i64::from),
            watchers: watchers.map(i64::from),
            size_kb: size_kb.map(i64::from),
            open_issues_and_pulls: open_issues_and_pulls.map(i64::from),
            source: origin.source.to_owned(),
            run_seq: origin.run_seq,
        }),
    }
}

/// The measures that an imported day or week has.
fn both(
    per: &'static str,
    starts_on: NaiveDate,
    counts: Counts,
    is_partial: bool,
    origin: &Origin<'_>,
    rows: &mut TrafficRows,
) {
    let measures = [("views", counts.views, counts.view_uniques), ("clones", counts.clones, counts.clone_uniques)];
    for (measure, count, uniques) in measures {
        if count.is_some() || uniques.is_some() {
            rows.counts.push(CountRow {
                repo_id: origin.repo_id,
                measure,
                per,
                starts_on: date32(starts_on),
                count: count.map(i64::from),
                uniques: uniques.map(i64::from),
                is_whole: !is_partial,
                seen_at: origin.at,
                source: origin.source.to_owned(),
                run_seq: origin.run_seq,
            });
        }
    }
}

fn micros(at: DateTime<Utc>) -> i64 {
    at.timestamp_micros()
}

fn date32(day: NaiveDate) -> i32 {
    Date32Type::from_naive_date(day)
}

#[cfg(test)]
mod tests;
