//! What jgehrcke's github-repo-stats keeps in `owner/name/ghrs-data`.
//!
//! The aggregate holds the maximum of all answers per day, a day absent from all of them is absent. The names of the
//! snapshots in the folder `snapshots` beside it say when it ran, and so which days were seen whole.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use csv::StringRecord;

use super::dates;
use super::plain::{self, Field};
use super::runs::Runs;
use super::table::{Row, Table};
use super::{EDGES_NOTE, Format, Imported, Options, mark_edge_days, popular, repository_of};
use crate::traffic::{Day, Figures};
use crate::{Error, Result};

/// How the names of snapshots end.
const SUFFIXES: [&str; 2] = ["_top_paths_snapshot.csv", "_top_referrers_snapshot.csv"];
/// Names in the folder `snapshots` that are looked at: twice a day for a century.
const MOST_SNAPSHOTS: usize = 73_000;

#[derive(Clone, Copy, PartialEq)]
enum Column {
    Time,
    Count(Field),
    Stars,
    Forks,
}

const COLUMNS: &[(&str, Column)] = &[
    ("time_iso8601", Column::Time),
    ("clones_total", Column::Count(Field::Clones)),
    ("clones_unique", Column::Count(Field::CloneUniques)),
    ("views_total", Column::Count(Field::Views)),
    ("views_unique", Column::Count(Field::ViewUniques)),
    ("stars_cumulative", Column::Stars),
    ("stargazers_cumulative_snapshot", Column::Stars),
    ("forks_cumulative", Column::Forks),
];

/// Whether a file is a snapshot of referrers or paths, by its name.
pub(super) fn is_snapshot(table: &Table) -> bool {
    let name = file_name(table.path());
    SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
}

/// Reads referrers or paths; the name of the file says when they were so.
pub(super) fn read_snapshot(table: Table, options: &Options) -> Result<Imported> {
    let path = table.path().to_owned();
    let unknown = |found: &str| Error::ImportUnknown { path: path.clone(), found: found.into() };
    let Some(taken_at) = taken_at(&file_name(&path)) else {
        return Err(unknown(
            "the name of a snapshot begins with its time, as 2021-02-11_223212_top_paths_snapshot.csv",
        ));
    };
    dates::within(taken_at, &file_name(&path), options.today).map_err(|problem| unknown(&problem))?;
    let Some(kind) = popular::kind(&table) else {
        return Err(unknown("a snapshot has the column referrer or url_path"));
    };
    let repository = repository_of(&path, options)?;
    let mut imported = Imported::new(Format::GithubRepoStatsSnapshot);
    imported.snapshots = popular::read(table, &repository, kind, Some(taken_at))?;
    Ok(imported)
}

/// Reads the aggregate of views and clones, or stars or forks so far.
pub(super) fn read_series(table: Table, options: &Options) -> Result<Imported> {
    let columns = table.columns(COLUMNS)?;
    let is_cumulative = columns.iter().any(|column| matches!(column, Column::Stars | Column::Forks));
    if is_cumulative { read_cumulative(table, &columns, options) } else { read_aggregate(table, &columns, options) }
}

fn read_aggregate(mut table: Table, columns: &[Column], options: &Options) -> Result<Imported> {
    let path = table.path().to_owned();
    if !columns.iter().any(|column| matches!(column, Column::Count(_))) {
        return Err(table.fail_missing(COLUMNS, Column::Count(Field::Views)));
    }
    let repository = repository_of(&path, options)?;
    let mut imported = Imported::new(Format::GithubRepoStatsAggregate);
    let mut record = StringRecord::new();
    while table.next_row(&mut record)? {
        let row = table.row(&record);
        let mut day = NaiveDate::default();
        let mut fields = Vec::with_capacity(4);
        for (index, column) in columns.iter().enumerate() {
            match column {
                Column::Count(field) => fields.push((*field, index)),
                _ => day = row.day(index)?,
            }
        }
        let counts = plain::counts(row, &fields)?;
        imported.days.push(Day { repository: repository.clone(), day, counts, is_partial: false });
    }
    let runs = runs_beside(&path);
    if runs.is_empty() {
        mark_edge_days(&mut imported.days);
        imported.notes.push(EDGES_NOTE.into());
    } else {
        apply_runs(&mut imported, &runs);
    }
    Ok(imported)
}

/// Uses what the snapshots beside the aggregate say of when it was collected.
fn apply_runs(imported: &mut Imported, runs: &Runs) {
    let recorded: BTreeMap<NaiveDate, usize> =
        imported.days.iter().enumerate().map(|(index, day)| (day.day, index)).collect();
    let (Some((first, index)), Some((last, _))) = (recorded.first_key_value(), recorded.last_key_value()) else {
        return;
    };
    let repository = imported.days[*index].repository.clone();
    // What is older than the first snapshot kept was collected by runs whose snapshots are gone.
    let known_from = runs.whole_days().first().copied().unwrap_or(*first);
    for day in &mut imported.days {
        day.is_partial = day.day == *first || (day.day >= known_from && !runs.prove(day.day));
    }
    let quiet =
        runs.whole_days().into_iter().filter(|day| (first..=last).contains(&day) && !recorded.contains_key(day));
    imported.quiet_days = quiet.map(|day| (repository.clone(), day)).collect();
    imported.notes.push(format!(
        "the names of the snapshots beside the file say when it was collected: of the days without a row, {} are known \
         to have had no traffic",
        imported.quiet_days.len()
    ));
}

fn read_cumulative(mut table: Table, columns: &[Column], options: &Options) -> Result<Imported> {
    let repository = repository_of(table.path(), options)?;
    let mut imported = Imported::new(Format::GithubRepoStatsCumulative);
    let mut newest: BTreeMap<NaiveDate, (DateTime<Utc>, Figures)> = BTreeMap::new();
    let mut record = StringRecord::new();
    while table.next_row(&mut record)? {
        let (at, figures) = cumulative(table.row(&record), columns, &repository)?;
        // A day ends with the last of its rows.
        if newest.get(&figures.day).is_none_or(|(known_at, _)| *known_at <= at) {
            newest.insert(figures.day, (at, figures));
        }
    }
    imported.figures = newest.into_values().map(|(_, figures)| figures).collect();
    Ok(imported)
}

fn cumulative(row: Row<'_>, columns: &[Column], repository: &Arc<str>) -> Result<(DateTime<Utc>, Figures)> {
    let mut at = DateTime::<Utc>::default();
    let mut figures = Figures::unknown(repository.clone(), NaiveDate::default());
    for (index, column) in columns.iter().enumerate() {
        match column {
            Column::Time => at = row.instant(index)?,
            Column::Stars => figures.stars = row.count(index)?,
            Column::Forks => figures.forks = row.count(index)?,
            Column::Count(_) => return Err(row.fail(index, "has no place beside stars and forks".into())),
        }
    }
    figures.day = at.date_naive();
    Ok((at, figures))
}

/// When the collector ran, by the names of the snapshots beside its aggregate.
fn runs_beside(path: &Path) -> Runs {
    let mut runs = Runs::default();
    let Some(Ok(entries)) = path.parent().map(|folder| folder.join("snapshots").read_dir()) else {
        return runs;
    };
    for entry in entries.take(MOST_SNAPSHOTS).filter_map(std::result::Result::ok) {
        if let Some(taken_at) = taken_at(&file_name(&entry.path())) {
            runs.insert(taken_at.date_naive());
        }
    }
    runs
}

/// The time that the name of a snapshot begins with (UTC).
fn taken_at(name: &str) -> Option<DateTime<Utc>> {
    let time = SUFFIXES.iter().find_map(|suffix| name.strip_suffix(suffix))?;
    NaiveDateTime::parse_from_str(time, "%Y-%m-%d_%H%M%S").ok().map(|at| at.and_utc())
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
