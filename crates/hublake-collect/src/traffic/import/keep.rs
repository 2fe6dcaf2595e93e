//! Keeping what a file told, value by value, with where it is from.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow::array::{Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use chrono::{DateTime, Utc};
use hublake_github::Spent;
use hublake_lake::{Lake, PartitionedRows, Table};
use hublake_store::Store;

use crate::raw_rows::{self, sha256_hex};
use crate::raw_writer::RawRun;
use crate::traffic::{PIPELINE, STREAM, Value, complete_attempt};
use crate::{Error, Result, RunStamp, tables};

/// What runs call themselves that read files.
const MODE: &str = "import";
/// Values that are written in one commit, about.
const GROUP_VALUES: usize = 100_000;

/// What a file tells of one repository.
pub struct OfRepository<'a> {
    /// Numeric id.
    pub repo_id: i64,
    /// `owner/name` as it is now.
    pub full_name: &'a str,
    /// In the order of the file.
    pub values: Vec<Value>,
}

/// Where values are from.
pub struct Origin<'a> {
    /// The name of the file, without its folder.
    pub file_name: &'a str,
    /// SHA-256 of the file's bytes, in hexadecimal.
    pub file_sha256: &'a str,
    /// Which collector's format it has, such as `ghstats`.
    pub format: &'static str,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The values are in the lake, ready to be published.
    New,
    /// They are there since an earlier run that did not come to publishing; they are ready now.
    Unpublished,
    /// They are published since an earlier run.
    Known,
}

/// Puts what files tell into `raw_traffic_imports`, the same values of a repository once, many files in one commit.
pub struct Keeper<'a> {
    lake: &'a Lake,
    store: &'a Store,
    stamp: &'a RunStamp,
    at: DateTime<Utc>,
    table: Table,
    /// By repository, the run up to which imports are published.
    published: HashMap<i64, i64>,
    waiting: Vec<RecordBatch>,
    transactions: Vec<(String, i64)>,
    ready: BTreeMap<i64, Ready>,
}

impl<'a> Keeper<'a> {
    /// Opens the table; values are those of the run `stamp`, read at `at`.
    ///
    /// # Errors
    /// The lake or the control store cannot be used.
    pub async fn open(lake: &'a Lake, store: &'a Store, stamp: &'a RunStamp, at: DateTime<Utc>) -> Result<Self> {
        let table = lake.table(&tables::raw_traffic_imports()).await?;
        let cursors = store.cursors(STREAM).await?;
        let published = cursors.into_iter().filter_map(|cursor| Some((cursor.repo_id, cursor.published_run_seq?)));
        Ok(Self {
            lake,
            store,
            stamp,
            at,
            table,
            published: published.collect(),
            waiting: Vec::new(),
            transactions: Vec::new(),
            ready: BTreeMap::new(),
        })
    }

    /// Takes what a file tells of a repository, unless it did before.
    ///
    /// # Errors
    /// As [`Keeper::open`].
    pub async fn keep(&mut self, origin: &Origin<'_>, told: &OfRepository<'_>) -> Result<Kept> {
        let payloads = payloads(&told.values)?;
        // What is the same is told by the values: a file's name says things too, such as a list's day.
        let content = format!("{}\n{}", origin.format, payloads.join("\n"));
        let app_id = format!("import/{}/{}", sha256_hex(content.as_bytes()), told.repo_id);
        if self.transactions.iter().any(|(known, _)| *known == app_id) {
            return Ok(Kept::Known);
        }
        let kept = match self.table.transaction_version(&app_id).await? {
            Some(kept_in) if self.published.get(&told.repo_id).is_some_and(|run_seq| *run_seq >= kept_in) => {
                return Ok(Kept::Known);
            }
            Some(_) => Kept::Unpublished,
            None => {
                self.waiting.push(rows(self.stamp, self.at, origin, told, &payloads)?);
                self.transactions.push((app_id, self.stamp.run_seq));
                Kept::New
            }
        };
        let (repo_id, full_name) = (told.repo_id, told.full_name.to_owned());
        let ready = self.ready.entry(repo_id).or_insert(Ready { repo_id, full_name, values: 0 });
        ready.values += i64::try_from(told.values.len()).unwrap_or(i64::MAX);
        if self.waiting.iter().map(RecordBatch::num_rows).sum::<usize>() >= GROUP_VALUES {
            self.flush().await?;
        }
        Ok(kept)
    }

    async fn flush(&mut self) -> Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let schema = tables::file_schema(&tables::raw_traffic_imports());
        let rows = arrow::compute::concat_batches(&schema, &std::mem::take(&mut self.waiting))
            .map_err(|source| Error::Arrow { table: tables::RAW_TRAFFIC_IMPORTS, source })?;
        let rows = PartitionedRows { partition: Some(self.at.date_naive().to_string()), rows };
        self.table.append(vec![rows], &std::mem::take(&mut self.transactions)).await?;
        Ok(())
    }

    /// Marks all that was kept as ready to be published, and tells of which repositories.
    ///
    /// # Errors
    /// As [`Keeper::open`].
    pub async fn complete(mut self) -> Result<Vec<Ready>> {
        self.flush().await?;
        let ready: Vec<Ready> = self.ready.into_values().collect();
        let runs: Vec<RawRun> = ready.iter().map(|one| raw_run(self.stamp, self.at, one)).collect();
        if !runs.is_empty() {
            let run_seq = self.stamp.run_seq;
            let transactions: Vec<_> = ready.iter().map(|one| (format!("{STREAM}/{}", one.repo_id), run_seq)).collect();
            self.lake.table(&tables::raw_runs()).await?.append(raw_rows::runs(&runs)?, &transactions).await?;
        }
        for run in &runs {
            self.store.save_attempt(STREAM, run.repo_id, &run.attempt).await?;
        }
        Ok(ready)
    }
}

/// A repository of which something was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready {
    /// Numeric id.
    pub repo_id: i64,
    /// `owner/name`.
    pub full_name: String,
    /// How many values.
    pub values: i64,
}

fn raw_run(stamp: &RunStamp, at: DateTime<Utc>, ready: &Ready) -> RawRun {
    RawRun {
        stamp: stamp.clone(),
        pipeline: PIPELINE,
        stream: STREAM,
        repo_id: ready.repo_id,
        repo_full_name: ready.full_name.clone(),
        is_renamed: false,
        mode: MODE,
        started_at: at,
        finished_at: at,
        since: None,
        pages_fetched: 0,
        records_fetched: ready.values,
        max_updated_at: None,
        final_url: String::new(),
        spent: Spent::default(),
        attempt: complete_attempt(stamp, at, MODE),
    }
}

/// Values in the form in which they are kept.
fn payloads(values: &[Value]) -> Result<Vec<String>> {
    let written: Result<_, _> = values.iter().map(serde_json::to_string).collect();
    written.map_err(|error| Error::Arrow {
        table: tables::RAW_TRAFFIC_IMPORTS,
        source: arrow::error::ArrowError::JsonError(error.to_string()),
    })
}

fn rows(
    stamp: &RunStamp,
    at: DateTime<Utc>,
    origin: &Origin<'_>,
    told: &OfRepository<'_>,
    payloads: &[String],
) -> Result<RecordBatch> {
    let count = payloads.len();
    let same = |text: &str| Arc::new(StringArray::from_iter_values(std::iter::repeat_n(text, count))) as _;
    let number = |number: i64| Arc::new(Int64Array::from_iter_values(std::iter::repeat_n(number, count))) as _;
    let places = (0..).take(count);
    let times = std::iter::repeat_n(at.timestamp_micros(), count);
    let columns = vec![
        same(&stamp.run_id),
        number(stamp.run_seq),
        number(told.repo_id),
        same(told.full_name),
        same(STREAM),
        number(1),
        Arc::new(Int64Array::from_iter_values(places)) as _,
        Arc::new(TimestampMicrosecondArray::from_iter_values(times).with_timezone("UTC")) as _,
        same(origin.format),
        same(origin.file_name),
        same(origin.file_sha256),
        Arc::new(StringArray::from_iter_values(payloads)) as _,
        Arc::new(StringArray::from_iter_values(payloads.iter().map(|text| sha256_hex(text.as_bytes())))) as _,
    ];
    RecordBatch::try_new(tables::file_schema(&tables::raw_traffic_imports()), columns)
        .map_err(|source| Error::Arrow { table: tables::RAW_TRAFFIC_IMPORTS, source })
}

/// SHA-256 of a file's bytes, in hexadecimal; the file is read in parts.
///
/// # Errors
/// [`Error::ImportRead`].
pub fn file_sha256(path: &std::path::Path) -> Result<String> {
    use sha2::Digest;
    let failed = |source| Error::ImportRead { path: path.into(), source };
    let mut file = std::fs::File::open(path).map_err(failed)?;
    let mut hash = sha2::Sha256::new();
    std::io::copy(&mut file, &mut hash).map_err(failed)?;
    Ok(raw_rows::hexadecimal(&hash.finalize()))
}
