//! Which of a leaf's rows belong to some repositories.

use arrow::array::{BooleanArray, RecordBatch, cast::AsArray};
use arrow::compute::{filter_record_batch, not};
use arrow::datatypes::{Int64Type, SchemaRef};
use bytes::Bytes;

use super::KEY;
use crate::Result;
use crate::error::arrow_error;
use crate::rows::{decode, decode_column};

/// Rows of the repositories asked for, and of others.
pub(super) struct Divided {
    pub(super) previous: Vec<RecordBatch>,
    pub(super) kept: Vec<RecordBatch>,
}

/// Which rows of a leaf are asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    /// Those of the repositories.
    pub(super) previous: bool,
    /// Those of others.
    pub(super) kept: bool,
}

pub(super) fn divide_file(
    table: &str,
    schema: &SchemaRef,
    bytes: Bytes,
    repo_ids: &[i64],
    asked: Asked,
) -> Result<Divided> {
    if !asked.previous && holds_only(table, bytes.clone(), repo_ids)? {
        return Ok(Divided { previous: Vec::new(), kept: Vec::new() });
    }
    let key = schema.index_of(KEY).map_err(|source| arrow_error(table, "dividing rows", source))?;
    divide(table, key, decode(table, schema, bytes)?, repo_ids, asked)
}

pub(super) fn divide(
    table: &str,
    key: usize,
    rows: impl Iterator<Item = Result<RecordBatch>>,
    repo_ids: &[i64],
    asked: Asked,
) -> Result<Divided> {
    let failed = |source| arrow_error(table, "dividing rows", source);
    let mut parts = Divided { previous: Vec::new(), kept: Vec::new() };
    for batch in rows {
        let batch = batch?;
        let ids = batch.column(key).as_primitive::<Int64Type>();
        let is_wanted = BooleanArray::from_unary(ids, |id| repo_ids.binary_search(&id).is_ok());
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
fn holds_only(table: &str, bytes: Bytes, repo_ids: &[i64]) -> Result<bool> {
    for ids in decode_column(table, KEY, bytes)? {
        let ids = ids?;
        if ids.as_primitive::<Int64Type>().values().iter().any(|id| repo_ids.binary_search(id).is_err()) {
            return Ok(false);
        }
    }
    Ok(true)
}
