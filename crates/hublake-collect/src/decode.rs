//! Turning raw payloads into typed rows, in one strict pass.
//!
//! Unknown keys are fine; a wrong type never becomes a null. A payload that does not fit is rejected with
//! the reason and the rest goes on.

mod columns;
mod event;
mod issue;
mod rows;
mod traffic;

pub mod trending;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Date32Type, Int64Type, SchemaRef, TimestampMicrosecondType};

use self::columns::{Columns, Source};
pub(crate) use self::event::is_kept_event;
use self::issue::Issue;
pub use self::traffic::{TrafficRows, answers, imports};
pub use self::trending::TrendingRows;
use crate::raw_rows::sha256_hex;
use crate::{Error, Result, tables};

/// A raw row that could not be decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Its row in the batch that was given.
    pub row: usize,
    /// Why, in words.
    pub reason: String,
}

/// What became of a batch of raw rows.
pub struct Decoded {
    /// Typed rows, of [`issue_schema`] or [`event_schema`].
    pub rows: RecordBatch,
    /// The others.
    pub rejected: Vec<Rejected>,
}

/// The columns of decoded issues.
pub fn issue_schema() -> SchemaRef {
    columns::schema()
}

/// The columns of decoded events.
pub fn event_schema() -> SchemaRef {
    event::schema()
}

/// Decodes rows of `raw_github_issue_events`; kinds of events that are not kept become nothing.
///
/// # Errors
/// The batch lacks a column of the table.
pub fn events(raw: &RecordBatch) -> Result<Decoded> {
    event::decode(raw)
}

/// Decodes rows of `raw_github_issues`.
///
/// # Errors
/// The batch lacks a column of the table.
pub fn issues(raw: &RecordBatch) -> Result<Decoded> {
    let table = RawColumns::of(raw)?;
    let mut columns = Columns::new(raw.num_rows());
    let mut rejected = Vec::new();
    for row in 0..raw.num_rows() {
        let payload = table.payload.value(row);
        if sha256_hex(payload.as_bytes()) != table.hash.value(row) {
            let reason = "the stored payload does not match its hash: the file was damaged or changed".to_owned();
            rejected.push(Rejected { row, reason });
            continue;
        }
        match serde_json::from_str::<Issue<'_>>(payload) {
            Ok(issue) => columns.push(
                &issue,
                &Source {
                    repo_id: table.repo_id.value(row),
                    run_id: table.run_id.value(row),
                    run_seq: table.run_seq.value(row),
                    recorded_at_us: table.fetched_at.value(row),
                    page_number: table.page_number.value(row),
                    item_index: table.item_index.value(row),
                    payload_sha256: table.hash.value(row),
                },
            ),
            Err(error) => rejected.push(Rejected { row, reason: error.to_string() }),
        }
    }
    let rows = columns.finish().map_err(|source| Error::Arrow { table: "decoded_issues", source })?;
    Ok(Decoded { rows, rejected })
}

/// Rejected rows as rows of `raw_rejected`, divided by day of collection.
pub fn rejected_rows(
    raw: &RecordBatch,
    rejected: &[Rejected],
    stream: &str,
) -> Result<Vec<hublake_lake::PartitionedRows>> {
    use arrow::compute::take;
    let failed = |source| Error::Arrow { table: tables::RAW_REJECTED, source };
    let schema = tables::file_schema(&tables::raw_rejected());
    let days = column(raw, "fetched_on")?.as_primitive::<Date32Type>().clone();
    let mut by_day: std::collections::BTreeMap<i32, Vec<&Rejected>> = std::collections::BTreeMap::new();
    for one in rejected {
        by_day.entry(days.value(one.row)).or_default().push(one);
    }
    let mut parts = Vec::new();
    for (day, rejected) in by_day {
        let places = arrow::array::UInt64Array::from_iter_values(rejected.iter().map(|one| one.row as u64));
        let columns = schema
            .fields()
            .iter()
            .map(|field| -> Result<arrow::array::ArrayRef> {
                Ok(match field.name().as_str() {
                    "reason" => std::sync::Arc::new(arrow::array::StringArray::from_iter_values(
                        rejected.iter().map(|one| one.reason.as_str()),
                    )),
                    "stream" => std::sync::Arc::new(arrow::array::StringArray::from_iter_values(
                        rejected.iter().map(|_| stream),
                    )),
                    name => take(column(raw, name)?, &places, None).map_err(failed)?,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        let rows = RecordBatch::try_new(schema.clone(), columns).map_err(failed)?;
        let date = Date32Type::to_naive_date_opt(day).unwrap_or_default();
        parts.push(hublake_lake::PartitionedRows { partition: Some(date.to_string()), rows });
    }
    Ok(parts)
}

struct RawColumns<'a> {
    run_id: &'a arrow::array::StringArray,
    run_seq: &'a arrow::array::Int64Array,
    repo_id: &'a arrow::array::Int64Array,
    page_number: &'a arrow::array::Int64Array,
    item_index: &'a arrow::array::Int64Array,
    fetched_at: &'a arrow::array::TimestampMicrosecondArray,
    payload: &'a arrow::array::StringArray,
    hash: &'a arrow::array::StringArray,
}

impl<'a> RawColumns<'a> {
    fn of(raw: &'a RecordBatch) -> Result<Self> {
        Ok(Self {
            run_id: column(raw, "run_id")?.as_string(),
            run_seq: column(raw, "run_seq")?.as_primitive::<Int64Type>(),
            repo_id: column(raw, "repo_id")?.as_primitive::<Int64Type>(),
            page_number: column(raw, "page_number")?.as_primitive::<Int64Type>(),
            item_index: column(raw, "item_index")?.as_primitive::<Int64Type>(),
            fetched_at: column(raw, "fetched_at")?.as_primitive::<TimestampMicrosecondType>(),
            payload: column(raw, "payload")?.as_string(),
            hash: column(raw, "payload_sha256")?.as_string(),
        })
    }
}

fn column<'a>(raw: &'a RecordBatch, name: &str) -> Result<&'a dyn Array> {
    raw.column_by_name(name).map(AsRef::as_ref).ok_or_else(|| Error::Arrow {
        table: tables::RAW_ISSUES,
        source: arrow::error::ArrowError::SchemaError(format!("there is no column {name}")),
    })
}

#[cfg(test)]
mod tests;
