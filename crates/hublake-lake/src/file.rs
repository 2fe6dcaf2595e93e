//! Encoding rows as one Parquet file, with the statistics that the log keeps of it.

use std::collections::HashSet;

use arrow::array::{Array, ArrayRef, RecordBatch, cast::AsArray};
use arrow::compute::{max, min};
use arrow::datatypes::{DataType, Date32Type, Int64Type, SchemaRef, TimeUnit, TimestampMicrosecondType};
use chrono::{DateTime, SecondsFormat};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use serde_json::{Map, Value, json};

use crate::Result;
use crate::error::parquet_error;

/// Rows a row group holds at most: the unit that a reader skips.
const ROW_GROUP_ROWS: usize = 16 * 1024;
/// Rows that are looked at to tell whether a column's values repeat.
const SAMPLE_ROWS: usize = 512;

/// A Parquet file in memory.
pub(crate) struct Encoded {
    pub(crate) bytes: Vec<u8>,
    pub(crate) rows: usize,
    pub(crate) stats_json: String,
}

/// How a table's files are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    /// Written once and read seldom: small.
    Dense,
    /// Written again and again: quick.
    Quick,
}

/// A Parquet file in the making; of the rows it holds only what is already packed.
pub(crate) struct Encoder {
    table: String,
    schema: SchemaRef,
    writer: ArrowWriter<Vec<u8>>,
    rows: usize,
    columns: Vec<ColumnSummary>,
}

#[derive(Clone, Copy, Default)]
struct ColumnSummary {
    nulls: usize,
    bounds: Option<(i64, i64)>,
}

/// Encodes `batches` (all of `schema`) as one file.
pub(crate) fn encode(table: &str, schema: &SchemaRef, batches: &[RecordBatch], packing: Packing) -> Result<Encoded> {
    let mut encoder = Encoder::new(table, schema, packing, batches.first())?;
    for batch in batches {
        encoder.write(batch)?;
    }
    encoder.finish()
}

impl Encoder {
    /// `sample` is the first of the rows: where it has few equal values, no dictionary is tried.
    pub(crate) fn new(table: &str, schema: &SchemaRef, packing: Packing, sample: Option<&RecordBatch>) -> Result<Self> {
        let failed = |source| parquet_error(table, "encoding rows", source);
        let compression = match packing {
            Packing::Dense => Compression::ZSTD(ZstdLevel::try_new(1).map_err(failed)?),
            Packing::Quick => Compression::SNAPPY,
        };
        let mut properties = WriterProperties::builder()
            .set_compression(compression)
            .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
            .set_statistics_enabled(EnabledStatistics::Chunk);
        for name in sample.iter().flat_map(|rows| columns_without_repeats(rows)) {
            properties = properties.set_column_dictionary_enabled(ColumnPath::from(name), false);
        }
        let properties = properties.build();
        Ok(Self {
            table: table.to_owned(),
            schema: schema.clone(),
            writer: ArrowWriter::try_new(Vec::new(), schema.clone(), Some(properties)).map_err(failed)?,
            rows: 0,
            columns: vec![ColumnSummary::default(); schema.fields().len()],
        })
    }

    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.writer.write(batch).map_err(|source| parquet_error(&self.table, "encoding rows", source))?;
        self.rows += batch.num_rows();
        for (summary, column) in self.columns.iter_mut().zip(batch.columns()) {
            summary.nulls += column.null_count();
            summary.bounds = match (summary.bounds, bounds(column)) {
                (Some((lowest, greatest)), Some((low, great))) => Some((lowest.min(low), greatest.max(great))),
                (known, None) => known,
                (None, new) => new,
            };
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<Encoded> {
        let stats_json = self.stats().to_string();
        let bytes = self.writer.into_inner();
        Ok(Encoded {
            bytes: bytes.map_err(|source| parquet_error(&self.table, "encoding rows", source))?,
            rows: self.rows,
            stats_json,
        })
    }

    /// The statistics as the Delta protocol spells them, for numbers, dates and instants.
    fn stats(&self) -> Value {
        let mut min_values = Map::new();
        let mut max_values = Map::new();
        let mut null_count = Map::new();
        for (field, summary) in self.schema.fields().iter().zip(&self.columns) {
            if !field.data_type().is_nested() {
                null_count.insert(field.name().clone(), json!(summary.nulls));
            }
            if let Some((lowest, greatest)) = summary.bounds {
                min_values.insert(field.name().clone(), spelled(lowest, field.data_type(), Rounding::Down));
                max_values.insert(field.name().clone(), spelled(greatest, field.data_type(), Rounding::Up));
            }
        }
        json!({"numRecords": self.rows, "minValues": min_values, "maxValues": max_values, "nullCount": null_count})
    }
}

/// Columns of texts and numbers whose values hardly repeat in the first rows: a dictionary of them would be
/// built, found too large and thrown away.
fn columns_without_repeats(rows: &RecordBatch) -> Vec<String> {
    let rows = rows.slice(0, rows.num_rows().min(SAMPLE_ROWS));
    let is_varied = |column: &ArrayRef| {
        let distinct = match column.data_type() {
            DataType::Utf8 => column.as_string::<i32>().iter().flatten().collect::<HashSet<_>>().len(),
            DataType::Int64 => column.as_primitive::<Int64Type>().iter().flatten().collect::<HashSet<_>>().len(),
            _ => return false,
        };
        distinct * 2 > rows.num_rows()
    };
    let fields = rows.schema_ref().fields().iter().zip(rows.columns());
    fields.filter(|(_, column)| is_varied(column)).map(|(field, _)| field.name().clone()).collect()
}

fn bounds(column: &dyn Array) -> Option<(i64, i64)> {
    match column.data_type() {
        DataType::Int64 => {
            let values = column.as_primitive::<Int64Type>();
            min(values).zip(max(values))
        }
        DataType::Date32 => {
            let days = column.as_primitive::<Date32Type>();
            min(days).map(i64::from).zip(max(days).map(i64::from))
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            let instants = column.as_primitive::<TimestampMicrosecondType>();
            min(instants).zip(max(instants))
        }
        _ => None,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Rounding {
    Down,
    Up,
}

/// The log spells instants in milliseconds, so a greatest value is rounded up to stay one.
fn spelled(value: i64, data_type: &DataType, rounding: Rounding) -> Value {
    match data_type {
        DataType::Date32 => {
            let day = DateTime::from_timestamp(value * 86_400, 0).unwrap_or_default();
            json!(day.format("%Y-%m-%d").to_string())
        }
        DataType::Timestamp(..) => {
            let milliseconds = match rounding {
                Rounding::Down => value.div_euclid(1000),
                Rounding::Up => value.div_euclid(1000) + i64::from(value.rem_euclid(1000) > 0),
            };
            let instant = DateTime::from_timestamp_millis(milliseconds).unwrap_or_default();
            json!(instant.to_rfc3339_opts(SecondsFormat::Millis, true))
        }
        _ => json!(value),
    }
}
