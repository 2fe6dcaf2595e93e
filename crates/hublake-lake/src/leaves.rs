//! Replacing all rows of some repositories.
//!
//! The files of a replaced table hold disjoint ranges of `repo_id`, each up to [`LEAF_ROWS`] rows, like the
//! leaves of a B-tree. Replacing the rows of a repository rewrites the leaf it lies in and no other; a leaf
//! that grows too large is split, two small neighbours are joined. So the cost of a run is that of its own
//! repositories' leaves, at one repository and at 100,000.
//!
//! The last leaf of a put stays open, in memory, until something else is put: a run that goes through the
//! repositories in the order of their ids writes each leaf once.

mod layout;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use arrow::array::{BooleanArray, RecordBatch, cast::AsArray};
use arrow::compute::{filter_record_batch, not};
use arrow::datatypes::{Int64Type, SchemaRef};
use bytes::Bytes;
use deltalake_core::protocol::{DeltaOperation, SaveMode};
use tokio::task::JoinHandle;

use self::layout::{Extent, Run, into_leaves, runs_by_repository, small_neighbours};
use crate::error::arrow_error;
use crate::file::{self, Encoded, Packing};
use crate::rows::{decode, decode_column, fit};
use crate::snapshot::ColumnBounds;
use crate::table::{NewFile, Table, blocking};
use crate::{DataFile, Error, Result};

/// Rows a leaf holds at most.
pub(crate) const LEAF_ROWS: usize = 64 * 1024;
const KEY: &str = "repo_id";

/// Files written and taken away since the last commit.
#[derive(Default)]
pub(crate) struct Pending {
    added: Vec<NewFile>,
    removed: Vec<Arc<DataFile>>,
    open: Option<OpenLeaf>,
    encoding: Vec<EncodingLeaf>,
}

/// A leaf that is not written yet; its file is only a name and a range.
struct OpenLeaf {
    file: Arc<DataFile>,
    rows: Vec<RecordBatch>,
}

/// A leaf that is on its way; its file is only a name and a range.
struct EncodingLeaf {
    file: Arc<DataFile>,
    encoded: JoinHandle<Result<Encoded>>,
}

/// What a table holds of some repositories, and what shares their leaves.
pub struct Taken {
    /// The rows of the repositories, sorted by repository; empty if they were not asked for.
    pub previous: Vec<RecordBatch>,
    repo_ids: Arc<[i64]>,
    kept: Vec<RecordBatch>,
    leaves: Vec<Arc<DataFile>>,
}

impl Table {
    /// Reads what replacing the rows of `repo_ids` needs, and with `previous` these rows.
    pub async fn take(&mut self, repo_ids: &[i64], previous: bool) -> Result<Taken> {
        let mut sorted = repo_ids.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let mut leaves = self.leaves_of(&sorted);
        let is_encoding = |leaf: &Arc<DataFile>| self.pending.encoding.iter().any(|one| one.file.path == leaf.path);
        if leaves.iter().any(is_encoding) {
            self.finish_leaves().await?;
            leaves = self.leaves_of(&sorted);
        }
        let mut taken = Taken { previous: Vec::new(), repo_ids: sorted.into(), kept: Vec::new(), leaves };
        for leaf in &taken.leaves {
            let (table, schema) = (self.snapshot.name.clone(), Arc::clone(&self.snapshot.schema));
            let wanted = Arc::clone(&taken.repo_ids);
            let parts = match self.open_rows(leaf) {
                Some(rows) => divide(&table, self.key_index(), rows.iter().cloned().map(Ok), &wanted, previous)?,
                None => {
                    let bytes = self.read_file(leaf).await?;
                    let work = move || divide_file(&table, &schema, bytes, &wanted, previous);
                    blocking(&self.snapshot.name, work).await?
                }
            };
            taken.previous.extend(parts.previous);
            taken.kept.extend(parts.kept);
        }
        Ok(taken)
    }

    /// Puts `rows` (of the repositories that were taken) in the place of what was taken.
    ///
    /// Nothing is visible before [`Table::commit`]. What was taken must be put before the next is taken.
    pub async fn put(&mut self, taken: Taken, rows: Vec<RecordBatch>) -> Result<()> {
        self.finish_leaves().await?;
        self.check_still_there(&taken)?;
        let mut batches = Vec::with_capacity(rows.len() + taken.kept.len());
        for batch in rows.into_iter().filter(|batch| batch.num_rows() > 0) {
            let batch = fit(&self.snapshot.name, &self.snapshot.schema, batch)?;
            self.check_repositories(&batch, &taken.repo_ids)?;
            batches.push(batch);
        }
        batches.extend(taken.kept);
        let mut removed = taken.leaves;
        let leaves = self.lay_out(&mut batches, &mut removed).await?;
        let slices = |leaf: &Vec<Run>| leaf.iter().map(|run| batches[run.batch].slice(run.start, run.rows)).collect();
        let mut leaves: Vec<Vec<RecordBatch>> = leaves.iter().map(slices).collect();
        let open = leaves.pop().map(|rows| self.open_leaf(rows));
        // An open leaf that was not taken again is complete.
        let is_taken = |file: &Arc<DataFile>| removed.iter().any(|leaf| leaf.path == file.path);
        leaves.extend(self.pending.open.iter().filter(|open| !is_taken(&open.file)).map(|open| open.rows.clone()));
        self.pending.open = open;
        self.forget_leaves(removed).await;
        // Encoding goes on while the caller computes what is put next.
        self.pending.encoding = leaves.into_iter().map(|rows| self.encode_leaf(rows)).collect();
        Ok(())
    }

    /// Makes everything put since the last commit one new version; gives the table's version.
    ///
    /// After [`Error::Conflict`] the table is the newest version, and what was put is forgotten.
    pub async fn commit(&mut self) -> Result<i64> {
        if let Some(open) = self.pending.open.take() {
            let leaf = self.encode_leaf(open.rows);
            self.pending.encoding.push(leaf);
        }
        self.finish_leaves().await?;
        let Pending { added, removed, .. } = std::mem::take(&mut self.pending);
        if added.is_empty() && removed.is_empty() {
            return Ok(self.snapshot.version);
        }
        let operation = DeltaOperation::Write { mode: SaveMode::Overwrite, partition_by: None, predicate: None };
        self.commit_files(&removed, added, operation, true).await?;
        Ok(self.snapshot.version)
    }

    /// Forgets everything put since the last commit.
    pub async fn roll_back(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        self.delete_files(pending.added.iter().map(|new| new.file.path.as_str())).await;
    }

    fn key_index(&self) -> usize {
        self.snapshot.schema.index_of(KEY).unwrap_or_default()
    }

    fn current_leaves(&self) -> impl Iterator<Item = &Arc<DataFile>> {
        let gone = |leaf: &&Arc<DataFile>| !self.pending.removed.iter().any(|removed| removed.path == leaf.path);
        let new = self.pending.added.iter().map(|new| &new.file);
        let encoding = self.pending.encoding.iter().map(|leaf| &leaf.file);
        let open = self.pending.open.iter().map(|open| &open.file);
        self.snapshot.files.iter().filter(gone).chain(new).chain(encoding).chain(open)
    }

    fn open_leaf(&self, rows: Vec<RecordBatch>) -> OpenLeaf {
        OpenLeaf { file: self.described(&rows), rows }
    }

    fn encode_leaf(&self, rows: Vec<RecordBatch>) -> EncodingLeaf {
        let file = self.described(&rows);
        let (table, schema) = (self.snapshot.name.clone(), Arc::clone(&self.snapshot.schema));
        let encoded = tokio::task::spawn_blocking(move || file::encode(&table, &schema, &rows, Packing::Quick));
        EncodingLeaf { file, encoded }
    }

    /// A stand-in for the file that rows will lie in.
    fn described(&self, rows: &[RecordBatch]) -> Arc<DataFile> {
        let key = self.key_index();
        let ids = rows.iter().flat_map(|rows| rows.column(key).as_primitive::<Int64Type>().values());
        let bounds = ids.fold(None, |bounds: Option<(i64, i64)>, id| {
            Some(bounds.map_or((*id, *id), |(lowest, greatest)| (lowest.min(*id), greatest.max(*id))))
        });
        let bounds = bounds.map(|(lowest, greatest)| ColumnBounds { column: key, lowest, greatest });
        Arc::new(DataFile {
            path: format!("leaf-{}", uuid::Uuid::new_v4()),
            size: 0,
            rows: rows.iter().map(RecordBatch::num_rows).sum(),
            modified_ms: 0,
            partition: None,
            bounds: bounds.into_iter().collect(),
        })
    }

    fn open_rows(&self, leaf: &DataFile) -> Option<&[RecordBatch]> {
        self.pending.open.as_ref().filter(|open| open.file.path == leaf.path).map(|open| open.rows.as_slice())
    }

    /// The leaves in whose range one of the repositories (ascending) lies, in the order of their ranges.
    fn leaves_of(&self, repo_ids: &[i64]) -> Vec<Arc<DataFile>> {
        let key = self.key_index();
        let touched = |leaf: &&Arc<DataFile>| match leaf.range(key) {
            Some((lowest, greatest)) => {
                let next = repo_ids.partition_point(|id| *id < lowest);
                repo_ids.get(next).is_some_and(|id| *id <= greatest)
            }
            None => !repo_ids.is_empty(),
        };
        let mut leaves: Vec<_> = self.current_leaves().filter(touched).cloned().collect();
        leaves.sort_by_key(|leaf| leaf.range(key));
        leaves
    }

    fn check_still_there(&self, taken: &Taken) -> Result<()> {
        let now = self.leaves_of(&taken.repo_ids);
        if now.len() == taken.leaves.len() && now.iter().zip(&taken.leaves).all(|(now, then)| now.path == then.path) {
            return Ok(());
        }
        Err(Error::Unusable {
            table: self.snapshot.name.clone(),
            reason: "rows are put in the place of rows that were replaced meanwhile".to_owned(),
            hint: "put what was taken before taking the next repositories",
        })
    }

    fn check_repositories(&self, batch: &RecordBatch, taken: &[i64]) -> Result<()> {
        let ids = batch.column(self.key_index()).as_primitive::<Int64Type>();
        let stranger = ids.iter().find(|id| id.is_none_or(|id| taken.binary_search(&id).is_err()));
        let Some(stranger) = stranger else { return Ok(()) };
        let named = stranger.map_or_else(|| "no repository".to_owned(), |id| format!("repository {id}"));
        Err(Error::Unusable {
            table: self.snapshot.name.clone(),
            reason: format!("rows of {named} are put in the place of other repositories' rows"),
            hint: "the query that makes the rows must keep to the repositories it is given",
        })
    }

    /// Divides rows among leaves; small neighbours that they need beside them go to `batches` and `removed`.
    async fn lay_out(&self, batches: &mut Vec<RecordBatch>, removed: &mut Vec<Arc<DataFile>>) -> Result<Vec<Vec<Run>>> {
        let key = self.key_index();
        let extent = |leaf: &Arc<DataFile>| {
            leaf.range(key).map(|(lowest, greatest)| Extent { lowest, greatest, rows: leaf.rows })
        };
        let taken: Vec<Extent> = removed.iter().filter_map(extent).collect();
        loop {
            let mut others: Vec<_> = self
                .current_leaves()
                .filter(|leaf| !removed.iter().any(|own| own.path == leaf.path))
                .filter_map(|leaf| Some((extent(leaf)?, Arc::clone(leaf))))
                .collect();
            others.sort_by_key(|(extent, _)| extent.place());
            let extents: Vec<Extent> = others.iter().map(|(extent, _)| *extent).collect();
            let leaves = into_leaves(&runs_by_repository(batches, key), &extents, self.leaf_rows);
            let small = small_neighbours(&leaves, &extents, &taken, self.leaf_rows);
            if small.is_empty() {
                return Ok(leaves);
            }
            for place in small {
                let leaf = Arc::clone(&others[place].1);
                batches.extend(self.read_leaf(&leaf).await?);
                removed.push(leaf);
            }
        }
    }

    async fn read_leaf(&self, leaf: &DataFile) -> Result<Vec<RecordBatch>> {
        if let Some(rows) = self.open_rows(leaf) {
            return Ok(rows.to_vec());
        }
        let bytes = self.read_file(leaf).await?;
        let (table, schema) = (self.snapshot.name.clone(), Arc::clone(&self.snapshot.schema));
        blocking(&self.snapshot.name, move || decode(&table, &schema, bytes)?.collect()).await
    }

    /// Waits for the leaves that are being encoded and writes them.
    async fn finish_leaves(&mut self) -> Result<()> {
        for leaf in std::mem::take(&mut self.pending.encoding) {
            let encoded = leaf.encoded.await;
            let encoded = encoded.map_err(|source| Error::Task { table: self.snapshot.name.clone(), source })?;
            let file = self.put_file(encoded?, None).await?;
            self.pending.added.push(file);
        }
        Ok(())
    }

    async fn forget_leaves(&mut self, removed: Vec<Arc<DataFile>>) {
        let mut never_committed = Vec::new();
        for leaf in removed {
            match self.pending.added.iter().position(|own| own.file.path == leaf.path) {
                Some(index) => never_committed.push(self.pending.added.swap_remove(index)),
                None if self.snapshot.files.iter().any(|file| file.path == leaf.path) => {
                    self.pending.removed.push(leaf)
                }
                // It was open: there is no file of it.
                None => {}
            }
        }
        self.delete_files(never_committed.iter().map(|new| new.file.path.as_str())).await;
    }
}

struct Divided {
    previous: Vec<RecordBatch>,
    kept: Vec<RecordBatch>,
}

fn divide_file(table: &str, schema: &SchemaRef, bytes: Bytes, wanted: &[i64], previous: bool) -> Result<Divided> {
    if !previous && holds_only(table, bytes.clone(), wanted)? {
        return Ok(Divided { previous: Vec::new(), kept: Vec::new() });
    }
    let key = schema.index_of(KEY).map_err(|source| arrow_error(table, "dividing rows", source))?;
    divide(table, key, decode(table, schema, bytes)?, wanted, previous)
}

fn divide(
    table: &str,
    key: usize,
    rows: impl Iterator<Item = Result<RecordBatch>>,
    wanted: &[i64],
    previous: bool,
) -> Result<Divided> {
    let failed = |source| arrow_error(table, "dividing rows", source);
    let mut parts = Divided { previous: Vec::new(), kept: Vec::new() };
    for batch in rows {
        let batch = batch?;
        let ids = batch.column(key).as_primitive::<Int64Type>();
        let is_wanted = BooleanArray::from_unary(ids, |id| wanted.binary_search(&id).is_ok());
        let wanted_rows = is_wanted.true_count();
        if previous && wanted_rows > 0 {
            parts.previous.push(filter_record_batch(&batch, &is_wanted).map_err(failed)?);
        }
        if wanted_rows < batch.num_rows() {
            let is_kept = not(&is_wanted).map_err(failed)?;
            parts.kept.push(filter_record_batch(&batch, &is_kept).map_err(failed)?);
        }
    }
    Ok(parts)
}

/// Whether every row belongs to one of the wanted repositories: then nothing else need be decoded.
fn holds_only(table: &str, bytes: Bytes, wanted: &[i64]) -> Result<bool> {
    for ids in decode_column(table, KEY, bytes)? {
        let ids = ids?;
        if ids.as_primitive::<Int64Type>().values().iter().any(|id| wanted.binary_search(id).is_err()) {
            return Ok(false);
        }
    }
    Ok(true)
}
