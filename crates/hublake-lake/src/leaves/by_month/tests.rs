//! Leaves by month against a plain map, with leaves small enough for many of them.

mod days;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Date32Array, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Field, Int64Type, Schema, SchemaRef};
use chrono::NaiveDate;
use proptest::prelude::*;

use crate::leaves::OPEN_MONTHS;
use crate::leaves::tests::{LEAF_ROWS, check_leaves, parquet_files, row_count};
use crate::months::Month;
use crate::table::Table;
use crate::{Lake, Months, TableSpec};

const REPOSITORIES: i64 = 12;
const MONTHS: u32 = 6;

/// The numbers of each repository's rows in a month; the months are counted from November 2023.
type Model = BTreeMap<(i64, u32), Vec<i64>>;

pub(super) fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("day", DataType::Date32, false),
        Field::new("repo_id", DataType::Int64, false),
        Field::new("number", DataType::Int64, false),
    ]))
}

fn first_of(month: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2023, 11, 1).unwrap() + chrono::Months::new(month)
}

fn months(places: impl IntoIterator<Item = u32>) -> Months {
    Months::of(places.into_iter().map(first_of))
}

/// Where in its month the row with a number lies.
fn day_of(month: u32, number: i64) -> i32 {
    Date32Type::from_naive_date(first_of(month)) + i32::try_from(number % 28).unwrap()
}

fn rows(model: &Model) -> RecordBatch {
    let all = || model.iter().flat_map(|((id, month), numbers)| numbers.iter().map(|number| (*id, *month, *number)));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(all().map(|(_, month, number)| Some(day_of(month, number))).collect::<Date32Array>()),
        Arc::new(all().map(|(id, ..)| id).collect::<Int64Array>()),
        Arc::new(all().map(|(.., number)| number).collect::<Int64Array>()),
    ];
    RecordBatch::try_new(schema(), columns).unwrap()
}

fn model_of(batches: &[RecordBatch]) -> Model {
    let mut model = Model::new();
    for batch in batches {
        let days = batch.column(0).as_primitive::<Date32Type>();
        let ids = batch.column(1).as_primitive::<Int64Type>();
        let numbers = batch.column(2).as_primitive::<Int64Type>();
        for row in 0..batch.num_rows() {
            let (day, number) = (days.value(row), numbers.value(row));
            let month = (0..MONTHS).find(|month| day_of(*month, number) == day).unwrap();
            model.entry((ids.value(row), month)).or_default().push(number);
        }
    }
    model.values_mut().for_each(|numbers| numbers.sort_unstable());
    model
}

fn is_by_repository(batches: &[RecordBatch]) -> bool {
    batches.iter().flat_map(|batch| batch.column(1).as_primitive::<Int64Type>().values()).is_sorted()
}

pub(super) async fn open(folder: &tempfile::TempDir) -> Table {
    let lake = Lake::open(folder.path().to_str().unwrap()).await.unwrap();
    let by_month = Some("day".to_owned());
    let spec = TableSpec { name: "mart".to_owned(), schema: schema(), partitioned_by: None, by_month };
    let mut table = lake.table(&spec).await.unwrap();
    table.leaf_rows = LEAF_ROWS;
    table
}

async fn put(table: &mut Table, repo_ids: &[i64], months: &Months, model: &Model) {
    let taken = table.take_months(repo_ids, months, false).await.unwrap();
    table.put(taken, vec![rows(model)]).await.unwrap();
}

async fn everything(table: &mut Table) -> Model {
    let all = table.months_of();
    let ids: Vec<i64> = (0..1000).collect();
    model_of(&table.take_months(&ids, &all, true).await.unwrap().previous)
}

#[derive(Clone, Debug)]
enum Step {
    /// How many rows repositories are to have in months.
    Put {
        counts: BTreeMap<(i64, u32), usize>,
        reads: bool,
    },
    Commit,
    RollBack,
    /// As after the death of the process.
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let place = || (0..REPOSITORIES, 0..MONTHS);
    let some = prop::collection::btree_map(place(), row_count(), 1..4);
    let many = prop::collection::btree_map(place(), row_count(), 10..40);
    let put = |(counts, reads)| Step::Put { counts, reads };
    prop_oneof![
        6 => (some, any::<bool>()).prop_map(put),
        2 => (many, any::<bool>()).prop_map(put),
        3 => Just(Step::Commit),
        1 => Just(Step::RollBack),
        1 => Just(Step::Reopen),
    ]
}

/// Replaces rows in the table and in the model.
async fn put_counts(
    table: &mut Table,
    current: &mut Model,
    counts: BTreeMap<(i64, u32), usize>,
    reads: bool,
    next: &mut i64,
) {
    let ids: BTreeSet<i64> = counts.keys().map(|(id, _)| *id).collect();
    let replaced: BTreeSet<u32> = counts.keys().map(|(_, month)| *month).collect();
    let is_near = |month: u32| replaced.iter().any(|other| other.abs_diff(month) == 1) && !replaced.contains(&month);
    let of_ids = |place: &&(i64, u32)| ids.contains(&place.0);
    let chosen: Vec<i64> = ids.iter().copied().collect();
    let taken = table.take_months(&chosen, &months(replaced.iter().copied()), reads).await.unwrap();

    let mut previous = Model::new();
    let mut put = Model::new();
    for place in current.keys().filter(of_ids).filter(|_| reads) {
        if is_near(place.1) {
            put.insert(*place, current[place].clone());
        }
        if is_near(place.1) || replaced.contains(&place.1) {
            previous.insert(*place, current[place].clone());
        }
    }
    assert_eq!(model_of(&taken.previous), previous);
    assert!(is_by_repository(&taken.previous));

    current.retain(|(id, month), _| !(ids.contains(id) && replaced.contains(month)));
    for (place, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        let first = *next;
        *next += i64::try_from(count).unwrap();
        put.insert(place, (first..*next).collect());
        current.insert(place, (first..*next).collect());
    }
    let before = rows(&put);
    let half = before.num_rows() / 2;
    table.put(taken, vec![before.slice(half, before.num_rows() - half), before.slice(0, half)]).await.unwrap();
}

async fn check_steps(steps: Vec<Step>) {
    let folder = tempfile::tempdir().unwrap();
    let mut table = open(&folder).await;
    let (mut committed, mut current) = (Model::new(), Model::new());
    let mut next = 0;
    for step in steps {
        match step {
            Step::Put { counts, reads } => put_counts(&mut table, &mut current, counts, reads, &mut next).await,
            Step::Commit => {
                table.commit().await.unwrap();
                committed.clone_from(&current);
            }
            Step::RollBack => {
                table.roll_back().await;
                current.clone_from(&committed);
            }
            Step::Reopen => {
                table = open(&folder).await;
                current.clone_from(&committed);
            }
        }
        check_leaves(&table);
        assert!(table.pending.open.len() <= OPEN_MONTHS);
        assert_eq!(table.months_of(), months(current.keys().map(|(_, month)| *month)));
        assert_eq!(everything(&mut table).await, current);
    }
    assert_eq!(everything(&mut open(&folder).await).await, committed);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_steps_equals_a_plain_map(steps in prop::collection::vec(step(), 1..14)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(check_steps(steps));
    }
}

fn daily(ids: impl Iterator<Item = i64>, months: impl Iterator<Item = u32> + Clone, rows: i64) -> Model {
    ids.flat_map(|id| months.clone().map(move |month| ((id, month), (0..rows).collect()))).collect()
}

#[tokio::test]
async fn a_run_rewrites_only_the_leaves_of_its_repository_and_months() {
    let folder = tempfile::tempdir().unwrap();
    let mut table = open(&folder).await;
    let all: Vec<i64> = (0..100).collect();
    put(&mut table, &all, &months(0..6), &daily(0..100, 0..6, 8)).await;
    table.commit().await.unwrap();
    assert_eq!(table.current_leaves().count(), 6 * 20);

    put(&mut table, &[50], &months([4, 5]), &daily(50..51, 4..6, 7)).await;
    assert_eq!((table.pending.removed.len(), table.pending.open.len(), table.pending.encoding.len()), (2, 2, 0));
    table.roll_back().await;

    put(&mut table, &[0, 99], &months([3]), &daily([0, 99].into_iter(), 3..4, 7)).await;
    assert_eq!((table.pending.removed.len(), table.pending.open.len(), table.pending.encoding.len()), (2, 1, 1));
    table.roll_back().await;
    assert_eq!(parquet_files(&folder), 6 * 20);
}

#[tokio::test]
async fn a_sweep_over_few_months_writes_each_leaf_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut table = open(&folder).await;
    let all: Vec<i64> = (0..100).collect();
    put(&mut table, &all, &months(0..6), &daily(0..100, 0..6, 8)).await;
    table.commit().await.unwrap();
    let (before, version) = (parquet_files(&folder), table.snapshot.version);

    for batch in all.chunks(7) {
        put(&mut table, batch, &months([4, 5]), &daily(batch.iter().copied(), 4..6, 8)).await;
        check_leaves(&table);
    }
    assert_eq!(table.pending.open.len(), 2);
    table.commit().await.unwrap();

    assert_eq!(table.snapshot.version, version + 1);
    let new = table.snapshot.files.iter().filter(|leaf| table.month_of(leaf) >= Some(Month::of(first_of(4)))).count();
    assert_eq!(parquet_files(&folder) - before, new, "no leaf was written and thrown away");
}

#[tokio::test]
async fn an_import_of_many_months_keeps_the_newest_open_and_encodes_few_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut table = open(&folder).await;
    for batch in (0..40).collect::<Vec<i64>>().chunks(10) {
        put(&mut table, batch, &months(0..MONTHS), &daily(batch.iter().copied(), 0..MONTHS, 2)).await;
        check_leaves(&table);
        assert_eq!(table.pending.open.len(), OPEN_MONTHS);
        assert!(table.pending.encoding.len() < 2 * OPEN_MONTHS, "{}", table.pending.encoding.len());
        let open: Months = table.pending.open.iter().filter_map(|leaf| table.month_of(&leaf.file)).collect();
        assert_eq!(open, months(MONTHS - 4..MONTHS));
    }
    assert_eq!(everything(&mut table).await, daily(0..40, 0..MONTHS, 2));
    table.commit().await.unwrap();
    check_leaves(&table);
}
