//! CSV files with plain column names: days, lists of referrers and paths, and figures of a repository.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use csv::StringRecord;

use super::runs::Runs;
use super::table::{Row, Table, quoted};
use super::{Format, Imported, Measure, Options, measure_of, names, popular, repository_of};
use crate::Result;
use crate::traffic::{Counts, Day, Figures};

/// A value of [`Counts`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Field {
    Views,
    ViewUniques,
    Clones,
    CloneUniques,
}

/// Reads the counts of a row; `fields` say where they are.
pub(super) fn counts(row: Row<'_>, fields: &[(Field, usize)]) -> Result<Counts> {
    let mut counts = Counts::default();
    for (field, index) in fields {
        let value = row.count(*index)?;
        match field {
            Field::Views => counts.views = value,
            Field::ViewUniques => counts.view_uniques = value,
            Field::Clones => counts.clones = value,
            Field::CloneUniques => counts.clone_uniques = value,
        }
    }
    for (field, index) in fields {
        let (count, uniques) = match field {
            Field::ViewUniques => (counts.views, counts.view_uniques),
            Field::CloneUniques => (counts.clones, counts.clone_uniques),
            Field::Views | Field::Clones => continue,
        };
        if count.is_some() && uniques > count {
            return Err(row.fail(*index, "more visitors than visits".into()));
        }
    }
    Ok(counts)
}

#[derive(Clone, Copy, PartialEq)]
enum Column {
    Day,
    Repository,
    Owner,
    Count(Field),
    PlainCount,
    PlainUniques,
    CollectedAt,
}

const COLUMNS: &[(&str, Column)] = &[
    ("date", Column::Day),
    ("day", Column::Day),
    ("timestamp", Column::Day),
    ("repo", Column::Repository),
    ("repository", Column::Repository),
    ("repo_full_name", Column::Repository),
    ("owner", Column::Owner),
    ("views", Column::Count(Field::Views)),
    ("views_total", Column::Count(Field::Views)),
    ("views_count", Column::Count(Field::Views)),
    ("view_count", Column::Count(Field::Views)),
    ("view_uniques", Column::Count(Field::ViewUniques)),
    ("views_unique", Column::Count(Field::ViewUniques)),
    ("views_uniques", Column::Count(Field::ViewUniques)),
    ("unique_views", Column::Count(Field::ViewUniques)),
    ("unique_visitors", Column::Count(Field::ViewUniques)),
    ("clones", Column::Count(Field::Clones)),
    ("clones_total", Column::Count(Field::Clones)),
    ("clones_count", Column::Count(Field::Clones)),
    ("clone_count", Column::Count(Field::Clones)),
    ("clone_uniques", Column::Count(Field::CloneUniques)),
    ("clones_unique", Column::Count(Field::CloneUniques)),
    ("clones_uniques", Column::Count(Field::CloneUniques)),
    ("unique_clones", Column::Count(Field::CloneUniques)),
    ("unique_cloners", Column::Count(Field::CloneUniques)),
    ("count", Column::PlainCount),
    ("uniques", Column::PlainUniques),
    ("collection_timestamp", Column::CollectedAt),
];

/// Reads a file of one of the three kinds; its header says which.
pub(super) fn read(table: Table, options: &Options) -> Result<Imported> {
    if let Some(kind) = popular::kind(&table) {
        let repository = repository_of(table.path(), options)?;
        let mut imported = Imported::new(Format::Plain);
        imported.snapshots = popular::read(table, &repository, kind, None)?;
        return Ok(imported);
    }
    if table.has(&["stars", "forks"]) {
        return read_figures(table, options);
    }
    read_days(table, options)
}

/// How the days of a file are read.
struct Layout {
    columns: Vec<Column>,
    fields: Vec<(Field, usize)>,
    /// The repository of all rows, where no column names it.
    repository: Option<Arc<str>>,
}

fn layout(table: &Table, options: &Options) -> Result<Layout> {
    let columns = table.columns(COLUMNS)?;
    if !columns.contains(&Column::Day) {
        return Err(table.fail_missing(COLUMNS, Column::Day));
    }
    let is_plain = columns.iter().any(|column| matches!(column, Column::PlainCount | Column::PlainUniques));
    let (count, uniques) = match is_plain.then(|| measure_of(table.path(), options)).transpose()? {
        Some(Measure::Clones) => (Field::Clones, Field::CloneUniques),
        Some(Measure::Views) | None => (Field::Views, Field::ViewUniques),
    };
    let mut fields: Vec<(Field, usize)> = Vec::new();
    for (index, column) in columns.iter().enumerate() {
        let field = match column {
            Column::Count(field) => *field,
            Column::PlainCount => count,
            Column::PlainUniques => uniques,
            _ => continue,
        };
        if fields.iter().any(|(known, _)| *known == field) {
            return Err(table.fail_header(index, "says what another column says".into()));
        }
        fields.push((field, index));
    }
    if fields.is_empty() {
        return Err(table.fail_missing(COLUMNS, Column::Count(Field::Views)));
    }
    let is_named = columns.contains(&Column::Repository);
    let repository = if is_named { None } else { Some(repository_of(table.path(), options)?) };
    Ok(Layout { columns, fields, repository })
}

fn read_days(mut table: Table, options: &Options) -> Result<Imported> {
    let layout = layout(&table, options)?;
    let mut imported = Imported::new(Format::Plain);
    let mut record = StringRecord::new();
    let mut last_name: Arc<str> = Arc::from("");
    while table.next_row(&mut record)? {
        let mut day = day(table.row(&record), &layout)?;
        if *day.repository == *last_name {
            day.repository = last_name.clone();
        } else {
            last_name = day.repository.clone();
        }
        imported.days.push(day);
    }
    if !layout.columns.contains(&Column::CollectedAt) {
        imported.notes.push("the file does not say when it was collected: its days count as seen whole".into());
    }
    Ok(imported)
}

fn day(row: Row<'_>, layout: &Layout) -> Result<Day> {
    let mut day = NaiveDate::default();
    let mut repository = layout.repository.clone();
    let mut owner = None;
    let mut collected_at: Option<DateTime<Utc>> = None;
    for (index, column) in layout.columns.iter().enumerate() {
        match column {
            Column::Day => day = row.day(index)?,
            Column::Repository => repository = Some(row.repository(index)?),
            Column::Owner => owner = Some((row.repository(index)?, index)),
            Column::CollectedAt => collected_at = Some(row.instant(index)?),
            Column::Count(_) | Column::PlainCount | Column::PlainUniques => {}
        }
    }
    let mut repository = repository.unwrap_or_else(|| Arc::from(""));
    if let Some((owner, index)) = owner {
        repository = format!("{owner}/{repository}").into();
        if !names::is_repository(&repository) {
            return Err(row.fail(index, format!("{} is no name of a repository", quoted(&repository))));
        }
    }
    let counts = counts(row, &layout.fields)?;
    let is_partial = collected_at.is_some_and(|at| {
        let mut runs = Runs::default();
        runs.insert(at.date_naive());
        !runs.prove(day)
    });
    Ok(Day { repository, day, counts, is_partial })
}

#[derive(Clone, Copy, PartialEq)]
enum Figure {
    Day,
    Stars,
    Forks,
    StarsAgain,
    Watchers,
    OpenIssuesAndPulls,
    Size,
}

const FIGURES: &[(&str, Figure)] = &[
    ("snapshot_date", Figure::Day),
    ("date", Figure::Day),
    ("stars", Figure::Stars),
    ("forks", Figure::Forks),
    ("watchers", Figure::StarsAgain),
    ("subscribers", Figure::Watchers),
    ("open_issues", Figure::OpenIssuesAndPulls),
    ("size_kb", Figure::Size),
];

fn read_figures(mut table: Table, options: &Options) -> Result<Imported> {
    let columns = table.columns(FIGURES)?;
    if !columns.contains(&Figure::Day) {
        return Err(table.fail_missing(FIGURES, Figure::Day));
    }
    let repository = repository_of(table.path(), options)?;
    let mut imported = Imported::new(Format::Plain);
    let mut record = StringRecord::new();
    while table.next_row(&mut record)? {
        imported.figures.push(figures(table.row(&record), &columns, &repository)?);
    }
    if columns.contains(&Figure::StarsAgain) {
        imported.notes.push("the column watchers is GitHub's watchers_count, its stars again: not imported".into());
    }
    Ok(imported)
}

fn figures(row: Row<'_>, columns: &[Figure], repository: &Arc<str>) -> Result<Figures> {
    let mut figures = Figures::unknown(repository.clone(), NaiveDate::default());
    for (index, column) in columns.iter().enumerate() {
        match column {
            Figure::Day => figures.day = row.day(index)?,
            Figure::Stars => figures.stars = row.count(index)?,
            Figure::Forks => figures.forks = row.count(index)?,
            Figure::StarsAgain => {}
            Figure::Watchers => figures.watchers = row.count(index)?,
            Figure::OpenIssuesAndPulls => figures.open_issues_and_pulls = row.count(index)?,
            Figure::Size => figures.size_kb = row.count(index)?,
        }
    }
    Ok(figures)
}
