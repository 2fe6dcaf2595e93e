//! A table's log: one conditional put a commit, and the transaction identifiers it holds.

use std::collections::HashMap;

use arrow::array::{Array, cast::AsArray};
use arrow::datatypes::Int64Type;
use bytes::Bytes;
use deltalake_core::kernel::transaction::{CommitData, TransactionError};
use deltalake_core::kernel::{Action, Transaction};
use deltalake_core::logstore::{CommitOrBytes, LogStoreRef};
use deltalake_core::protocol::DeltaOperation;
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::Deserialize;

use crate::error::{arrow_error, delta_error, parquet_error, storage_error};
use crate::{Error, Result};

const FIRST_ENTRY: &str = "00000000000000000000.json";

/// Whether an entry became the next version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    Committed,
    VersionTaken,
}

/// The newest checkpoint as the log's own hint tells it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Checkpoint {
    pub(crate) version: i64,
    /// How many actions it holds: files, files taken away, transaction identifiers.
    #[serde(rename = "size")]
    pub(crate) actions: i64,
}

/// Whether a table of this name lies in the lake.
pub(crate) async fn exists(table: &str, store: &dyn ObjectStore) -> Result<bool> {
    let folder = folder(table);
    let failed = |source| storage_error(&folder, "listing a table's log", source);
    // A table keeps its first commit, unless another program cleaned its log up.
    match store.head(&folder.clone().join(FIRST_ENTRY)).await {
        Ok(_) => return Ok(true),
        Err(object_store::Error::NotFound { .. }) => {}
        Err(source) => return Err(failed(source)),
    }
    Ok(store.list(Some(&folder)).try_next().await.map_err(failed)?.is_some())
}

/// Writes `actions` as version `version`, if there is no such version yet.
pub(crate) async fn write_entry(
    table: &str,
    log: &LogStoreRef,
    version: i64,
    actions: Vec<Action>,
    operation: DeltaOperation,
    transactions: Vec<Transaction>,
) -> Result<Written> {
    let failed = |source: TransactionError| delta_error(table, "committing", source.into());
    let bytes = CommitData::new(actions, operation, HashMap::new(), transactions).get_bytes().map_err(failed)?;
    let number = u64::try_from(version).unwrap_or_default();
    match log.write_commit_entry(number, CommitOrBytes::LogBytes(bytes), uuid::Uuid::new_v4()).await {
        Ok(()) => Ok(Written::Committed),
        Err(TransactionError::VersionAlreadyExists(_)) => Ok(Written::VersionTaken),
        Err(source) => Err(failed(source)),
    }
}

/// Writes the entry that makes a table, if there is none yet.
pub(crate) async fn write_first_entry(
    table: &str,
    store: &dyn ObjectStore,
    actions: Vec<Action>,
    operation: DeltaOperation,
) -> Result<()> {
    let bytes = CommitData::new(actions, operation, HashMap::new(), Vec::new()).get_bytes();
    let bytes = bytes.map_err(|source| delta_error(table, "creating", source.into()))?;
    let path = folder(table).join(FIRST_ENTRY);
    let create = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
    match store.put_opts(&path, PutPayload::from(bytes), create).await {
        Ok(_) | Err(object_store::Error::AlreadyExists { .. }) => Ok(()),
        Err(source) => Err(storage_error(&path, "creating a table", source)),
    }
}

/// The newest checkpoint; the table's beginning where there is none or the hint cannot be read.
pub(crate) async fn last_checkpoint(table: &str, store: &dyn ObjectStore) -> Checkpoint {
    let hint = read(store, &folder(table).join("_last_checkpoint")).await;
    hint.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// The newest version of every transaction identifier in the log up to `version`.
pub(crate) async fn transactions(table: &str, store: &dyn ObjectStore, version: i64) -> Result<HashMap<String, i64>> {
    let entries = entries_since_checkpoint(table, store, version).await?;
    let mut newest = HashMap::new();
    let mut next = 0;
    let checkpoint = entries
        .iter()
        .filter_map(|entry| Some((numbered(entry, ".checkpoint.parquet")?, entry)))
        .filter(|(number, _)| *number <= version)
        .max();
    if let Some((number, path)) = checkpoint {
        let bytes = read(store, path).await.map_err(|source| storage_error(path, "reading a table's log", source))?;
        checkpoint_transactions(table, bytes, &mut newest)?;
        next = number + 1;
    }
    let mut commits: Vec<_> = entries
        .iter()
        .filter_map(|entry| Some((numbered(entry, ".json")?, entry)))
        .filter(|(number, _)| (next..=version).contains(number))
        .collect();
    commits.sort_unstable();
    for (number, path) in commits {
        if number != next {
            break;
        }
        let bytes = read(store, path).await.map_err(|source| storage_error(path, "reading a table's log", source))?;
        commit_transactions(table, number, &bytes, &mut newest)?;
        next += 1;
    }
    if next <= version {
        return Err(Error::Unusable {
            table: table.to_owned(),
            reason: format!("its log has no version {next}, so it cannot be told what was written before"),
            hint: "restore the missing file of _delta_log from a backup",
        });
    }
    Ok(newest)
}

/// The log's files from the newest checkpoint on, all of them where that is newer than `version`.
async fn entries_since_checkpoint(table: &str, store: &dyn ObjectStore, version: i64) -> Result<Vec<Path>> {
    let folder = folder(table);
    let checkpoint = last_checkpoint(table, store).await.version;
    let listing = if checkpoint > 0 && checkpoint <= version {
        // In the order of names, a version's checkpoint comes before its commit.
        store.list_with_offset(Some(&folder), &folder.clone().join(format!("{checkpoint:020}")))
    } else {
        store.list(Some(&folder))
    };
    let entries = listing.map_ok(|entry| entry.location).try_collect().await;
    entries.map_err(|source| storage_error(&folder, "reading a table's log", source))
}

fn folder(table: &str) -> Path {
    Path::from_iter([table, "_delta_log"])
}

async fn read(store: &dyn ObjectStore, path: &Path) -> object_store::Result<Bytes> {
    store.get(path).await?.bytes().await
}

fn numbered(path: &Path, ending: &str) -> Option<i64> {
    path.filename()?.strip_suffix(ending)?.parse().ok()
}

fn commit_transactions(table: &str, version: i64, entry: &[u8], newest: &mut HashMap<String, i64>) -> Result<()> {
    #[derive(Deserialize)]
    struct Line {
        txn: Option<Transaction>,
    }
    let unreadable = |why: String| Error::Unusable {
        table: table.to_owned(),
        reason: format!("version {version} of its log cannot be read: {why}"),
        hint: "restore that file of _delta_log from a backup",
    };
    if entry.trim_ascii().is_empty() {
        return Err(unreadable("it is empty".to_owned()));
    }
    for line in entry.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
        let line: Line = serde_json::from_slice(line).map_err(|source| unreadable(source.to_string()))?;
        if let Some(transaction) = line.txn {
            remember(newest, transaction.app_id, transaction.version);
        }
    }
    Ok(())
}

fn checkpoint_transactions(table: &str, bytes: Bytes, newest: &mut HashMap<String, i64>) -> Result<()> {
    let failed = |source| parquet_error(table, "reading a checkpoint", source);
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).map_err(failed)?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), ["txn.appId", "txn.version"]);
    for batch in builder.with_projection(mask).build().map_err(failed)? {
        let batch = batch.map_err(|source| arrow_error(table, "reading a checkpoint", source))?;
        let Some(rows) = batch.column_by_name("txn").and_then(|column| column.as_struct_opt()) else { continue };
        let (Some(ids), Some(versions)) = (rows.column_by_name("appId"), rows.column_by_name("version")) else {
            continue;
        };
        let (ids, versions) = (ids.as_string::<i32>(), versions.as_primitive::<Int64Type>());
        for row in 0..rows.len() {
            if rows.is_valid(row) {
                remember(newest, ids.value(row).to_owned(), versions.value(row));
            }
        }
    }
    Ok(())
}

/// Keeps the greatest version of an identifier.
pub(crate) fn remember(newest: &mut HashMap<String, i64>, app_id: String, version: i64) {
    let stored = newest.entry(app_id).or_insert(version);
    *stored = version.max(*stored);
}
