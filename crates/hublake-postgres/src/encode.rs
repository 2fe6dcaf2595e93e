//! Rows as binary `COPY` data.
//!
//! The format is described at <https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.55.9.4>; values are as
//! their types' receive functions read them.

mod json;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, Int64Array, ListArray, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Date32Type, Field, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType};

use crate::table::{ColumnSpec, ColumnType, Filled, TableSpec};
use crate::{Error, Result};

/// Microseconds from 1970-01-01 to 2000-01-01, where PostgreSQL counts from.
const EPOCH_MICROS: i64 = 946_684_800_000_000;
/// The same in days.
const EPOCH_DAYS: i32 = 10_957;
/// Numbers of types in PostgreSQL's catalogue.
const OID_BIGINT: i32 = 20;
const OID_TEXT: i32 = 25;

/// Turns batches of one table into `COPY` data.
pub(crate) struct Encoder<'a> {
    table: &'a TableSpec,
    buffer: Vec<u8>,
    /// Texts that held the character U+0000.
    pub(crate) mended: u64,
    pub(crate) rows: u64,
}

impl<'a> Encoder<'a> {
    pub(crate) fn new(table: &'a TableSpec) -> Self {
        let mut buffer = Vec::with_capacity(2 << 20);
        buffer.extend_from_slice(b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0");
        Self { table, buffer, mended: 0, rows: 0 }
    }

    /// What is ready to be sent.
    pub(crate) fn ready(&self) -> &[u8] {
        &self.buffer
    }

    /// Forgets what was ready, because it was sent.
    pub(crate) fn sent(&mut self) {
        self.buffer.clear();
    }

    /// Ends the data.
    pub(crate) fn finish(&mut self) {
        self.buffer.extend_from_slice(&(-1i16).to_be_bytes());
    }

    /// The batch's columns in the order in which they are sent.
    pub(crate) fn columns(&self, batch: &RecordBatch) -> Result<Vec<Column>> {
        self.table.sent().map(|column| self.column(batch, column)).collect()
    }

    /// Adds the row at `row` of these columns.
    pub(crate) fn row(&mut self, columns: &[Column], row: usize) -> Result<()> {
        let count = i16::try_from(columns.len()).unwrap_or(i16::MAX);
        self.buffer.extend_from_slice(&count.to_be_bytes());
        for (place, column) in columns.iter().enumerate() {
            if let Err(reason) = column.write(row, &mut self.buffer, &mut self.mended) {
                let name = self.table.sent().nth(place).map(|column| column.name.as_str()).unwrap_or_default();
                return Err(self.unfit(format!("column {name}: {reason}")));
            }
        }
        self.rows += 1;
        Ok(())
    }

    fn column(&self, batch: &RecordBatch, spec: &ColumnSpec) -> Result<Column> {
        let (name, column_type) = match &spec.filled {
            Filled::Exact { of } => (of, ColumnType::Jsonb),
            _ => (&spec.name, spec.column_type),
        };
        let Some(values) = batch.column_by_name(name) else {
            return Err(self.unfit(format!("there is no column {name}")));
        };
        let wanted = arrow_type(column_type);
        let exact = CastOptions { safe: false, ..CastOptions::default() };
        let values: ArrayRef = if *values.data_type() == wanted {
            std::sync::Arc::clone(values)
        } else {
            cast_with_options(values, &wanted, &exact)
                .map_err(|error| self.unfit(format!("column {name} is not {}: {error}", column_type.sql())))?
        };
        Ok(match column_type {
            ColumnType::BigInt => Column::BigInt(values.as_primitive::<Int64Type>().clone()),
            ColumnType::Integer => Column::Integer(values.as_primitive::<Int64Type>().clone()),
            ColumnType::Double => Column::Double(values.as_primitive::<Float64Type>().clone()),
            ColumnType::Boolean => Column::Boolean(values.as_boolean().clone()),
            ColumnType::Text => Column::Text(values.as_string::<i32>().clone()),
            ColumnType::Date => Column::Date(values.as_primitive::<Date32Type>().clone()),
            ColumnType::Timestamptz => Column::Timestamptz(values.as_primitive::<TimestampMicrosecondType>().clone()),
            ColumnType::Jsonb if matches!(spec.filled, Filled::Exact { .. }) => {
                Column::ExactJson(values.as_string::<i32>().clone())
            }
            ColumnType::Jsonb => Column::Jsonb(values.as_string::<i32>().clone()),
            ColumnType::TextArray => Column::TextArray(values.as_list::<i32>().clone()),
            ColumnType::BigIntArray => Column::BigIntArray(values.as_list::<i32>().clone()),
        })
    }

    fn unfit(&self, reason: String) -> Error {
        Error::Unfit { table: self.table.name.clone(), reason }
    }
}

/// The type that rows have for a column; others are cast to it.
fn arrow_type(column_type: ColumnType) -> DataType {
    let list = |element| DataType::List(std::sync::Arc::new(Field::new_list_field(element, true)));
    match column_type {
        ColumnType::BigInt | ColumnType::Integer => DataType::Int64,
        ColumnType::Double => DataType::Float64,
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Text | ColumnType::Jsonb => DataType::Utf8,
        ColumnType::Date => DataType::Date32,
        ColumnType::Timestamptz => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        ColumnType::TextArray => list(DataType::Utf8),
        ColumnType::BigIntArray => list(DataType::Int64),
    }
}

/// The values of one column of a batch.
pub(crate) enum Column {
    BigInt(Int64Array),
    Integer(Int64Array),
    Double(Float64Array),
    Boolean(BooleanArray),
    Text(StringArray),
    Date(Date32Array),
    Timestamptz(TimestampMicrosecondArray),
    Jsonb(StringArray),
    ExactJson(StringArray),
    TextArray(ListArray),
    BigIntArray(ListArray),
}

impl Column {
    fn is_null(&self, row: usize) -> bool {
        match self {
            Self::BigInt(values) | Self::Integer(values) => values.is_null(row),
            Self::Double(values) => values.is_null(row),
            Self::Boolean(values) => values.is_null(row),
            Self::Text(values) | Self::Jsonb(values) | Self::ExactJson(values) => values.is_null(row),
            Self::Date(values) => values.is_null(row),
            Self::Timestamptz(values) => values.is_null(row),
            Self::TextArray(values) | Self::BigIntArray(values) => values.is_null(row),
        }
    }

    fn write(&self, row: usize, out: &mut Vec<u8>, mended: &mut u64) -> Result<(), String> {
        if self.is_null(row) {
            out.extend_from_slice(&(-1i32).to_be_bytes());
            return Ok(());
        }
        match self {
            Self::BigInt(values) => fixed(out, values.value(row).to_be_bytes()),
            Self::Integer(values) => {
                let value = values.value(row);
                let narrow = i32::try_from(value).map_err(|_| format!("{value} is no integer of 32 bits"))?;
                fixed(out, narrow.to_be_bytes());
            }
            Self::Double(values) => fixed(out, values.value(row).to_be_bytes()),
            Self::Boolean(values) => fixed(out, [u8::from(values.value(row))]),
            Self::Date(values) => {
                let days = values.value(row).checked_sub(EPOCH_DAYS).ok_or("a date is out of range")?;
                fixed(out, days.to_be_bytes());
            }
            Self::Timestamptz(values) => {
                let micros = values.value(row).checked_sub(EPOCH_MICROS).ok_or("an instant is out of range")?;
                fixed(out, micros.to_be_bytes());
            }
            Self::Text(values) => sized(out, |out| text(out, values.value(row), mended))?,
            Self::Jsonb(values) => sized(out, |out| {
                // The version of the format.
                out.push(1);
                json::write(out, values.value(row));
            })?,
            Self::ExactJson(values) => {
                let value = values.value(row);
                if json::is_storable(value) {
                    out.extend_from_slice(&(-1i32).to_be_bytes());
                } else {
                    sized(out, |out| text(out, value, mended))?;
                }
            }
            Self::TextArray(values) => {
                let list = values.value(row);
                let elements = list.as_string::<i32>();
                let write =
                    |place: usize, out: &mut Vec<u8>| sized(out, |out| text(out, elements.value(place), mended));
                array(out, OID_TEXT, &list, write)?;
            }
            Self::BigIntArray(values) => {
                let list = values.value(row);
                let elements = list.as_primitive::<Int64Type>();
                let write = |place: usize, out: &mut Vec<u8>| {
                    fixed(out, elements.value(place).to_be_bytes());
                    Ok(())
                };
                array(out, OID_BIGINT, &list, write)?;
            }
        }
        Ok(())
    }
}

fn fixed<const N: usize>(out: &mut Vec<u8>, bytes: [u8; N]) {
    let length = i32::try_from(N).unwrap_or(i32::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(&bytes);
}

/// Writes a value whose length is known when it is written.
fn sized(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) -> Result<(), String> {
    let begun = out.len();
    out.extend_from_slice(&[0; 4]);
    write(out);
    let length = out.len() - begun - 4;
    let length = i32::try_from(length).map_err(|_| "a value is larger than PostgreSQL takes (1 GB)".to_owned())?;
    out[begun..begun + 4].copy_from_slice(&length.to_be_bytes());
    Ok(())
}

/// PostgreSQL's texts cannot hold U+0000; U+FFFD takes its place.
fn text(out: &mut Vec<u8>, value: &str, mended: &mut u64) {
    if !value.contains('\0') {
        out.extend_from_slice(value.as_bytes());
        return;
    }
    *mended += 1;
    for (place, part) in value.split('\0').enumerate() {
        if place > 0 {
            out.extend_from_slice("\u{FFFD}".as_bytes());
        }
        out.extend_from_slice(part.as_bytes());
    }
}

/// Dimensions, whether there are nulls, the type, then each dimension's length and lower bound, then the elements.
fn array(
    out: &mut Vec<u8>,
    oid: i32,
    list: &ArrayRef,
    mut write: impl FnMut(usize, &mut Vec<u8>) -> Result<(), String>,
) -> Result<(), String> {
    let length = i32::try_from(list.len()).map_err(|_| "a list is too long".to_owned())?;
    let mut outcome = Ok(());
    sized(out, |out| {
        out.extend_from_slice(&i32::from(length > 0).to_be_bytes());
        out.extend_from_slice(&i32::from(list.null_count() > 0).to_be_bytes());
        out.extend_from_slice(&oid.to_be_bytes());
        if length == 0 {
            return;
        }
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(&1i32.to_be_bytes());
        for place in 0..list.len() {
            if list.is_null(place) {
                out.extend_from_slice(&(-1i32).to_be_bytes());
            } else if let Err(reason) = write(place, out) {
                outcome = Err(reason);
            }
        }
    })?;
    outcome
}
