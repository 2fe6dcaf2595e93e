//! Typed rows on their way to Arrow.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Int64Array, ListBuilder, RecordBatch, StringArray, StringBuilder,
    TimestampMicrosecondArray,
};
use arrow::datatypes::{Field, Schema};

use crate::{Error, Result};

/// Columns of a source, by name.
pub(super) type Columns = Vec<(&'static str, ArrayRef)>;

pub(super) fn of(table: &'static str, columns: Columns) -> Result<(&'static str, RecordBatch)> {
    let field = |(name, values): &(&str, ArrayRef)| Field::new(*name, values.data_type().clone(), true);
    let schema = Schema::new(columns.iter().map(field).collect::<Vec<_>>());
    let columns = columns.into_iter().map(|(_, values)| values).collect();
    let rows = RecordBatch::try_new(Arc::new(schema), columns).map_err(|source| Error::Arrow { table, source })?;
    Ok((table, rows))
}

pub(super) fn numbers<T>(rows: &[T], value: impl Fn(&T) -> Option<i64>) -> ArrayRef {
    Arc::new(Int64Array::from_iter(rows.iter().map(value)))
}

pub(super) fn texts<'a, T>(rows: &'a [T], value: impl Fn(&'a T) -> Option<&'a str>) -> ArrayRef {
    Arc::new(StringArray::from_iter(rows.iter().map(value)))
}

pub(super) fn days<T>(rows: &[T], value: impl Fn(&T) -> i32) -> ArrayRef {
    Arc::new(Date32Array::from_iter_values(rows.iter().map(value)))
}

/// Microseconds since 1970, UTC.
pub(super) fn times<T>(rows: &[T], value: impl Fn(&T) -> i64) -> ArrayRef {
    Arc::new(TimestampMicrosecondArray::from_iter_values(rows.iter().map(value)).with_timezone("UTC"))
}

pub(super) fn flags<T>(rows: &[T], value: impl Fn(&T) -> Option<bool>) -> ArrayRef {
    Arc::new(BooleanArray::from_iter(rows.iter().map(value)))
}

/// Microseconds since 1970, UTC, or nothing.
pub(super) fn optional_times<T>(rows: &[T], value: impl Fn(&T) -> Option<i64>) -> ArrayRef {
    Arc::new(TimestampMicrosecondArray::from_iter(rows.iter().map(value)).with_timezone("UTC"))
}

/// Lists of texts.
pub(super) fn lists<T>(rows: &[T], value: impl Fn(&T) -> Vec<String>) -> ArrayRef {
    let mut lists = ListBuilder::new(StringBuilder::new());
    for row in rows {
        lists.append_value(value(row).into_iter().map(Some));
    }
    Arc::new(lists.finish())
}
