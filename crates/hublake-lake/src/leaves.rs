//! Replacing all rows of some repositories.
//!
//! The files of a replaced table hold disjoint ranges of `repo_id`, each up to [`LEAF_ROWS`] rows, like the
//! leaves of a B-tree. Replacing the rows of a repository rewrites the leaf it lies in and no other; a leaf
//! that grows too large is split, two small neighbours are joined. So the cost of a run is that of its own
//! repositories' leaves, at one repository and at 100,000.

mod layout;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use arrow::array::{BooleanArray, RecordBatch, cast::AsArray};
use arrow::compute::{filter_record_batch, not};
use arrow::datatypes::{Int64Type, SchemaRef};
use bytes::Bytes;
use deltalake_core::protocol::{DeltaOperation, SaveMode};

use self::layout::{Extent, Run, into_leaves, runs_by_repository, small_neighbours};
use crate::error::arrow_error;
use crate::file::{self, Packing};
use crate::rows::{decode, decode_column, fit};
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
    pub async fn take(&self, repo_ids: &[i64], previous: bool) -> Result<Taken> {
        let mut sorted = repo_ids.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let leaves = self.leaves_of(&sorted);
        let mut taken = Taken { previous: Vec::new(), repo_ids: sorted.into(), kept: Vec::new(), leaves };
        for leaf in &taken.leaves {
            let bytes = self.read_file(leaf).await?;
            let (table, schema) = (self.snapshot.name.clone(), Arc::clone(&self.snapshot.schema));
            let wanted = Arc::clone(&taken.repo_ids);
            let parts =
                blocking(&self.snapshot.name, move || divide(&table, &schema, bytes, &wanted, previous)).await?;
            taken.previous.extend(parts.previous);
            taken.kept.extend(parts.kept);
        }
        Ok(taken)
    }

    /// Puts `rows` (of the repositories that were taken) in the place of what was taken.
    ///
    /// Nothing is visible before [`Table::commit`]. What was taken must be put before the next is taken.
    pub async fn put(&mut self, taken: Taken, rows: Vec<RecordBatch>) -> Result<()> {
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
        let mut added = Vec::with_capacity(leaves.len());
        for leaf in leaves {
            let slices = leaf.iter().map(|run| batches[run.batch].slice(run.start, run.rows)).collect();
            match self.write_leaf(slices).await {
                Ok(file) => added.push(file),
                Err(error) => {
                    self.delete_files(added.iter().map(|new| new.file.path.as_str())).await;
                    return Err(error);
                }
            }
        }
        self.replace_leaves(removed, added).await;
        Ok(())
    }

    /// Makes everything put since the last commit one new version; gives the table's version.
    ///
    /// After [`Error::Conflict`] the table is the newest version, and what was put is forgotten.
    pub async fn commit(&mut self) -> Result<i64> {
        let Pending { added, removed } = std::mem::take(&mut self.pending);
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
        self.snapshot.files.iter().filter(gone).chain(self.pending.added.iter().map(|new| &new.file))
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
        let bytes = self.read_file(leaf).await?;
        let (table, schema) = (self.snapshot.name.clone(), Arc::clone(&self.snapshot.schema));
        blocking(&self.snapshot.name, move || decode(&table, &schema, bytes)?.collect()).await
    }

    async fn write_leaf(&self, rows: Vec<RecordBatch>) -> Result<NewFile> {
        let (table, schema) = (self.snapshot.name.clone(), Arc::clone(&self.snapshot.schema));
        let encode = move || file::encode(&table, &schema, &rows, Packing::Quick);
        self.put_file(blocking(&self.snapshot.name, encode).await?, None).await
    }

    async fn replace_leaves(&mut self, removed: Vec<Arc<DataFile>>, added: Vec<NewFile>) {
        let mut never_committed = Vec::new();
        for leaf in removed {
            match self.pending.added.iter().position(|own| own.file.path == leaf.path) {
                Some(index) => never_committed.push(self.pending.added.swap_remove(index)),
                None => self.pending.removed.push(leaf),
            }
        }
        self.pending.added.extend(added);
        self.delete_files(never_committed.iter().map(|new| new.file.path.as_str())).await;
    }
}

struct Divided {
    previous: Vec<RecordBatch>,
    kept: Vec<RecordBatch>,
}

fn divide(table: &str, schema: &SchemaRef, bytes: Bytes, wanted: &[i64], previous: bool) -> Result<Divided> {
    let mut parts = Divided { previous: Vec::new(), kept: Vec::new() };
    if !previous && holds_only(table, bytes.clone(), wanted)? {
        return Ok(parts);
    }
    let failed = |source| arrow_error(table, "dividing rows", source);
    let key = schema.index_of(KEY).map_err(failed)?;
    for batch in decode(table, schema, bytes)? {
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
