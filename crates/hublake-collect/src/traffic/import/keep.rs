//! Keeping what a file told, value by value, with where it is from.

use std::sync::Arc;

use arrow::array::{Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use chrono::{DateTime, Utc};
use hublake_github::Spent;
use hublake_lake::{Lake, PartitionedRows};
use hublake_store::Store;

use crate::raw_rows::{self, sha256_hex};
use crate::raw_writer::RawRun;
use crate::traffic::{PIPELINE, STREAM, Value, complete_attempt};
use crate::{Error, Result, RunStamp, tables};

/// What runs call themselves that read files.
const MODE: &str = "import";

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
    /// SHA-256 of the file's bytes, in hexadecimal: what makes it the same file.
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

/// Puts what a file tells of a repository into `raw_traffic_imports`, once for each file and repository.
///
/// # Errors
/// The lake or the control store cannot be used.
pub async fn keep(
    lake: &Lake,
    store: &Store,
    stamp: &RunStamp,
    at: DateTime<Utc>,
    origin: &Origin<'_>,
    told: &OfRepository<'_>,
) -> Result<Kept> {
    let app_id = format!("import/{}/{}", origin.file_sha256, told.repo_id);
    let mut table = lake.table(&tables::raw_traffic_imports()).await?;
    let kept = match table.transaction_version(&app_id).await? {
        Some(kept_in) => {
            let cursor = store.cursor(STREAM, told.repo_id).await?;
            let published = cursor.and_then(|cursor| cursor.published_run_seq).unwrap_or_default();
            if published >= kept_in { Kept::Known } else { Kept::Unpublished }
        }
        None => {
            let rows = rows(stamp, at, origin, told)?;
            let rows = PartitionedRows { partition: Some(at.date_naive().to_string()), rows };
            table.append(vec![rows], &[(app_id, stamp.run_seq)]).await?;
            Kept::New
        }
    };
    Ok(kept)
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

/// Marks what was kept as ready to be published; after all of it is kept.
///
/// # Errors
/// The lake or the control store cannot be used.
pub async fn complete(lake: &Lake, store: &Store, stamp: &RunStamp, at: DateTime<Utc>, ready: &[Ready]) -> Result<()> {
    let runs: Vec<RawRun> = ready.iter().map(|one| raw_run(stamp, at, one)).collect();
    if runs.is_empty() {
        return Ok(());
    }
    let transactions: Vec<_> = ready.iter().map(|one| (format!("{STREAM}/{}", one.repo_id), stamp.run_seq)).collect();
    lake.table(&tables::raw_runs()).await?.append(raw_rows::runs(&runs)?, &transactions).await?;
    for run in &runs {
        store.save_attempt(STREAM, run.repo_id, &run.attempt).await?;
    }
    Ok(())
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

fn rows(stamp: &RunStamp, at: DateTime<Utc>, origin: &Origin<'_>, told: &OfRepository<'_>) -> Result<RecordBatch> {
    let count = told.values.len();
    let payloads: Vec<String> =
        told.values.iter().map(serde_json::to_string).collect::<Result<_, _>>().map_err(|error| Error::Arrow {
            table: tables::RAW_TRAFFIC_IMPORTS,
            source: arrow::error::ArrowError::JsonError(error.to_string()),
        })?;
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
        Arc::new(StringArray::from_iter_values(&payloads)) as _,
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
