//! `lag_within`, `lead_within`, `sum_within`: windows over many small groups.
//!
//! The engine evaluates a window partition by partition, and running sums row by row, which for a million issues of
//! three events each takes microseconds an issue. These look at a whole sorted batch at once: the groups are told by
//! their keys, which must come first in the window's order.

use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, BooleanBufferBuilder, Int64Array, Scalar, new_null_array};
use arrow::compute::kernels::zip::zip;
use arrow::compute::{cast, concat, partition};
use arrow::datatypes::{DataType, Field, FieldRef, Int64Type};
use datafusion::common::{Result, exec_err, internal_err};
use datafusion::logical_expr::function::{PartitionEvaluatorArgs, WindowUDFFieldArgs};
use datafusion::logical_expr::{PartitionEvaluator, Signature, Volatility, WindowUDF, WindowUDFImpl};

/// `lag_within(value, key, ...)`: the value of the row before, if it has the same keys, else null.
///
/// Written `lag_within(value, a, b) OVER (ORDER BY a, b, time)`, it gives what
/// `lag(value) OVER (PARTITION BY a, b ORDER BY time)` gives.
pub fn lag_within() -> WindowUDF {
    Within::function(Kind::Lag)
}

/// `lead_within(value, key, ...)`: the value of the row after, if it has the same keys, else null.
///
/// Written `lead_within(value, a, b) OVER (ORDER BY a, b, time)`, it gives what
/// `lead(value) OVER (PARTITION BY a, b ORDER BY time)` gives.
pub fn lead_within() -> WindowUDF {
    Within::function(Kind::Lead)
}

/// `sum_within(value, key, ...)`: the sum of whole numbers from the first row with the same keys to this one.
///
/// Written `sum_within(value, a) OVER (ORDER BY a, time)`, it gives what
/// `sum(value) OVER (PARTITION BY a ORDER BY time ROWS UNBOUNDED PRECEDING)` gives; a null counts as 0. A sum that
/// leaves 64 bits is an error.
pub fn sum_within() -> WindowUDF {
    Within::function(Kind::Sum)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Lag,
    Lead,
    Sum,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Within {
    kind: Kind,
    signature: Signature,
}

impl Within {
    fn function(kind: Kind) -> WindowUDF {
        WindowUDF::from(Self { kind, signature: Signature::variadic_any(Volatility::Immutable) })
    }
}

impl WindowUDFImpl for Within {
    fn name(&self) -> &str {
        match self.kind {
            Kind::Lag => "lag_within",
            Kind::Lead => "lead_within",
            Kind::Sum => "sum_within",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn partition_evaluator(&self, _: PartitionEvaluatorArgs) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(Rows { kind: self.kind }))
    }

    fn field(&self, arguments: WindowUDFFieldArgs) -> Result<FieldRef> {
        let [value, _, ..] = arguments.input_fields() else {
            return exec_err!("{} takes a value and at least one key", self.name());
        };
        let data_type = match self.kind {
            Kind::Sum if !value.data_type().is_integer() => {
                return exec_err!("sum_within adds whole numbers, not {}", value.data_type());
            }
            Kind::Sum => DataType::Int64,
            Kind::Lag | Kind::Lead => value.data_type().clone(),
        };
        Ok(Arc::new(Field::new(arguments.name(), data_type, self.kind != Kind::Sum)))
    }
}

#[derive(Debug)]
struct Rows {
    kind: Kind,
}

impl PartitionEvaluator for Rows {
    fn evaluate_all(&mut self, arguments: &[ArrayRef], _row_count: usize) -> Result<ArrayRef> {
        let [value, keys @ ..] = arguments else {
            return internal_err!("a window function without arguments");
        };
        let groups = partition(keys)?.ranges();
        match self.kind {
            Kind::Sum => sums(value, &groups),
            Kind::Lag => shifted(value, groups.iter().map(|group| group.start), Kind::Lag),
            Kind::Lead => shifted(value, groups.iter().map(|group| group.end - 1), Kind::Lead),
        }
    }
}

/// The values moved by a row; the rows `without` have none.
fn shifted(value: &ArrayRef, without: impl Iterator<Item = usize>, kind: Kind) -> Result<ArrayRef> {
    if value.is_empty() {
        return Ok(Arc::clone(value));
    }
    let none = new_null_array(value.data_type(), 1);
    let rest = value.len() - 1;
    let moved = match kind {
        Kind::Lag => concat(&[none.as_ref(), value.slice(0, rest).as_ref()])?,
        _ => concat(&[value.slice(1, rest).as_ref(), none.as_ref()])?,
    };
    let mut has_none = BooleanBufferBuilder::new(value.len());
    has_none.append_n(value.len(), false);
    without.for_each(|row| has_none.set_bit(row, true));
    Ok(zip(&BooleanArray::new(has_none.finish(), None), &Scalar::new(none), &moved)?)
}

fn sums(value: &ArrayRef, groups: &[Range<usize>]) -> Result<ArrayRef> {
    let value = cast(value, &DataType::Int64)?;
    let value = value.as_primitive::<Int64Type>();
    let mut sums = Vec::with_capacity(value.len());
    for group in groups {
        let mut sum = 0_i64;
        for row in group.clone() {
            let added = if value.is_valid(row) { value.value(row) } else { 0 };
            let Some(next) = sum.checked_add(added) else { return exec_err!("a sum leaves 64 bits") };
            sum = next;
            sums.push(sum);
        }
    }
    Ok(Arc::new(Int64Array::from(sums)))
}

#[cfg(test)]
mod tests {
    use arrow::util::pretty::pretty_format_batches;

    use crate::{SessionOptions, session};

    const ROWS: &str = "(VALUES (1, 'a', 1, 5), (1, 'a', 2, NULL), (1, 'b', 3, 7), (2, 'b', 4, -7), (2, 'b', 5, 8),
        (2, 'b', 6, 1), (3, NULL, 7, 4), (3, NULL, 8, 6)) AS rows(id, name, at, value)";

    async fn answer(query: &str) -> String {
        let context = session(&SessionOptions::default()).expect("a session");
        let rows = context.sql(query).await.expect("a query").collect().await.expect("an answer");
        pretty_format_batches(&rows).expect("text").to_string()
    }

    #[tokio::test]
    async fn they_give_what_the_partitioned_windows_give() {
        let ours = answer(&format!(
            "SELECT id, name, at, lag_within(value, id, name) OVER line AS before,
               lead_within(name, id, name) OVER line AS after, sum_within(value, id, name) OVER line AS total
             FROM {ROWS} WINDOW line AS (ORDER BY id, name, at) ORDER BY at"
        ))
        .await;
        let engines = answer(&format!(
            "SELECT id, name, at, lag(value) OVER line AS before, lead(name) OVER line AS after,
               sum(value) OVER (PARTITION BY id, name ORDER BY at ROWS UNBOUNDED PRECEDING) AS total
             FROM {ROWS} WINDOW line AS (PARTITION BY id, name ORDER BY at) ORDER BY at"
        ))
        .await;
        assert_eq!(ours, engines);
        assert!(ours.contains("| 3  |      | 8  | 4      |       | 10    |"), "{ours}");
    }

    #[tokio::test]
    async fn nothing_gives_nothing() {
        let query = format!(
            "SELECT count(*) AS n FROM (SELECT lag_within(value, id) OVER line AS a, sum_within(value, id) OVER line AS b
             FROM {ROWS} WHERE at > 100 WINDOW line AS (ORDER BY id, at))"
        );
        assert!(answer(&query).await.contains("| 0 |"));
    }

    #[tokio::test]
    async fn wrong_arguments_are_refused() {
        let context = session(&SessionOptions::default()).expect("a session");
        for (call, reason) in [
            ("sum_within(name, id)", "adds whole numbers, not Utf8"),
            ("lag_within(value)", "takes a value and at least one key"),
        ] {
            let error = context.sql(&format!("SELECT {call} OVER (ORDER BY id, at) FROM {ROWS}")).await;
            let error = error.err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.contains(reason), "{error}");
        }
    }

    #[tokio::test]
    async fn a_sum_that_leaves_64_bits_is_an_error() {
        let context = session(&SessionOptions::default()).expect("a session");
        let query = "SELECT sum_within(value, id) OVER (ORDER BY id, value)
            FROM (VALUES (1, 9223372036854775807), (1, 9223372036854775807)) AS rows(id, value)";
        let frame = context.sql(query).await.expect("a query");
        assert!(frame.collect().await.expect_err("too large").to_string().contains("leaves 64 bits"));
    }
}
