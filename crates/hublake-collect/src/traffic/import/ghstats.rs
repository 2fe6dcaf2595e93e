//! The SQLite database of vladkens' ghstats, user_version 1 to 3.
//!
//! `repo_stats` has one row per repository and day, and 0 wherever nothing was written: a row may come from the star
//! history alone, from an answer that named the day, or from a run on that day. A run writes the repository's own
//! figures after all answers have come, so forks, watchers or open issues show that there was one; so does a
//! referrer or path of that day. What those answers held whole is known, all else is a lower bound.

mod schema;
mod stats;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use futures::TryStreamExt;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{ConnectOptions, Connection, Row as _};

use super::runs::Runs;
use super::table::{LONGEST_NAME, MOST_ROWS, quoted};
use super::{Format, Imported, Options, dates, names};
use crate::traffic::{Snapshot, SnapshotEntry, SnapshotKind};
use crate::{Error, Result};
use schema::Schema;

const INVENTED_NOTE: &str = "not imported: watchers (GitHub's watchers_count, the stars again), count_delta and \
                             uniques_delta (differences between overlapping windows), issues and prs";
const SNAPSHOT_NOTE: &str = "referrers and paths are the largest values of each day's hourly answers, and may be more \
                             than ten a day";

/// Reads the database as it lies there; it is neither written to nor locked.
pub(super) fn read(path: &Path, options: &Options) -> Result<Imported> {
    refuse_unfinished(path)?;
    // SQLite's own thread does the work; nothing here needs a runtime.
    futures::executor::block_on(async {
        let opening = SqliteConnectOptions::new().filename(path).read_only(true).immutable(true);
        let connection = opening.disable_statement_logging().connect().await;
        let connection = connection.map_err(|source| Error::ImportDatabase { path: path.into(), source })?;
        let schema = Schema::default();
        let runs = BTreeMap::new();
        let mut reading = Reading { path: path.into(), today: options.today, connection, schema, runs, rows: 0 };
        let imported = reading.imported().await;
        // Nothing was written, so closing cannot lose anything.
        let _closed = reading.connection.close().await;
        imported
    })
}

/// A database whose newest changes lie in a second file would be read without them.
fn refuse_unfinished(path: &Path) -> Result<()> {
    for ending in ["-wal", "-journal"] {
        let mut beside = path.as_os_str().to_owned();
        beside.push(ending);
        if PathBuf::from(&beside).metadata().is_ok_and(|file| file.len() > 0) {
            return Err(Error::ImportUnknown {
                path: path.into(),
                found: format!("changes lie in {} still; stop ghstats first", beside.to_string_lossy()),
            });
        }
    }
    Ok(())
}

/// A database being read.
struct Reading {
    path: PathBuf,
    today: NaiveDate,
    connection: SqliteConnection,
    schema: Schema,
    /// When each repository is known to have been asked for.
    runs: BTreeMap<i64, Runs>,
    rows: u64,
}

impl Reading {
    async fn imported(&mut self) -> Result<Imported> {
        self.schema = self.read_schema().await?;
        let mut imported = Imported::new(Format::Ghstats);
        let names = self.read_names().await?;
        for (id, name) in &names {
            imported.github_ids.insert(name.clone(), *id);
        }
        let mut nameless = self.read_snapshots(SnapshotKind::Referrers, &names, &mut imported).await?;
        nameless += self.read_snapshots(SnapshotKind::Paths, &names, &mut imported).await?;
        self.read_runs().await?;
        nameless += self.read_stats(&names, &mut imported).await?;
        imported.notes.push(INVENTED_NOTE.into());
        if !imported.snapshots.is_empty() {
            imported.notes.push(SNAPSHOT_NOTE.into());
        }
        if nameless > 0 {
            let note = format!("not imported: {nameless} rows of repositories that the table repos does not have");
            imported.notes.push(note);
        }
        Ok(imported)
    }

    async fn read_names(&mut self) -> Result<BTreeMap<i64, Arc<str>>> {
        let mut names = BTreeMap::new();
        let sql = "SELECT id AS line, id, substr(CAST(name AS TEXT), 1, 200) AS name FROM repos";
        let path = self.path.clone();
        let mut rows = sqlx::query(sql).fetch(&mut self.connection);
        while let Some(row) = rows.try_next().await.map_err(database(&path))? {
            let field = Field { path: &path, table: "repos", row: &row };
            let name: String = field.get("name")?;
            if !names::is_repository(&name) {
                return Err(field.fail("name", format!("{} is no name of a repository", quoted(&name))));
            }
            names.insert(field.get("id")?, Arc::from(name));
            count_row(&mut self.rows, field)?;
        }
        Ok(names)
    }

    /// Reads referrers or paths; gives the number of rows whose repository has no name.
    async fn read_snapshots(
        &mut self,
        kind: SnapshotKind,
        names: &BTreeMap<i64, Arc<str>>,
        imported: &mut Imported,
    ) -> Result<u64> {
        let (table, sql) = match kind {
            SnapshotKind::Referrers => ("repo_referrers", schema::REFERRERS),
            SnapshotKind::Paths => ("repo_popular_paths", schema::PATHS),
        };
        if !self.schema.has_table(table) {
            return Ok(0);
        }
        let (path, today) = (self.path.clone(), self.today);
        let mut nameless = 0;
        let mut rows = sqlx::query(sql).fetch(&mut self.connection);
        while let Some(row) = rows.try_next().await.map_err(database(&path))? {
            let field = Field { path: &path, table, row: &row };
            count_row(&mut self.rows, field)?;
            let repo_id: i64 = field.get("repo_id")?;
            let taken_on = field.day(today)?;
            self.runs.entry(repo_id).or_default().insert(taken_on);
            let Some(repository) = names.get(&repo_id) else {
                nameless += 1;
                continue;
            };
            let entry = field.entry()?;
            match imported.snapshots.last_mut() {
                Some(last) if last.kind == kind && last.taken_on == taken_on && last.repository == *repository => {
                    last.entries.push(entry);
                }
                _ => imported.snapshots.push(Snapshot {
                    repository: repository.clone(),
                    kind,
                    taken_on,
                    taken_at: None,
                    entries: vec![entry],
                }),
            }
        }
        Ok(nameless)
    }
}

fn count_row(rows: &mut u64, field: Field<'_>) -> Result<()> {
    *rows += 1;
    if *rows > MOST_ROWS { Err(field.fail("date", format!("more than {MOST_ROWS} rows"))) } else { Ok(()) }
}

fn database(path: &Path) -> impl Fn(sqlx::Error) -> Error + '_ {
    |source| Error::ImportDatabase { path: path.into(), source }
}

/// A row of a table, whose faults are named by table, row and column.
#[derive(Clone, Copy)]
struct Field<'a> {
    path: &'a Path,
    table: &'static str,
    row: &'a SqliteRow,
}

impl<'a> Field<'a> {
    fn get<T>(self, column: &str) -> Result<T>
    where
        T: sqlx::Decode<'a, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
    {
        self.row.try_get(column).map_err(|error| {
            let problem = match error {
                sqlx::Error::ColumnDecode { source, .. } => source.to_string(),
                other => other.to_string(),
            };
            self.fail(column, problem)
        })
    }

    fn count(self, column: &str) -> Result<u32> {
        let value: i64 = self.get(column)?;
        u32::try_from(value).map_err(|_| self.fail(column, format!("{value} is no count")))
    }

    fn day(self, today: NaiveDate) -> Result<NaiveDate> {
        let text: String = self.get("date")?;
        dates::day(&text, today).map_err(|problem| self.fail("date", problem))
    }

    fn entry(self) -> Result<SnapshotEntry> {
        let name: String = self.get("name")?;
        let title: Option<String> = self.get("title")?;
        if name.is_empty() || name.len() > LONGEST_NAME {
            return Err(self.fail("name", format!("is empty or longer than {LONGEST_NAME} bytes")));
        }
        let (count, uniques) = (self.count("count")?, self.count("uniques")?);
        if uniques > count {
            return Err(self.fail("uniques", "more visitors than visits".into()));
        }
        Ok(SnapshotEntry { name, title, count, uniques })
    }

    fn fail(self, column: &str, problem: String) -> Error {
        let line = self.row.try_get::<i64, _>("line").ok().and_then(|line| u64::try_from(line).ok()).unwrap_or(0);
        let column = format!("{}.{column}", self.table);
        Error::ImportField { path: self.path.into(), line, column, problem }
    }
}
