//! Rows on their way between files and tables.

use arrow::array::{ArrayRef, RecordBatch, new_null_array};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::error::{arrow_error, parquet_error};
use crate::{Error, Result};

/// Rows decoded at a time, so that a file's bytes and all its rows need not lie in memory twice.
const BATCH_ROWS: usize = 8 * 1024;

/// Decodes a file with `schema`, batch by batch; a column that the file lacks is null.
pub(crate) fn decode<'a>(
    table: &'a str,
    schema: &'a SchemaRef,
    bytes: Bytes,
) -> Result<impl Iterator<Item = Result<RecordBatch>> + 'a> {
    let failed = |source| parquet_error(table, "decoding rows", source);
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).map_err(failed)?;
    let reader = builder.with_batch_size(BATCH_ROWS).build().map_err(failed)?;
    Ok(reader
        .map(move |batch| adapt(table, schema, batch.map_err(|source| arrow_error(table, "decoding rows", source))?)))
}

/// Decodes one column of a file, batch by batch.
pub(crate) fn decode_column<'a>(
    table: &'a str,
    column: &str,
    bytes: Bytes,
) -> Result<impl Iterator<Item = Result<ArrayRef>> + 'a> {
    let failed = |source| parquet_error(table, "decoding rows", source);
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).map_err(failed)?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), [column]);
    let reader = builder.with_projection(mask).with_batch_size(BATCH_ROWS).build().map_err(failed)?;
    Ok(reader.map(move |batch| {
        let batch = batch.map_err(|source| arrow_error(table, "decoding rows", source))?;
        Ok(batch.column(0).clone())
    }))
}

/// Gives rows that are to be written the columns of `schema`, in its order.
///
/// A column they lack becomes null. A column that the table lacks and a value that its column cannot hold
/// are errors: nothing is dropped silently.
pub(crate) fn fit(table: &str, schema: &SchemaRef, batch: RecordBatch) -> Result<RecordBatch> {
    for field in batch.schema_ref().fields() {
        if schema.field_with_name(field.name()).is_err() {
            return Err(Error::Unusable {
                table: table.to_owned(),
                reason: format!("rows to be written have a column {} that its files do not have", field.name()),
                hint: "add the column to the table's specification, or leave it out of the rows",
            });
        }
    }
    adapt(table, schema, batch)
}

fn adapt(table: &str, schema: &SchemaRef, batch: RecordBatch) -> Result<RecordBatch> {
    if batch.schema_ref() == schema {
        return Ok(batch);
    }
    let columns = schema
        .fields()
        .iter()
        .map(|field| match batch.column_by_name(field.name()) {
            Some(column) => cast(column, field.data_type()),
            None => Ok(new_null_array(field.data_type(), batch.num_rows())),
        })
        .collect::<Result<_, _>>();
    columns
        .and_then(|columns| RecordBatch::try_new(schema.clone(), columns))
        .map_err(|source| arrow_error(table, "fitting rows to the table", source))
}

fn cast(column: &ArrayRef, data_type: &DataType) -> Result<ArrayRef, ArrowError> {
    if column.data_type() == data_type {
        return Ok(column.clone());
    }
    // The default makes a null of a value that does not fit.
    let strict = CastOptions { safe: false, ..CastOptions::default() };
    cast_with_options(column, data_type, &strict)
}
