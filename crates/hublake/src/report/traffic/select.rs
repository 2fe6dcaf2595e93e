//! Asking a reader's session, and reading what it answers.

use anyhow::Result;
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Date32Type, Int64Type};
use chrono::NaiveDate;
use datafusion::prelude::SessionContext;

/// One row of an answer; its values go by their place in the query, nulls are `None`.
pub(super) struct Row<'a> {
    batch: &'a RecordBatch,
    index: usize,
}

impl Row<'_> {
    pub(super) fn number(&self, column: usize) -> Option<i64> {
        let values = self.batch.column(column).as_primitive_opt::<Int64Type>()?;
        values.is_valid(self.index).then(|| values.value(self.index))
    }

    pub(super) fn date(&self, column: usize) -> Option<NaiveDate> {
        let values = self.batch.column(column).as_primitive_opt::<Date32Type>()?;
        values.is_valid(self.index).then(|| values.value_as_date(self.index)).flatten()
    }

    pub(super) fn text(&self, column: usize) -> Option<&str> {
        let values = self.batch.column(column).as_string_opt::<i32>()?;
        values.is_valid(self.index).then(|| values.value(self.index))
    }
}

/// Asks, and hands over each row of the answer with its repository, which is the query's first column.
pub(super) async fn each(context: &SessionContext, query: &str, mut found: impl FnMut(i64, &Row<'_>)) -> Result<()> {
    for batch in context.sql(query).await?.collect().await? {
        for index in 0..batch.num_rows() {
            let row = Row { batch: &batch, index };
            if let Some(repo_id) = row.number(0) {
                found(repo_id, &row);
            }
        }
    }
    Ok(())
}
