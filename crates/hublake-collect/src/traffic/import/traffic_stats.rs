//! The CSV files of IBM's traffic-stats: days by RID, and which repository a RID is.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;
use csv::StringRecord;

use super::plain::{self, Field};
use super::table::{Row, Table};
use super::{EDGES_NOTE, Format, Imported, Options, mark_edge_days, names};
use crate::traffic::Day;
use crate::{Error, Result};

/// Files in the folder that are looked at for the repositories.
const MOST_NEIGHBOURS: usize = 1_000;

#[derive(Clone, Copy, PartialEq)]
enum Column {
    Rid,
    Day,
    Count(Field),
}

const COLUMNS: &[(&str, Column)] = &[
    ("rid", Column::Rid),
    ("tdate", Column::Day),
    ("viewcount", Column::Count(Field::Views)),
    ("vuniques", Column::Count(Field::ViewUniques)),
    ("clonecount", Column::Count(Field::Clones)),
    ("cuniques", Column::Count(Field::CloneUniques)),
];

const REPOSITORIES: &[(&str, ())] = &[("rid", ()), ("orgname", ()), ("reponame", ())];

/// Reads either of the two files.
pub(super) fn read(table: Table, options: &Options) -> Result<Imported> {
    if is_repositories(&table) {
        let mut imported = Imported::new(Format::TrafficStatsRepositories);
        imported.repositories = read_repositories(table)?;
        imported.notes.push("the file only says which repository a RID is".into());
        return Ok(imported);
    }
    read_days(table, options)
}

fn read_days(mut table: Table, options: &Options) -> Result<Imported> {
    let columns = table.columns(COLUMNS)?;
    if !columns.contains(&Column::Day) {
        return Err(table.fail_missing(COLUMNS, Column::Day));
    }
    if !columns.iter().any(|column| matches!(column, Column::Count(_))) {
        return Err(table.fail_missing(COLUMNS, Column::Count(Field::Views)));
    }
    let given = &options.repositories;
    let repositories = if given.is_empty() { repositories_beside(table.path(), options)? } else { given.clone() };
    let repositories: BTreeMap<i64, Arc<str>> =
        repositories.into_iter().map(|(rid, name)| (rid, Arc::from(name))).collect();
    let mut imported = Imported::new(Format::TrafficStats);
    let mut record = StringRecord::new();
    while table.next_row(&mut record)? {
        imported.days.push(day(table.row(&record), &columns, &repositories)?);
    }
    mark_edge_days(&mut imported.days);
    imported.notes.push(EDGES_NOTE.into());
    Ok(imported)
}

fn day(row: Row<'_>, columns: &[Column], repositories: &BTreeMap<i64, Arc<str>>) -> Result<Day> {
    let mut repository = None;
    let mut day = NaiveDate::default();
    let mut fields = Vec::with_capacity(4);
    for (index, column) in columns.iter().enumerate() {
        match column {
            Column::Rid => {
                let rid = rid(row, index)?;
                repository = repositories.get(&rid).cloned();
                if repository.is_none() {
                    let hint = "hint: the file RID,ORGNAME,REPONAME says them";
                    let problem = format!("RID {rid} is not among the repositories\n{hint}");
                    return Err(row.fail(index, problem));
                }
            }
            Column::Day => day = row.day(index)?,
            Column::Count(field) => fields.push((*field, index)),
        }
    }
    let counts = plain::counts(row, &fields)?;
    Ok(Day { repository: repository.unwrap_or_else(|| Arc::from("")), day, counts, is_partial: false })
}

fn is_repositories(table: &Table) -> bool {
    let header = table.header();
    header.len() == REPOSITORIES.len() && REPOSITORIES.iter().all(|(name, ())| table.has(&[name]))
}

fn read_repositories(mut table: Table) -> Result<BTreeMap<i64, String>> {
    let place = |name: &str| table.header().iter().position(|column| column == name).unwrap_or_default();
    let (rid_at, owner_at, name_at) = (place("rid"), place("orgname"), place("reponame"));
    let mut repositories = BTreeMap::new();
    let mut record = StringRecord::new();
    while table.next_row(&mut record)? {
        let row = table.row(&record);
        let name = format!("{}/{}", row.text(owner_at), row.text(name_at));
        if !names::is_repository(&name) {
            return Err(row.fail(name_at, "is no name of a repository".into()));
        }
        let rid = rid(row, rid_at)?;
        if repositories.insert(rid, name.clone()).is_some_and(|known| known != name) {
            return Err(row.fail(rid_at, format!("RID {rid} is two repositories")));
        }
    }
    Ok(repositories)
}

/// The repositories by the file RID,ORGNAME,REPONAME in the same folder, whatever its name.
fn repositories_beside(path: &Path, options: &Options) -> Result<BTreeMap<i64, String>> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let source_error = |source| Error::ImportRead { path: folder.into(), source };
    let mut neighbours = Vec::new();
    for entry in folder.read_dir().map_err(source_error)?.take(MOST_NEIGHBOURS) {
        neighbours.push(entry.map_err(source_error)?.path());
    }
    neighbours.retain(|neighbour| {
        neighbour.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) && neighbour.is_file()
    });
    neighbours.sort();
    for neighbour in neighbours {
        match Table::open(&neighbour, options.today) {
            Ok(table) if is_repositories(&table) => return read_repositories(table),
            _ => {}
        }
    }
    Err(Error::ImportUnsaid {
        path: path.into(),
        what: "which repositories its RIDs are",
        hint: "put the file RID,ORGNAME,REPONAME of the same installation beside it",
    })
}

fn rid(row: Row<'_>, index: usize) -> Result<i64> {
    row.text(index).parse().map_err(|_| row.fail(index, "is no RID".into()))
}
