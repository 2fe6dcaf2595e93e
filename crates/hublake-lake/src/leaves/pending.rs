//! Leaves between a put and its commit: open in memory, being encoded, written.

use std::sync::Arc;

use arrow::array::{RecordBatch, cast::AsArray};
use arrow::datatypes::{Date32Type, Int64Type};
use tokio::task::JoinHandle;

use crate::file::{self, Encoded, Packing};
use crate::rows::decode;
use crate::snapshot::ColumnBounds;
use crate::table::{NewFile, Table, blocking};
use crate::{DataFile, Error, Result};

/// Files written and taken away since the last commit.
#[derive(Default)]
pub(crate) struct Pending {
    pub(super) added: Vec<NewFile>,
    pub(super) removed: Vec<Arc<DataFile>>,
    pub(super) open: Vec<OpenLeaf>,
    pub(super) encoding: Vec<EncodingLeaf>,
}

/// A leaf that is not written yet; its file is only a name and a range.
pub(super) struct OpenLeaf {
    pub(super) file: Arc<DataFile>,
    pub(super) rows: Vec<RecordBatch>,
}

/// A leaf that is on its way; its file is only a name and a range.
pub(super) struct EncodingLeaf {
    pub(super) file: Arc<DataFile>,
    encoded: JoinHandle<Result<Encoded>>,
}

impl Table {
    /// Every leaf that a commit now would leave, those of earlier commits first.
    pub(super) fn current_leaves(&self) -> impl Iterator<Item = &Arc<DataFile>> {
        let new = self.pending.added.iter().map(|new| &new.file);
        let encoding = self.pending.encoding.iter().map(|leaf| &leaf.file);
        let open = self.pending.open.iter().map(|open| &open.file);
        self.snapshot.files.iter().filter(|leaf| !self.is_removed(leaf)).chain(new).chain(encoding).chain(open)
    }

    pub(super) fn open_leaf(&self, rows: Vec<RecordBatch>) -> OpenLeaf {
        OpenLeaf { file: self.described(&rows), rows }
    }

    pub(super) fn open_rows(&self, leaf: &DataFile) -> Option<&[RecordBatch]> {
        let mut open = self.pending.open.iter();
        open.find(|open| open.file.path == leaf.path).map(|open| open.rows.as_slice())
    }

    pub(super) fn encode_leaf(&mut self, rows: Vec<RecordBatch>) {
        let file = self.described(&rows);
        let (table, schema) = (self.snapshot.name.clone(), Arc::clone(&self.snapshot.schema));
        let encoded = tokio::task::spawn_blocking(move || file::encode(&table, &schema, &rows, Packing::Quick));
        self.pending.encoding.push(EncodingLeaf { file, encoded });
    }

    pub(super) async fn read_leaf(&self, leaf: &DataFile) -> Result<Vec<RecordBatch>> {
        if let Some(rows) = self.open_rows(leaf) {
            return Ok(rows.to_vec());
        }
        let bytes = self.read_file(leaf).await?;
        let (table, schema) = (self.snapshot.name.clone(), Arc::clone(&self.snapshot.schema));
        blocking(&self.snapshot.name, move || decode(&table, &schema, bytes)?.collect()).await
    }

    /// Waits for the leaves that are being encoded and writes them.
    pub(super) async fn finish_leaves(&mut self) -> Result<()> {
        for leaf in std::mem::take(&mut self.pending.encoding) {
            let encoded = leaf.encoded.await;
            let encoded = encoded.map_err(|source| Error::Task { table: self.snapshot.name.clone(), source })?;
            let file = self.put_file(encoded?, None).await?;
            self.pending.added.push(file);
        }
        Ok(())
    }

    pub(super) async fn forget_leaves(&mut self, removed: Vec<Arc<DataFile>>) {
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

    fn is_removed(&self, leaf: &DataFile) -> bool {
        self.pending.removed.iter().any(|removed| removed.path == leaf.path)
    }

    /// A stand-in for the file that rows will lie in.
    fn described(&self, rows: &[RecordBatch]) -> Arc<DataFile> {
        let key = self.key_index();
        let ids = rows.iter().flat_map(|rows| rows.column(key).as_primitive::<Int64Type>().values());
        let mut bounds: Vec<_> = bounds_of(key, ids.copied()).into_iter().collect();
        if let Some(month) = self.month_index {
            let days = rows.iter().flat_map(|rows| rows.column(month).as_primitive::<Date32Type>().values());
            bounds.extend(bounds_of(month, days.map(|day| i64::from(*day))));
        }
        bounds.sort_by_key(|bounds| bounds.column);
        Arc::new(DataFile {
            path: format!("leaf-{}", uuid::Uuid::new_v4()),
            size: 0,
            rows: rows.iter().map(RecordBatch::num_rows).sum(),
            modified_ms: 0,
            partition: None,
            bounds,
        })
    }
}

fn bounds_of(column: usize, values: impl Iterator<Item = i64>) -> Option<ColumnBounds> {
    let wider = |bounds: Option<(i64, i64)>, value: i64| {
        Some(bounds.map_or((value, value), |(lowest, greatest)| (lowest.min(value), greatest.max(value))))
    };
    values.fold(None, wider).map(|(lowest, greatest)| ColumnBounds { column, lowest, greatest })
}
