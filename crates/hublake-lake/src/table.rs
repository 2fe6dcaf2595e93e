//! A table opened for writing.

mod commit;
mod create;

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use chrono::NaiveDate;
use deltalake_core::kernel::{Action, Transaction};
use deltalake_core::logstore::LogStoreRef;
use deltalake_core::protocol::{DeltaOperation, SaveMode};
use object_store::ObjectStore;

pub(crate) use self::commit::NewFile;
use crate::file::{self, Packing};
use crate::leaves::Pending;
use crate::log::{self, Checkpoint, Written};
use crate::rows::fit;
use crate::{Error, Result, Snapshot};

/// What a table is to look like.
#[derive(Clone, Debug)]
pub struct TableSpec {
    /// Flat and unique.
    pub name: String,
    /// All columns, the partition column included.
    pub schema: SchemaRef,
    /// A DATE column by which appended files are divided into folders.
    pub partitioned_by: Option<String>,
    /// A DATE column by whose calendar month the rows of a replaced table lie in files of their own.
    pub by_month: Option<String>,
}

/// Rows to append, all with the same value in the partition column (which they do not hold).
pub struct PartitionedRows {
    /// The partition column's value, `YYYY-MM-DD`; `None` in a table without one.
    pub partition: Option<String>,
    /// The rows; a column they lack is null.
    pub rows: RecordBatch,
}

/// What became of an append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// The rows are in the table since this version.
    Committed(i64),
    /// Every transaction identifier was there already, with this or a greater version; nothing was written.
    Repeated,
}

/// A table opened for writing.
pub struct Table {
    pub(crate) snapshot: Snapshot,
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) pending: Pending,
    /// Rows a leaf holds at most.
    pub(crate) leaf_rows: usize,
    /// The place of the column by whose month the rows are stored.
    pub(crate) month_index: Option<usize>,
    log: LogStoreRef,
    checkpoint: Checkpoint,
    transactions: Option<HashMap<String, i64>>,
}

impl Table {
    /// The table as it is now, without what is pending.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The greatest version that was appended under a transaction identifier.
    pub async fn transaction_version(&mut self, app_id: &str) -> Result<Option<i64>> {
        Ok(self.known_transactions().await?.get(app_id).copied())
    }

    /// Adds rows in one commit that carries `transactions` (identifier, version).
    ///
    /// Where every identifier is already in the table with a version that is not smaller, nothing is
    /// written: the same append was committed before. Where that holds for some and not for others, the
    /// append is refused with [`Error::PartlyRepeated`]. Where another writer takes the version, the check
    /// is made again before the next try.
    pub async fn append(&mut self, rows: Vec<PartitionedRows>, transactions: &[(String, i64)]) -> Result<Appended> {
        if self.is_repeated(transactions).await? {
            return Ok(Appended::Repeated);
        }
        let mut added = Vec::with_capacity(rows.len());
        for part in rows.into_iter().filter(|part| part.rows.num_rows() > 0) {
            match self.write_part(part).await {
                Ok(file) => added.push(file),
                Err(error) => {
                    self.delete_files(added.iter().map(|new| new.file.path.as_str())).await;
                    return Err(error);
                }
            }
        }
        if added.is_empty() && transactions.is_empty() {
            return Ok(Appended::Committed(self.snapshot.version));
        }
        let appended = self.commit_append(&added, transactions).await?;
        if appended == Appended::Repeated {
            self.delete_files(added.iter().map(|new| new.file.path.as_str())).await;
        }
        self.checkpoint_if_due().await;
        Ok(appended)
    }

    async fn commit_append(&mut self, added: &[NewFile], transactions: &[(String, i64)]) -> Result<Appended> {
        let stamps: Vec<_> = transactions.iter().map(|(app_id, version)| Transaction::new(app_id, *version)).collect();
        loop {
            let version = self.snapshot.version + 1;
            let actions = added.iter().map(|new| Action::Add(self.add_action(new, true))).collect();
            let operation = DeltaOperation::Write { mode: SaveMode::Append, partition_by: None, predicate: None };
            let written =
                log::write_entry(&self.snapshot.name, &self.log, version, actions, operation, stamps.clone()).await?;
            if written == Written::Committed {
                break;
            }
            self.reload().await?;
            // A store may carry a put out and lose the answer; the put it then repeats finds its own entry.
            if !added.is_empty() && self.holds_all(added) {
                return Ok(Appended::Committed(self.snapshot.version));
            }
            if self.is_repeated(transactions).await? {
                return Ok(Appended::Repeated);
            }
        }
        self.snapshot.version += 1;
        self.snapshot.files.extend(added.iter().map(|new| Arc::clone(&new.file)));
        if let Some(known) = &mut self.transactions {
            for (app_id, version) in transactions {
                log::remember(known, app_id.clone(), *version);
            }
        }
        Ok(Appended::Committed(self.snapshot.version))
    }

    async fn write_part(&self, part: PartitionedRows) -> Result<NewFile> {
        let partition = self.checked_partition(part.partition)?;
        let table = self.snapshot.name.clone();
        let schema = self.snapshot.file_schema();
        let encoded = blocking(&self.snapshot.name, move || {
            let rows = fit(&table, &schema, part.rows)?;
            file::encode(&table, &schema, &[rows], Packing::Dense)
        })
        .await?;
        self.put_file(encoded, partition).await
    }

    /// A value that is not a date would make every later reading of the table fail.
    fn checked_partition(&self, partition: Option<String>) -> Result<Option<String>> {
        let refused = |reason| {
            Err(Error::Unusable {
                table: self.snapshot.name.clone(),
                reason,
                hint: "give each part of an append the day of its partition, or none in a table without one",
            })
        };
        match (&self.snapshot.partition_column, partition) {
            (None, None) => Ok(None),
            (Some(column), None) => refused(format!("rows to be written have no value for {column}")),
            (None, Some(value)) => refused(format!("rows to be written are for {value}, but it has no partitions")),
            (Some(column), Some(value)) => match NaiveDate::parse_from_str(&value, "%Y-%m-%d") {
                Ok(day) => Ok(Some(day.format("%Y-%m-%d").to_string())),
                Err(error) => refused(format!("{value:?} is not a day for {column}: {error}")),
            },
        }
    }

    async fn is_repeated(&mut self, transactions: &[(String, i64)]) -> Result<bool> {
        if transactions.is_empty() {
            return Ok(false);
        }
        let known = self.known_transactions().await?;
        let is_known = |(app_id, version): &&(String, i64)| known.get(app_id).is_some_and(|stored| stored >= version);
        let repeated: Vec<_> = transactions.iter().filter(is_known).map(|(app_id, _)| app_id.as_str()).collect();
        if repeated.is_empty() || repeated.len() == transactions.len() {
            return Ok(!repeated.is_empty());
        }
        let repeated = repeated.join(", ");
        Err(Error::PartlyRepeated { table: self.snapshot.name.clone(), repeated })
    }

    async fn known_transactions(&mut self) -> Result<&HashMap<String, i64>> {
        if self.transactions.is_none() {
            let read = log::transactions(&self.snapshot.name, self.store.as_ref(), self.snapshot.version).await?;
            self.transactions = Some(read);
        }
        Ok(self.transactions.get_or_insert_default())
    }
}

/// Runs work that keeps a processor busy off the threads that serve the network.
pub(crate) async fn blocking<T: Send + 'static>(
    table: &str,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|source| Error::Task { table: table.to_owned(), source })?
}
