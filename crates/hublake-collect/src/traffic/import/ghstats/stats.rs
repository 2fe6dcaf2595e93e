//! The table repo_stats: which of its zeros are known.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use futures::TryStreamExt;

use super::super::Imported;
use super::super::runs::Runs;
use super::{Field, Reading, count_row, database};
use crate::Result;
use crate::traffic::{Counts, Day, Figures};

/// A row of repo_stats.
struct Stats {
    day: NaiveDate,
    counts: Counts,
    stars: u32,
    forks: u32,
    /// Whether the row shows a run on its day.
    is_run: bool,
}

impl Reading {
    /// Notes on which days a run wrote figures that only a run writes.
    pub(super) async fn read_runs(&mut self) -> Result<()> {
        let evidence = ["forks", "watchers", "issues", "prs"].map(|column| self.schema.of_stats(column)).join(", ");
        let sql = format!(
            "SELECT line, repo_id, date FROM (
                 SELECT rowid AS line, repo_id, substr(CAST(date AS TEXT), 1, 64) AS date, {evidence} FROM repo_stats
             ) WHERE forks <> 0 OR watchers <> 0 OR issues <> 0 OR prs <> 0"
        );
        let (path, today) = (self.path.clone(), self.today);
        let mut rows = sqlx::query(&sql).fetch(&mut self.connection);
        while let Some(row) = rows.try_next().await.map_err(database(&path))? {
            let field = Field { path: &path, table: "repo_stats", row: &row };
            self.runs.entry(field.get("repo_id")?).or_default().insert(field.day(today)?);
        }
        Ok(())
    }

    /// Reads the days and figures; gives the number of rows whose repository has no name.
    pub(super) async fn read_stats(&mut self, names: &BTreeMap<i64, Arc<str>>, imported: &mut Imported) -> Result<u64> {
        let others = ["stars", "forks", "watchers", "issues", "prs"].map(|column| self.schema.of_stats(column));
        let sql = format!(
            "SELECT rowid AS line, repo_id, substr(CAST(date AS TEXT), 1, 64) AS date,
                    views_count, views_uniques, clones_count, clones_uniques, {}
             FROM repo_stats ORDER BY repo_id, date",
            others.join(", ")
        );
        let (path, today) = (self.path.clone(), self.today);
        let (mut nameless, mut left_out) = (0, 0);
        let mut of_repository: (i64, Vec<Stats>) = (0, Vec::new());
        let mut rows = sqlx::query(&sql).fetch(&mut self.connection);
        while let Some(row) = rows.try_next().await.map_err(database(&path))? {
            let field = Field { path: &path, table: "repo_stats", row: &row };
            count_row(&mut self.rows, field)?;
            let repo_id: i64 = field.get("repo_id")?;
            if !names.contains_key(&repo_id) {
                nameless += 1;
                continue;
            }
            if repo_id != of_repository.0 {
                let (id, rows) = std::mem::replace(&mut of_repository, (repo_id, Vec::new()));
                left_out += tell(names.get(&id), self.runs.get(&id), rows, imported);
            }
            of_repository.1.push(stats(field, today)?);
        }
        let (id, rows) = of_repository;
        left_out += tell(names.get(&id), self.runs.get(&id), rows, imported);
        note_zeros(imported, left_out);
        Ok(nameless)
    }
}

fn stats(field: Field<'_>, today: NaiveDate) -> Result<Stats> {
    let counts = Counts {
        views: Some(field.count("views_count")?),
        view_uniques: Some(field.count("views_uniques")?),
        clones: Some(field.count("clones_count")?),
        clone_uniques: Some(field.count("clones_uniques")?),
    };
    for (column, count, uniques) in
        [("views_uniques", counts.views, counts.view_uniques), ("clones_uniques", counts.clones, counts.clone_uniques)]
    {
        if uniques > count {
            return Err(field.fail(column, "more visitors than visits".into()));
        }
    }
    let (stars, forks) = (field.count("stars")?, field.count("forks")?);
    let others: [i64; 3] = [field.get("watchers")?, field.get("issues")?, field.get("prs")?];
    let is_run = forks != 0 || others.iter().any(|value| *value != 0);
    Ok(Stats { day: field.day(today)?, counts, stars, forks, is_run })
}

/// Tells the rows of one repository; gives the number of rows that say nothing of traffic.
fn tell(name: Option<&Arc<str>>, runs: Option<&Runs>, rows: Vec<Stats>, imported: &mut Imported) -> u64 {
    let Some(name) = name else {
        return 0;
    };
    let nothing = Runs::default();
    let runs = runs.unwrap_or(&nothing);
    let mut touched = runs.clone();
    for row in rows.iter().filter(|row| !row.counts.is_quiet()) {
        touched.insert(row.day);
    }
    let recorded: Vec<NaiveDate> = rows.iter().map(|row| row.day).collect();
    let quiet = runs.whole_days().into_iter().filter(|day| recorded.binary_search(day).is_err());
    imported.quiet_days.extend(quiet.map(|day| (name.clone(), day)));
    let newest = recorded.last().copied();
    let mut left_out = 0;
    for row in rows {
        imported.figures.extend(figures(name, &row));
        let is_star_history = row.stars > 0 && !row.is_run && row.counts.is_quiet();
        if is_star_history && !touched.touch(row.day) {
            left_out += 1;
            continue;
        }
        // Where no run is known at all, a zero may be one that was never asked for.
        let is_trusted = runs.is_empty() && !row.counts.is_quiet() && Some(row.day) != newest;
        let is_partial = !runs.prove(row.day) && !is_trusted;
        imported.days.push(Day { repository: name.clone(), day: row.day, counts: row.counts, is_partial });
    }
    left_out
}

/// A zero of stars or forks is one only where a run wrote the row.
fn figures(name: &Arc<str>, row: &Stats) -> Option<Figures> {
    let known = |value: u32| (value > 0 || row.is_run).then_some(value);
    let (stars, forks) = (known(row.stars), known(row.forks));
    let is_known = stars.is_some() || forks.is_some();
    is_known.then(|| Figures { stars, forks, ..Figures::unknown(name.clone(), row.day) })
}

fn note_zeros(imported: &mut Imported, left_out: u64) {
    let partial = imported.days.iter().filter(|day| day.is_partial && day.counts.is_quiet()).count();
    if partial > 0 {
        imported.notes.push(format!(
            "{partial} days with only zeros count as partial: ghstats writes 0 for what it has not seen, and no run in \
             the thirteen days after is known"
        ));
    }
    if left_out > 0 {
        imported
            .notes
            .push(format!("{left_out} days are of the star history alone: nothing is known of their traffic"));
    }
}
