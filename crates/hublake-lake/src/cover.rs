//! `cheapest_cover(first, last, piece_first, piece_last, cost)`: what it costs at least to cover a window of days.

mod path;

use std::mem::{size_of, size_of_val};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Date32Array, Int64Array, ListArray};
use arrow::buffer::{OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{DataType, Date32Type, Field, FieldRef, Int64Type};
use datafusion::common::{Result, ScalarValue, exec_err, plan_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature, Volatility,
};

use self::path::{Cover, Piece};

/// Numbers that a piece is in a state: its first day, its last day and its cost.
const PIECE_NUMBERS: usize = 3;

/// The aggregate `cheapest_cover(first DATE, last DATE, piece_first DATE, piece_last DATE, cost BIGINT)` for a
/// session's registry.
///
/// The result is the smallest sum of costs of pieces that together hold every day from `first` to `last`, both in the
/// window, which is the same for all rows of a group; null where the pieces leave a day out, and 0 for a window that
/// ends before it begins. Pieces may overlap and reach beyond the window; one with a null among its dates or as its
/// cost is ignored. A cost below 0 and a second window in a group are errors.
pub fn cheapest_cover() -> AggregateUDF {
    let mut arguments = vec![DataType::Date32; 4];
    arguments.push(DataType::Int64);
    AggregateUDF::from(CheapestCover { signature: Signature::exact(arguments, Volatility::Immutable) })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct CheapestCover {
    signature: Signature,
}

impl AggregateUDFImpl for CheapestCover {
    fn name(&self) -> &str {
        "cheapest_cover"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _argument_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let field = |name: &str, data_type| Arc::new(Field::new(format!("{}[{name}]", args.name), data_type, true));
        Ok(vec![
            field("first", DataType::Date32),
            field("last", DataType::Date32),
            field("pieces", DataType::List(number_field())),
        ])
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        refuse_distinct(&args)?;
        Ok(Box::new(OneCover(GroupedCovers { groups: vec![Cover::default()], capacity: 0 })))
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(&self, _args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(GroupedCovers::default()))
    }
}

/// The pieces of one group, for queries without `GROUP BY`.
#[derive(Debug)]
struct OneCover(GroupedCovers);

impl Accumulator for OneCover {
    fn update_batch(&mut self, arguments: &[ArrayRef]) -> Result<()> {
        let rows = Rows::of(arguments);
        (0..rows.cost.len()).try_for_each(|row| self.0.add(0, &rows, row))
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let states = States::of(states);
        (0..states.pieces.len()).try_for_each(|row| self.0.merge(0, &states, row))
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let arrays = states_of(&self.0.groups)?;
        arrays.iter().map(|array| ScalarValue::try_from_array(array, 0)).collect()
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Int64(self.0.groups.iter_mut().find_map(Cover::cost)))
    }

    fn size(&self) -> usize {
        GroupsAccumulator::size(&self.0)
    }
}

/// The pieces of many groups, by the group's index.
#[derive(Debug, Default)]
struct GroupedCovers {
    groups: Vec<Cover>,
    /// Sum of the groups' capacities: `size` is asked after every batch and must not visit all groups.
    capacity: usize,
}

impl GroupedCovers {
    fn add(&mut self, group: usize, rows: &Rows, row: usize) -> Result<()> {
        let Some(window) = rows.window(row) else { return Ok(()) };
        let cover = &mut self.groups[group];
        cover.set_window(window)?;
        if let Some(piece) = rows.piece(row) {
            if piece.cost < 0 {
                return exec_err!("a piece of cheapest_cover costs {}, which is less than nothing", piece.cost);
            }
            let before = cover.capacity();
            cover.push(piece);
            self.capacity = self.capacity + cover.capacity() - before;
        }
        Ok(())
    }

    fn merge(&mut self, group: usize, states: &States, row: usize) -> Result<()> {
        let Some(window) = window(states.first, states.last, row) else { return Ok(()) };
        let cover = &mut self.groups[group];
        cover.set_window(window)?;
        let before = cover.capacity();
        let pieces = states.pieces.value(row);
        for numbers in pieces.as_primitive::<Int64Type>().values().chunks_exact(PIECE_NUMBERS) {
            let day = |number: i64| i32::try_from(number).unwrap_or_default();
            cover.push(Piece { first: day(numbers[0]), last: day(numbers[1]), cost: numbers[2] });
        }
        self.capacity = self.capacity + cover.capacity() - before;
        Ok(())
    }

    fn take(&mut self, emit_to: EmitTo) -> Vec<Cover> {
        let taken = emit_to.take_needed(&mut self.groups);
        self.capacity -= taken.iter().map(Cover::capacity).sum::<usize>();
        taken
    }
}

impl GroupsAccumulator for GroupedCovers {
    fn update_batch(
        &mut self,
        arguments: &[ArrayRef],
        group_indices: &[usize],
        filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.groups.resize_with(total_num_groups, Cover::default);
        let rows = Rows::of(arguments);
        for (row, &group) in group_indices.iter().enumerate() {
            if passes(filter, row) {
                self.add(group, &rows, row)?;
            }
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef], group_indices: &[usize], total_num_groups: usize) -> Result<()> {
        self.groups.resize_with(total_num_groups, Cover::default);
        let states = States::of(states);
        group_indices.iter().enumerate().try_for_each(|(row, &group)| self.merge(group, &states, row))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        states_of(&self.take(emit_to))
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let mut groups = self.take(emit_to);
        Ok(Arc::new(groups.iter_mut().map(Cover::cost).collect::<Int64Array>()))
    }

    fn convert_to_state(&self, arguments: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let count = arguments[0].len();
        let mut alone = Self::default();
        let groups: Vec<usize> = (0..count).collect();
        GroupsAccumulator::update_batch(&mut alone, arguments, &groups, filter, count)?;
        states_of(&alone.groups)
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.groups.capacity() * size_of::<Cover>() + self.capacity * size_of::<Piece>()
    }
}

/// The arguments of a batch.
struct Rows<'a> {
    window_first: &'a Date32Array,
    window_last: &'a Date32Array,
    first: &'a Date32Array,
    last: &'a Date32Array,
    cost: &'a Int64Array,
}

impl<'a> Rows<'a> {
    fn of(arguments: &'a [ArrayRef]) -> Self {
        let date = |place: usize| arguments[place].as_primitive::<Date32Type>();
        Self {
            window_first: date(0),
            window_last: date(1),
            first: date(2),
            last: date(3),
            cost: arguments[4].as_primitive::<Int64Type>(),
        }
    }

    fn window(&self, row: usize) -> Option<(i32, i32)> {
        window(self.window_first, self.window_last, row)
    }

    fn piece(&self, row: usize) -> Option<Piece> {
        let (first, last) = window(self.first, self.last, row)?;
        self.cost.is_valid(row).then(|| Piece { first, last, cost: self.cost.value(row) })
    }
}

/// The states of a batch.
struct States<'a> {
    first: &'a Date32Array,
    last: &'a Date32Array,
    pieces: &'a ListArray,
}

impl<'a> States<'a> {
    fn of(states: &'a [ArrayRef]) -> Self {
        let date = |place: usize| states[place].as_primitive::<Date32Type>();
        Self { first: date(0), last: date(1), pieces: states[2].as_list::<i32>() }
    }
}

fn window(first: &Date32Array, last: &Date32Array, row: usize) -> Option<(i32, i32)> {
    (first.is_valid(row) && last.is_valid(row)).then(|| (first.value(row), last.value(row)))
}

fn states_of(covers: &[Cover]) -> Result<Vec<ArrayRef>> {
    let mut numbers = Vec::with_capacity(covers.iter().map(|cover| cover.pieces().len() * PIECE_NUMBERS).sum());
    let mut offsets = Vec::with_capacity(covers.len() + 1);
    offsets.push(0);
    for cover in covers {
        for piece in cover.pieces() {
            numbers.extend([i64::from(piece.first), i64::from(piece.last), piece.cost]);
        }
        let Ok(end) = i32::try_from(numbers.len()) else {
            return exec_err!("cheapest_cover holds too many pieces in one batch: {}", numbers.len() / PIECE_NUMBERS);
        };
        offsets.push(end);
    }
    let day = |of: fn((i32, i32)) -> i32| covers.iter().map(|cover| cover.window().map(of)).collect::<Date32Array>();
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    let pieces = ListArray::new(number_field(), offsets, Arc::new(Int64Array::from(numbers)), None);
    Ok(vec![Arc::new(day(|window| window.0)), Arc::new(day(|window| window.1)), Arc::new(pieces)])
}

fn refuse_distinct(args: &AccumulatorArgs) -> Result<()> {
    if args.is_distinct {
        return plan_err!("cheapest_cover does not take DISTINCT");
    }
    Ok(())
}

fn passes(filter: Option<&BooleanArray>, row: usize) -> bool {
    filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row))
}

fn number_field() -> FieldRef {
    Arc::new(Field::new_list_field(DataType::Int64, true))
}

#[cfg(test)]
mod tests;
