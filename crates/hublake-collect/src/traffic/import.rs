//! Files in which older collectors kept traffic: one file is read, and told as rows.
//!
//! A file is recognised by its first bytes, its name and its header. It is read as a stream and bounded: what is
//! absurdly long or large is refused. What is not known (a column, a date, a count) is an error that names file,
//! line and column, and nothing of that file is taken.

mod bounded;
mod dates;
mod ghstats;
mod github_repo_stats;
mod json_arrays;
mod names;
mod plain;
mod popular;
mod runs;
mod table;
mod traffic_stats;

pub mod keep;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use chrono::{Days, NaiveDate, Utc};

use super::{Counts, Day, Figures, Snapshot, Week};
use crate::{Error, Result};
use table::Table;

/// What kind of file was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// github-repo-stats: the aggregate of views and clones.
    GithubRepoStatsAggregate,
    /// github-repo-stats: referrers or paths of one moment.
    GithubRepoStatsSnapshot,
    /// github-repo-stats: stars or forks so far.
    GithubRepoStatsCumulative,
    /// The SQLite database of ghstats.
    Ghstats,
    /// traffic-stats: daily traffic by RID.
    TrafficStats,
    /// traffic-stats: which repository a RID is; it holds no rows itself.
    TrafficStatsRepositories,
    /// JSON arrays of daily or weekly views or clones, as the notebooks of the traffic post write them.
    JsonArrays,
    /// A CSV file of days, snapshots or figures with plain column names.
    Plain,
}

impl Format {
    /// The collector's name, as tables hold it.
    pub fn name(self) -> &'static str {
        match self {
            Self::GithubRepoStatsAggregate | Self::GithubRepoStatsSnapshot | Self::GithubRepoStatsCumulative => {
                "github-repo-stats"
            }
            Self::Ghstats => "ghstats",
            Self::TrafficStats | Self::TrafficStatsRepositories => "traffic-stats",
            Self::JsonArrays => "json-arrays",
            Self::Plain => "csv",
        }
    }
}

/// What a file counts where its columns are called `count` and `uniques` only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Page views.
    Views,
    /// Clones.
    Clones,
}

/// How long a time a row of JSON arrays counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// A day.
    Day,
    /// An ISO week.
    Week,
}

/// What a file may leave unsaid.
#[derive(Clone, Debug)]
pub struct Options {
    /// The repository (`owner/name`) of a file that names none; without it the folders of the file may name it.
    pub repository: Option<String>,
    /// Repositories by RID; without them the CSV file RID,ORGNAME,REPONAME in the same folder is read.
    pub repositories: BTreeMap<i64, String>,
    /// What is counted; without it the file's name must say `views` or `clones`.
    pub measure: Option<Measure>,
    /// Days or weeks; without it JSON arrays whose dates are all Mondays hold weeks.
    pub period: Option<Period>,
    /// Today (UTC): the day still growing, after which there can be no rows.
    pub today: NaiveDate,
}

impl Default for Options {
    fn default() -> Self {
        let today = Utc::now().date_naive();
        Self { repository: None, repositories: BTreeMap::new(), measure: None, period: None, today }
    }
}

/// What is in a file, in its own order and with its own repetitions.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The kind of file.
    pub format: Format,
    /// Days.
    pub days: Vec<Day>,
    /// Days without a row although an answer held them whole: nobody came.
    pub quiet_days: Vec<(Arc<str>, NaiveDate)>,
    /// Weeks.
    pub weeks: Vec<Week>,
    /// Referrers and paths, a set each.
    pub snapshots: Vec<Snapshot>,
    /// Stars, forks and other figures by day.
    pub figures: Vec<Figures>,
    /// The numeric ids of repositories, where the file gives GitHub's own.
    pub github_ids: BTreeMap<Arc<str>, i64>,
    /// Repositories by RID; only the file RID,ORGNAME,REPONAME has them.
    pub repositories: BTreeMap<i64, String>,
    /// What a reader of the result has to know, in words.
    pub notes: Vec<String>,
}

impl Imported {
    fn new(format: Format) -> Self {
        Self {
            format,
            days: Vec::new(),
            quiet_days: Vec::new(),
            weeks: Vec::new(),
            snapshots: Vec::new(),
            figures: Vec::new(),
            github_ids: BTreeMap::new(),
            repositories: BTreeMap::new(),
            notes: Vec::new(),
        }
    }
}

/// Reads a file that says everything itself.
///
/// # Errors
/// [`Error::ImportRead`], [`Error::ImportUnknown`], [`Error::ImportField`], [`Error::ImportUnsaid`] and
/// [`Error::ImportDatabase`].
pub fn read(path: &Path) -> Result<Imported> {
    read_with(path, &Options::default())
}

/// Reads a file; `options` say what it does not.
///
/// # Errors
/// As [`read`].
pub fn read_with(path: &Path, options: &Options) -> Result<Imported> {
    let mut imported = match start_of(path)? {
        Start::Sqlite => ghstats::read(path, options)?,
        Start::Json => json_arrays::read(path, options)?,
        Start::Text => read_csv(path, options)?,
    };
    for day in imported.days.iter_mut().filter(|day| day.day >= options.today) {
        day.is_partial = true;
    }
    for week in &mut imported.weeks {
        let sunday = week.monday.checked_add_days(Days::new(6));
        week.is_partial |= sunday.is_none_or(|sunday| sunday >= options.today);
    }
    Ok(imported)
}

fn read_csv(path: &Path, options: &Options) -> Result<Imported> {
    let table = Table::open(path, options.today)?;
    if github_repo_stats::is_snapshot(&table) {
        github_repo_stats::read_snapshot(table, options)
    } else if table.has(&["time_iso8601"]) {
        github_repo_stats::read_series(table, options)
    } else if table.has(&["rid"]) {
        traffic_stats::read(table, options)
    } else {
        plain::read(table, options)
    }
}

/// What the first bytes of a file say.
enum Start {
    Sqlite,
    Json,
    Text,
}

fn start_of(path: &Path) -> Result<Start> {
    let unreadable = |source| Error::ImportRead { path: path.into(), source };
    let file = File::open(path).map_err(unreadable)?;
    let mut start = Vec::new();
    file.take(64).read_to_end(&mut start).map_err(unreadable)?;
    if start.starts_with(b"SQLite format 3\0") {
        return Ok(Start::Sqlite);
    }
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start).trim_ascii_start();
    match text.first() {
        None => Err(Error::ImportUnknown { path: path.into(), found: "the file is empty".into() }),
        Some(b'[' | b'{') => Ok(Start::Json),
        Some(_) => Ok(Start::Text),
    }
}

/// The repository of a file whose rows name none.
fn repository_of(path: &Path, options: &Options) -> Result<Arc<str>> {
    let named = options.repository.clone().or_else(|| names::of_folders(path));
    named.map(Arc::from).ok_or_else(|| Error::ImportUnsaid {
        path: path.into(),
        what: "whose traffic it holds",
        hint: "say the repository: --repo OWNER/NAME",
    })
}

/// What a file counts whose columns do not say it.
fn measure_of(path: &Path, options: &Options) -> Result<Measure> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let of_name = match (name.contains("view"), name.contains("clone")) {
        (true, false) => Some(Measure::Views),
        (false, true) => Some(Measure::Clones),
        _ => None,
    };
    options.measure.or(of_name).ok_or_else(|| Error::ImportUnsaid {
        path: path.into(),
        what: "whether it counts views or clones",
        hint: "give the file a name with views or clones in it",
    })
}

/// The counts of one measure.
fn counts_of(measure: Measure, count: Option<u32>, uniques: Option<u32>) -> Counts {
    match measure {
        Measure::Views => Counts { views: count, view_uniques: uniques, ..Counts::default() },
        Measure::Clones => Counts { clones: count, clone_uniques: uniques, ..Counts::default() },
    }
}

/// Marks what lies at the edges of a history that does not say when it was collected: the first row of each
/// repository, which the first answer may have cut short, and the last date of all, which was still growing.
fn mark_edges(rows: Vec<(Arc<str>, NaiveDate, &mut bool)>) {
    let mut firsts: BTreeMap<Arc<str>, NaiveDate> = BTreeMap::new();
    let last = rows.iter().map(|(_, date, _)| *date).max();
    for (repository, date, _) in &rows {
        let first = firsts.entry(repository.clone()).or_insert(*date);
        *first = (*first).min(*date);
    }
    for (repository, date, is_partial) in rows {
        *is_partial |= Some(date) == last || firsts.get(&repository) == Some(&date);
    }
}

fn mark_edge_days(days: &mut [Day]) {
    mark_edges(days.iter_mut().map(|day| (day.repository.clone(), day.day, &mut day.is_partial)).collect());
}

fn mark_edge_weeks(weeks: &mut [Week]) {
    mark_edges(weeks.iter_mut().map(|week| (week.repository.clone(), week.monday, &mut week.is_partial)).collect());
}

const EDGES_NOTE: &str = "the file does not say when it was collected: the first date of each repository and the \
                          last of all count as partial";

#[cfg(test)]
mod tests;
