//! Replacing all rows of some repositories.
//!
//! The files of a replaced table hold disjoint ranges of `repo_id`, each up to [`LEAF_ROWS`] rows, like the
//! leaves of a B-tree. Replacing the rows of a repository rewrites the leaf it lies in and no other; a leaf
//! that grows too large is split, two small neighbours are joined. So the cost of a run is that of its own
//! repositories' leaves, at one repository and at 100,000.
//!
//! A table stored by month has such leaves for each calendar month of a DATE column, and the rows of some months
//! or days are replaced: the cost of a run is that of its own repositories' leaves of these months, at one month and
//! at 120.
//!
//! The last leaf of a put stays open, in memory, until something else is put: a run that goes through the
//! repositories in the order of their ids writes each leaf once. In a table stored by month the last leaves of the
//! newest months stay open.

mod by_month;
mod divide;
mod layout;
mod pending;
mod periods;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use arrow::array::{RecordBatch, cast::AsArray};
use arrow::datatypes::Int64Type;
use deltalake_core::protocol::{DeltaOperation, SaveMode};

use self::divide::{Asked, Divided, Wanted, divide, divide_file};
use self::layout::{Extent, Run, into_leaves, runs_by_repository, slices, small_neighbours};
pub(crate) use self::pending::Pending;
use self::periods::TakenPeriods;
use crate::months::{Month, Months};
use crate::rows::fit;
use crate::table::{Table, blocking};
use crate::{DataFile, Error, Result};

/// Rows a leaf holds at most.
pub(crate) const LEAF_ROWS: usize = 64 * 1024;
/// Leaves that a table stored by month keeps open; a day's run touches hardly more months.
const OPEN_MONTHS: usize = 4;
/// Leaves that are being encoded while the next month's are laid out.
const ENCODING_AT_ONCE: usize = 4;
const KEY: &str = "repo_id";

/// What a table holds of some repositories, and what shares their leaves.
pub struct Taken {
    /// The rows of the repositories, sorted by repository; empty if they were not asked for.
    pub previous: Vec<RecordBatch>,
    repo_ids: Arc<[i64]>,
    kept: Vec<RecordBatch>,
    leaves: Vec<Arc<DataFile>>,
    periods: Option<TakenPeriods>,
}

impl Table {
    /// Reads what replacing the rows of `repo_ids` needs, and with `previous` these rows.
    ///
    /// Of a table stored by month some months or days are taken, with [`Table::take_months`] or [`Table::take_days`].
    pub async fn take(&mut self, repo_ids: &[i64], previous: bool) -> Result<Taken> {
        if self.month_index.is_some() {
            return Err(Error::Unusable {
                table: self.snapshot.name.clone(),
                reason: "it is stored by month, and rows were asked for without months".to_owned(),
                hint: "take all of its months if a repository is to go",
            });
        }
        let repo_ids = in_order(repo_ids);
        let leaves = self.settled_leaves(&repo_ids, None).await?;
        let wanted = Wanted::all_of(&repo_ids);
        let mut taken = Taken { previous: Vec::new(), repo_ids, kept: Vec::new(), leaves, periods: None };
        for leaf in &taken.leaves {
            let parts = self.divide_leaf(leaf, &wanted, Asked { previous, kept: true }).await?;
            taken.previous.extend(parts.previous);
            taken.kept.extend(parts.kept);
        }
        Ok(taken)
    }

    /// Puts `rows` (of the repositories, and months or days, that were taken) in the place of what was taken.
    ///
    /// Nothing is visible before [`Table::commit`]. What was taken must be put before the next is taken. After an
    /// error a part of the rows may have been put: [`Table::roll_back`] forgets it.
    pub async fn put(&mut self, taken: Taken, rows: Vec<RecordBatch>) -> Result<()> {
        self.finish_leaves().await?;
        self.check_still_there(&taken)?;
        let mut batches = Vec::with_capacity(rows.len() + taken.kept.len());
        for batch in rows.into_iter().filter(|batch| batch.num_rows() > 0) {
            let batch = fit(&self.snapshot.name, &self.snapshot.schema, batch)?;
            self.check_repositories(&batch, &taken.repo_ids)?;
            batches.push(batch);
        }
        match &taken.periods {
            Some(periods) => self.put_periods(&taken.repo_ids, periods, &batches).await,
            None => {
                batches.extend(taken.kept);
                self.put_part(None, batches, taken.leaves).await
            }
        }
    }

    /// Makes everything put since the last commit one new version; gives the table's version.
    ///
    /// After [`Error::Conflict`] the table is the newest version, and what was put is forgotten.
    pub async fn commit(&mut self) -> Result<i64> {
        for open in std::mem::take(&mut self.pending.open) {
            self.encode_leaf(open.rows);
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

    /// The leaves that repositories (ascending) touch, none of which is being encoded.
    async fn settled_leaves(&mut self, repo_ids: &[i64], months: Option<&Months>) -> Result<Vec<Arc<DataFile>>> {
        let leaves = self.leaves_of(repo_ids, months);
        let is_encoding = |leaf: &Arc<DataFile>| self.pending.encoding.iter().any(|one| one.file.path == leaf.path);
        if !leaves.iter().any(is_encoding) {
            return Ok(leaves);
        }
        self.finish_leaves().await?;
        Ok(self.leaves_of(repo_ids, months))
    }

    /// The leaves in whose range one of the repositories (ascending) lies, in the order of their months and ranges.
    fn leaves_of(&self, repo_ids: &[i64], months: Option<&Months>) -> Vec<Arc<DataFile>> {
        let key = self.key_index();
        let touched = |leaf: &&Arc<DataFile>| match leaf.range(key) {
            Some((lowest, greatest)) => {
                let next = repo_ids.partition_point(|id| *id < lowest);
                repo_ids.get(next).is_some_and(|id| *id <= greatest)
            }
            None => !repo_ids.is_empty(),
        };
        let in_months = |leaf: &&Arc<DataFile>| {
            months.is_none_or(|months| self.month_of(leaf).is_some_and(|month| months.has(month)))
        };
        let mut leaves: Vec<_> = self.current_leaves().filter(in_months).filter(touched).cloned().collect();
        leaves.sort_by_key(|leaf| (self.month_of(leaf), leaf.range(key)));
        leaves
    }

    async fn divide_leaf(&self, leaf: &DataFile, wanted: &Wanted, asked: Asked) -> Result<Divided> {
        let (table, schema) = (self.snapshot.name.clone(), Arc::clone(&self.snapshot.schema));
        if let Some(rows) = self.open_rows(leaf) {
            return divide(&table, self.key_index(), rows.iter().cloned().map(Ok), wanted, asked);
        }
        let bytes = self.read_file(leaf).await?;
        let wanted = wanted.clone();
        blocking(&self.snapshot.name, move || divide_file(&table, &schema, bytes, &wanted, asked)).await
    }

    fn check_still_there(&self, taken: &Taken) -> Result<()> {
        let months = taken.periods.as_ref().map(TakenPeriods::months);
        let now = self.leaves_of(&taken.repo_ids, months.as_ref());
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

    /// Writes the rows of one month, or of a table that is not stored by month, in the place of `removed`.
    async fn put_part(
        &mut self,
        month: Option<Month>,
        mut batches: Vec<RecordBatch>,
        mut removed: Vec<Arc<DataFile>>,
    ) -> Result<()> {
        let leaves = self.lay_out(month, &mut batches, &mut removed).await?;
        let mut leaves: Vec<Vec<RecordBatch>> = leaves.iter().map(|leaf| slices(leaf, &batches)).collect();
        let last = leaves.pop().map(|rows| self.open_leaf(rows));
        let is_taken = |file: &Arc<DataFile>| removed.iter().any(|leaf| leaf.path == file.path);
        let mut open = Vec::new();
        for leaf in std::mem::take(&mut self.pending.open).into_iter().filter(|leaf| !is_taken(&leaf.file)) {
            // An open leaf of the same month that was not taken again is complete.
            match self.month_of(&leaf.file) == month {
                true => leaves.push(leaf.rows),
                false => open.push(leaf),
            }
        }
        open.extend(last);
        open.sort_by_key(|leaf| self.month_of(&leaf.file));
        let oldest = open.len().saturating_sub(OPEN_MONTHS);
        leaves.extend(open.drain(..oldest).map(|leaf| leaf.rows));
        self.pending.open = open;
        self.forget_leaves(removed).await;
        // Encoding goes on while the caller computes what is put next.
        leaves.into_iter().for_each(|rows| self.encode_leaf(rows));
        Ok(())
    }

    /// Divides rows among leaves; small neighbours that they need beside them go to `batches` and `removed`.
    async fn lay_out(
        &self,
        month: Option<Month>,
        batches: &mut Vec<RecordBatch>,
        removed: &mut Vec<Arc<DataFile>>,
    ) -> Result<Vec<Vec<Run>>> {
        let key = self.key_index();
        let extent = |leaf: &Arc<DataFile>| {
            leaf.range(key).map(|(lowest, greatest)| Extent { lowest, greatest, rows: leaf.rows })
        };
        let taken: Vec<Extent> = removed.iter().filter_map(extent).collect();
        loop {
            let mut others: Vec<_> = self
                .current_leaves()
                .filter(|leaf| self.month_of(leaf) == month && !removed.iter().any(|own| own.path == leaf.path))
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
}

fn in_order(repo_ids: &[i64]) -> Arc<[i64]> {
    let mut sorted = repo_ids.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    sorted.into()
}
