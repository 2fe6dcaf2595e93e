//! Asking a reader's session, and reading what it answers by the names of its columns.

use std::sync::Arc;

use anyhow::Result;
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Field, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType};
use chrono::{DateTime, NaiveDate, Utc};
use datafusion::prelude::SessionContext;

/// One row of an answer; nulls, and columns of another type, are `None`.
pub(super) struct Row<'a> {
    batch: &'a RecordBatch,
    index: usize,
}

impl<'a> Row<'a> {
    fn column(&self, name: &str) -> Option<&'a ArrayRef> {
        self.batch.column_by_name(name).filter(|column| column.is_valid(self.index))
    }

    pub(super) fn number(&self, name: &str) -> Option<i64> {
        Some(self.column(name)?.as_primitive_opt::<Int64Type>()?.value(self.index))
    }

    pub(super) fn decimal(&self, name: &str) -> Option<f64> {
        Some(self.column(name)?.as_primitive_opt::<Float64Type>()?.value(self.index))
    }

    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        Some(self.column(name)?.as_boolean_opt()?.value(self.index))
    }

    pub(super) fn date(&self, name: &str) -> Option<NaiveDate> {
        self.column(name)?.as_primitive_opt::<Date32Type>()?.value_as_date(self.index)
    }

    pub(super) fn instant(&self, name: &str) -> Option<DateTime<Utc>> {
        let microseconds = self.column(name)?.as_primitive_opt::<TimestampMicrosecondType>()?.value(self.index);
        DateTime::from_timestamp_micros(microseconds)
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        Some(self.column(name)?.as_string_opt::<i32>()?.value(self.index).to_owned())
    }

    /// The texts of a list; none where there is no list.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        let list = self.column(name).and_then(|column| column.as_list_opt::<i32>());
        let Some(values) = list.map(|list| list.value(self.index)) else { return Vec::new() };
        values.as_string_opt::<i32>().into_iter().flatten().flatten().map(str::to_owned).collect()
    }
}

/// Asks, and makes something of each row of the answer that it can be made of.
pub(super) async fn rows<T>(
    context: &SessionContext,
    query: &str,
    mut make: impl FnMut(&Row<'_>) -> Option<T>,
) -> Result<Vec<T>> {
    let mut made = Vec::new();
    for batch in context.sql(query).await?.collect().await? {
        let batch = plain(&batch)?;
        made.extend((0..batch.num_rows()).filter_map(|index| make(&Row { batch: &batch, index })));
    }
    Ok(made)
}

/// A text within a query.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The same rows with one type for each kind of value.
fn plain(batch: &RecordBatch) -> Result<RecordBatch> {
    let schema = batch.schema();
    let columns = schema.fields().iter().zip(batch.columns()).map(|(field, column)| {
        let column = cast(column, &plain_type(field.data_type()))?;
        Ok((field.name().clone(), column, true))
    });
    Ok(RecordBatch::try_from_iter_with_nullable(columns.collect::<Result<Vec<_>>>()?)?)
}

fn plain_type(found: &DataType) -> DataType {
    match found {
        DataType::Utf8View | DataType::LargeUtf8 => DataType::Utf8,
        DataType::Timestamp(..) => DataType::Timestamp(TimeUnit::Microsecond, Some(Arc::from("UTC"))),
        whole if whole.is_integer() => DataType::Int64,
        number if number.is_numeric() => DataType::Float64,
        DataType::List(item) | DataType::LargeList(item) => {
            DataType::List(Arc::new(Field::new("item", plain_type(item.data_type()), true)))
        }
        other => other.clone(),
    }
}
