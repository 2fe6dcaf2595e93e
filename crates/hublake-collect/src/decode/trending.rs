//! What is told of trending repositories as typed rows.
//!
//! Each raw table has its function; [`TrendingRows`] takes what they read and puts together what several answers tell
//! of a repository in a run. The tasks come first: they tell which branches failed, of which nothing is used.

mod details;
mod files;
mod repositories;
mod rows;

use arrow::array::{Array, AsArray, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};

pub use self::details::metrics;
pub use self::files::{files, listings};
pub use self::repositories::repositories;
use self::rows::TaskRow;
pub use self::rows::TrendingRows;
use super::{Rejected, column};
use crate::Result;
use crate::raw_rows::sha256_hex;

/// A function that decodes rows of a raw table, and tells which could not be decoded.
pub type Decode = fn(&RecordBatch, &mut TrendingRows) -> Result<Vec<Rejected>>;

/// The raw tables of a run with what decodes them, in the order in which they are to be decoded.
pub const TABLES: [(&str, Decode); 6] = [
    (crate::tables::RAW_RUN_TASKS, tasks),
    (crate::tables::RAW_REPOS, repositories),
    (crate::tables::RAW_REPO_METRICS, metrics),
    (crate::tables::RAW_REPO_LISTINGS, listings),
    (crate::tables::RAW_FILES, files),
    (crate::tables::RAW_REPO_STAR_HISTORY, star_history),
];

/// Decodes rows of `raw_run_tasks` into `rows`.
///
/// # Errors
/// The batch lacks a column of the table.
pub fn tasks(raw: &RecordBatch, rows: &mut TrendingRows) -> Result<Vec<Rejected>> {
    let (run_ids, branches, names) = (texts(raw, "run_id")?, texts(raw, "branch")?, texts(raw, "task")?);
    let (statuses, messages) = (texts(raw, "status")?, texts(raw, "message")?);
    let (started, finished) = (times(raw, "started_at")?, times(raw, "finished_at")?);
    let run_seqs = numbers(raw, "run_seq")?;
    let [repositories, batches, failed, retried, requests, quota, is_incomplete] =
        ["repositories", "batches", "failed", "retried", "requests", "quota", "is_incomplete"]
            .map(|name| numbers(raw, name));
    let (repositories, batches, failed, retried) = (repositories?, batches?, failed?, retried?);
    let (requests, quota, is_incomplete) = (requests?, quota?, is_incomplete?);
    for row in 0..raw.num_rows() {
        let (branch, task, status) = (branches.value(row), names.value(row), statuses.value(row));
        if task == "discover" && status == "failed" {
            rows.failed_branches.insert((run_seqs.value(row), branch.to_owned()));
        }
        rows.tasks.push(TaskRow {
            run_id: run_ids.value(row).to_owned(),
            run_seq: run_seqs.value(row),
            branch: branch.to_owned(),
            task: task.to_owned(),
            status: status.to_owned(),
            message: messages.is_valid(row).then(|| messages.value(row).to_owned()),
            repositories: repositories.value(row),
            batches: batches.value(row),
            failed: failed.value(row),
            retried: retried.value(row),
            requests: requests.value(row),
            quota: quota.value(row),
            started_at: started.value(row),
            finished_at: finished.value(row),
            is_incomplete: is_incomplete.value(row) != 0,
        });
    }
    Ok(Vec::new())
}

/// Decodes rows of `raw_repo_star_history` into `rows`; tells which could not be decoded.
///
/// # Errors
/// The batch lacks a column of the table.
pub fn star_history(raw: &RecordBatch, rows: &mut TrendingRows) -> Result<Vec<Rejected>> {
    super::answers(raw, &mut rows.stars)
}

/// Where a raw row is from.
struct Origin<'a> {
    repo_id: i64,
    repo_full_name: &'a str,
    run_id: &'a str,
    run_seq: i64,
    /// Microseconds.
    seen_at: i64,
}

/// The columns that all raw tables with a row an element have.
struct Elements<'a> {
    run_id: &'a StringArray,
    run_seq: &'a Int64Array,
    repo_id: &'a Int64Array,
    repo_full_name: &'a StringArray,
    fetched_at: &'a TimestampMicrosecondArray,
    payload: &'a StringArray,
    hash: &'a StringArray,
}

impl<'a> Elements<'a> {
    fn of(raw: &'a RecordBatch) -> Result<Self> {
        Ok(Self {
            run_id: texts(raw, "run_id")?,
            run_seq: numbers(raw, "run_seq")?,
            repo_id: numbers(raw, "repo_id")?,
            repo_full_name: texts(raw, "repo_full_name")?,
            fetched_at: times(raw, "fetched_at")?,
            payload: texts(raw, "payload")?,
            hash: texts(raw, "payload_sha256")?,
        })
    }

    fn origin(&self, row: usize) -> Origin<'a> {
        Origin {
            repo_id: self.repo_id.value(row),
            repo_full_name: self.repo_full_name.value(row),
            run_id: self.run_id.value(row),
            run_seq: self.run_seq.value(row),
            seen_at: self.fetched_at.value(row),
        }
    }

    /// The payload, where there is one; an error where it is not what was kept.
    fn payload(&self, row: usize) -> Result<Option<&'a str>, String> {
        if !self.payload.is_valid(row) {
            return Ok(None);
        }
        let payload = self.payload.value(row);
        match sha256_hex(payload.as_bytes()) == self.hash.value(row) {
            true => Ok(Some(payload)),
            false => Err("the stored payload does not match its hash: the file was damaged or changed".to_owned()),
        }
    }
}

fn texts<'a>(raw: &'a RecordBatch, name: &str) -> Result<&'a StringArray> {
    Ok(column(raw, name)?.as_string())
}

fn numbers<'a>(raw: &'a RecordBatch, name: &str) -> Result<&'a Int64Array> {
    Ok(column(raw, name)?.as_primitive::<Int64Type>())
}

fn times<'a>(raw: &'a RecordBatch, name: &str) -> Result<&'a TimestampMicrosecondArray> {
    Ok(column(raw, name)?.as_primitive::<TimestampMicrosecondType>())
}

/// Runs `read` for each row; an error is a rejection.
fn each(raw: &RecordBatch, mut read: impl FnMut(usize) -> Result<(), String>) -> Vec<Rejected> {
    let rejected = |row| read(row).err().map(|reason| Rejected { row, reason });
    (0..raw.num_rows()).filter_map(rejected).collect()
}

#[cfg(test)]
mod tests;
