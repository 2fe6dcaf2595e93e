//! Which of a leaf's rows belong to some repositories, on some days.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{BooleanArray, RecordBatch, cast::AsArray};
use arrow::buffer::BooleanBuffer;
use arrow::compute::{filter_record_batch, not};
use arrow::datatypes::{Date32Type, Int64Type, SchemaRef};
use bytes::Bytes;

use super::KEY;
use crate::Result;
use crate::error::arrow_error;
use crate::rows::{decode, decode_column};

/// Rows of the repositories asked for, and others.
pub(super) struct Divided {
    pub(super) previous: Vec<RecordBatch>,
    pub(super) kept: Vec<RecordBatch>,
}

/// Which of the two are asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    /// Those that are wanted.
    pub(super) previous: bool,
    /// The others.
    pub(super) kept: bool,
}

/// Which rows are wanted.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// Those of these repositories, ascending.
    pub(super) repo_ids: Arc<[i64]>,
    /// Of them those whose column at this place has one of these days, counted from 1970; `None`: all of them.
    pub(super) days: Option<(usize, Arc<BTreeSet<i32>>)>,
}

impl Wanted {
    pub(super) fn all_of(repo_ids: &Arc<[i64]>) -> Self {
        Self { repo_ids: Arc::clone(repo_ids), days: None }
    }

    fn has(&self, repo_id: i64) -> bool {
        self.repo_ids.binary_search(&repo_id).is_ok()
    }

    fn rows_of(&self, batch: &RecordBatch, key: usize) -> BooleanArray {
        let ids = batch.column(key).as_primitive::<Int64Type>().values();
        let is_wanted = match &self.days {
            None => BooleanBuffer::collect_bool(ids.len(), |row| self.has(ids[row])),
            Some((column, days)) => {
                let of_rows = batch.column(*column).as_primitive::<Date32Type>().values();
                // The day first: of a month's rows few are of the days.
                BooleanBuffer::collect_bool(ids.len(), |row| days.contains(&of_rows[row]) && self.has(ids[row]))
            }
        };
        BooleanArray::new(is_wanted, None)
    }
}

pub(super) fn divide_file(
    table: &str,
    schema: &SchemaRef,
    bytes: Bytes,
    wanted: &Wanted,
    asked: Asked,
) -> Result<Divided> {
    if !asked.previous && holds_only(table, bytes.clone(), wanted)? {
        return Ok(Divided { previous: Vec::new(), kept: Vec::new() });
    }
    let key = schema.index_of(KEY).map_err(|source| arrow_error(table, "dividing rows", source))?;
    divide(table, key, decode(table, schema, bytes)?, wanted, asked)
}

pub(super) fn divide(
    table: &str,
    key: usize,
    rows: impl Iterator<Item = Result<RecordBatch>>,
    wanted: &Wanted,
    asked: Asked,
) -> Result<Divided> {
    let failed = |source| arrow_error(table, "dividing rows", source);
    let mut parts = Divided { previous: Vec::new(), kept: Vec::new() };
    for batch in rows {
        let batch = batch?;
        let is_wanted = wanted.rows_of(&batch, key);
        let wanted_rows = is_wanted.true_count();
        if asked.previous && wanted_rows > 0 {
            parts.previous.push(filter_record_batch(&batch, &is_wanted).map_err(failed)?);
        }
        if asked.kept && wanted_rows < batch.num_rows() {
            let is_kept = not(&is_wanted).map_err(failed)?;
            parts.kept.push(filter_record_batch(&batch, &is_kept).map_err(failed)?);
        }
    }
    Ok(parts)
}

/// Whether every row belongs to one of the repositories: then nothing else need be decoded.
fn holds_only(table: &str, bytes: Bytes, wanted: &Wanted) -> Result<bool> {
    if wanted.days.is_some() {
        // A leaf is seldom of one day alone.
        return Ok(false);
    }
    for ids in decode_column(table, KEY, bytes)? {
        let ids = ids?;
        if ids.as_primitive::<Int64Type>().values().iter().any(|id| !wanted.has(*id)) {
            return Ok(false);
        }
    }
    Ok(true)
}
