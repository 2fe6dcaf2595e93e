//! `percentile_exact(value, fraction)`: an interpolated percentile without rounding of its weight.

use std::mem::{size_of, size_of_val};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Float64Array, ListArray, RecordBatch};
use arrow::buffer::{OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{DataType, Field, FieldRef, Float64Type, Schema};
use datafusion::common::{Result, ScalarValue, exec_err, plan_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, ColumnarValue, EmitTo, GroupsAccumulator, Signature, Volatility,
};

/// The aggregate `percentile_exact(value DOUBLE, fraction DOUBLE)` for a session's registry.
///
/// The values are sorted ascending and the result lies at position `fraction * (n - 1)`, interpolated as
/// `lower + (upper - lower) * (position - floor(position))` in 64-bit floats, which is the definition of
/// `PERCENTILE_CONT` in SQL:2003. Nulls are ignored; without a value the result is null. `fraction` is a
/// constant between 0 and 1. The engine's own `percentile_cont` truncates the weight to six decimals.
pub fn percentile_exact() -> AggregateUDF {
    AggregateUDF::from(PercentileExact {
        signature: Signature::exact(vec![DataType::Float64, DataType::Float64], Volatility::Immutable),
    })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct PercentileExact {
    signature: Signature,
}

impl AggregateUDFImpl for PercentileExact {
    fn name(&self) -> &str {
        "percentile_exact"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _argument_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let values = DataType::List(value_field());
        Ok(vec![Arc::new(Field::new(format!("{}[values]", args.name), values, true))])
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Values { fraction: fraction(&args)?, values: Vec::new() }))
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(GroupedValues { fraction: fraction(&args)?, groups: Vec::new(), capacity: 0 }))
    }
}

/// All values of one group, for queries without `GROUP BY`.
#[derive(Debug)]
struct Values {
    fraction: f64,
    values: Vec<f64>,
}

impl Accumulator for Values {
    fn update_batch(&mut self, arguments: &[ArrayRef]) -> Result<()> {
        extend(&mut self.values, arguments[0].as_primitive::<Float64Type>());
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for values in states[0].as_list::<i32>().iter().flatten() {
            extend(&mut self.values, values.as_primitive::<Float64Type>());
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let values = std::mem::take(&mut self.values);
        let ends = [0, values.len()];
        Ok(vec![ScalarValue::List(Arc::new(list_of(values, &ends)?))])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Float64(interpolate(&mut self.values, self.fraction)))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.values.capacity() * size_of::<f64>()
    }
}

/// All values of many groups, by the group's index.
#[derive(Debug)]
struct GroupedValues {
    fraction: f64,
    groups: Vec<Vec<f64>>,
    /// Sum of the groups' capacities: `size` is asked after every batch and must not visit all groups.
    capacity: usize,
}

impl GroupedValues {
    fn grow(&mut self, group: usize, additional: &[f64]) {
        let values = &mut self.groups[group];
        let before = values.capacity();
        values.extend_from_slice(additional);
        self.capacity += values.capacity() - before;
    }

    fn take(&mut self, emit_to: EmitTo) -> Vec<Vec<f64>> {
        let taken = emit_to.take_needed(&mut self.groups);
        self.capacity -= taken.iter().map(Vec::capacity).sum::<usize>();
        taken
    }
}

impl GroupsAccumulator for GroupedValues {
    fn update_batch(
        &mut self,
        arguments: &[ArrayRef],
        group_indices: &[usize],
        filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.groups.resize_with(total_num_groups, Vec::new);
        let values = arguments[0].as_primitive::<Float64Type>();
        for (row, &group) in group_indices.iter().enumerate() {
            if values.is_valid(row) && passes(filter, row) {
                self.grow(group, &[values.value(row)]);
            }
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef], group_indices: &[usize], total_num_groups: usize) -> Result<()> {
        self.groups.resize_with(total_num_groups, Vec::new);
        let lists = states[0].as_list::<i32>();
        let values = lists.values().as_primitive::<Float64Type>();
        for (row, &group) in group_indices.iter().enumerate() {
            if lists.is_valid(row) {
                let start = lists.value_offsets()[row] as usize;
                let end = lists.value_offsets()[row + 1] as usize;
                self.grow(group, &values.values()[start..end]);
            }
        }
        Ok(())
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let groups = self.take(emit_to);
        let mut values = Vec::with_capacity(groups.iter().map(Vec::len).sum());
        let mut ends = Vec::with_capacity(groups.len() + 1);
        ends.push(0);
        for group in groups {
            values.extend_from_slice(&group);
            ends.push(values.len());
        }
        Ok(vec![Arc::new(list_of(values, &ends)?)])
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let mut groups = self.take(emit_to);
        let results = groups.iter_mut().map(|values| interpolate(values, self.fraction));
        Ok(Arc::new(results.collect::<Float64Array>()))
    }

    fn convert_to_state(&self, arguments: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let values = arguments[0].as_primitive::<Float64Type>();
        let mut kept = Vec::with_capacity(values.len());
        let mut ends = Vec::with_capacity(values.len() + 1);
        ends.push(0);
        for row in 0..values.len() {
            if values.is_valid(row) && passes(filter, row) {
                kept.push(values.value(row));
            }
            ends.push(kept.len());
        }
        Ok(vec![Arc::new(list_of(kept, &ends)?)])
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.groups.capacity() * size_of::<Vec<f64>>() + self.capacity * size_of::<f64>()
    }
}

/// The interpolated percentile of the values, which are reordered; null without a value.
fn interpolate(values: &mut [f64], fraction: f64) -> Option<f64> {
    let position = fraction * values.len().checked_sub(1)? as f64;
    let floor = position.floor();
    let (_, lower, above) = values.select_nth_unstable_by(floor as usize, f64::total_cmp);
    let lower = *lower;
    match above.iter().copied().min_by(f64::total_cmp) {
        Some(upper) if position > floor => Some(lower + (upper - lower) * (position - floor)),
        _ => Some(lower),
    }
}

/// The constant second argument, which must lie between 0 and 1.
fn fraction(args: &AccumulatorArgs) -> Result<f64> {
    if args.is_distinct {
        return plan_err!("percentile_exact does not take DISTINCT");
    }
    let no_rows = RecordBatch::new_empty(Arc::new(Schema::empty()));
    match args.exprs[1].evaluate(&no_rows) {
        Ok(ColumnarValue::Scalar(ScalarValue::Float64(Some(value)))) if (0.0..=1.0).contains(&value) => Ok(value),
        _ => plan_err!("the fraction of percentile_exact must be a constant between 0 and 1, it is {}", args.exprs[1]),
    }
}

fn extend(target: &mut Vec<f64>, values: &Float64Array) {
    match values.null_count() {
        0 => target.extend_from_slice(values.values()),
        _ => target.extend(values.iter().flatten()),
    }
}

fn passes(filter: Option<&BooleanArray>, row: usize) -> bool {
    filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row))
}

fn value_field() -> FieldRef {
    Arc::new(Field::new_list_field(DataType::Float64, true))
}

/// A list per pair of neighbouring ends.
fn list_of(values: Vec<f64>, ends: &[usize]) -> Result<ListArray> {
    if i32::try_from(values.len()).is_err() {
        return exec_err!("percentile_exact holds too many values in one batch: {}", values.len());
    }
    let offsets = ends.iter().map(|&end| end as i32).collect::<Vec<_>>();
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    Ok(ListArray::new(value_field(), offsets, Arc::new(Float64Array::from(values)), None))
}

#[cfg(test)]
mod tests;
