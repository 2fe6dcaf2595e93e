//! Leaves against a plain map, with leaves small enough for many of them.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef};
use proptest::prelude::*;

use crate::table::Table;
use crate::{Lake, TableSpec};

pub(super) const LEAF_ROWS: usize = 40;

type Model = BTreeMap<i64, Vec<i64>>;

fn schema() -> SchemaRef {
    let column = |name| Field::new(name, DataType::Int64, false);
    Arc::new(Schema::new(vec![column("repo_id"), column("number")]))
}

fn rows(model: &Model) -> RecordBatch {
    let pairs = || model.iter().flat_map(|(id, numbers)| numbers.iter().map(|number| (*id, *number)));
    let ids: ArrayRef = Arc::new(pairs().map(|(id, _)| id).collect::<Int64Array>());
    let numbers: ArrayRef = Arc::new(pairs().map(|(_, number)| number).collect::<Int64Array>());
    RecordBatch::try_new(schema(), vec![ids, numbers]).unwrap()
}

fn model_of(batches: &[RecordBatch]) -> Model {
    let mut model = Model::new();
    for batch in batches {
        let ids = batch.column(0).as_primitive::<Int64Type>().values();
        let numbers = batch.column(1).as_primitive::<Int64Type>().values();
        for (id, number) in ids.iter().zip(numbers) {
            model.entry(*id).or_default().push(*number);
        }
    }
    model.values_mut().for_each(|numbers| numbers.sort_unstable());
    model
}

async fn open(folder: &tempfile::TempDir) -> Table {
    let lake = Lake::open(folder.path().to_str().unwrap()).await.unwrap();
    let spec = TableSpec { name: "mart".to_owned(), schema: schema(), partitioned_by: None, by_month: None };
    let mut table = lake.table(&spec).await.unwrap();
    table.leaf_rows = LEAF_ROWS;
    table
}

async fn put(table: &mut Table, repo_ids: &[i64], model: &Model) {
    let taken = table.take(repo_ids, false).await.unwrap();
    table.put(taken, vec![rows(model)]).await.unwrap();
}

/// What holds of the leaves of each month at any time: bounds, ranges that meet at most in one repository, few leaves.
pub(super) fn check_leaves(table: &Table) {
    let mut by_month: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for leaf in table.current_leaves() {
        let range = leaf.range(table.key_index()).unwrap();
        by_month.entry(table.month_of(leaf)).or_default().push((range, leaf.rows));
    }
    by_month.into_values().for_each(check_leaves_of_a_month);
}

fn check_leaves_of_a_month(mut leaves: Vec<((i64, i64), usize)>) {
    leaves.sort_unstable_by_key(|(range, rows)| (*range, Reverse(*rows)));
    for (_, rows) in &leaves {
        assert!((1..=LEAF_ROWS).contains(rows), "a leaf of {rows} rows");
    }
    for pair in leaves.windows(2) {
        let [((_, greatest), left), ((lowest, _), right)] = pair else { unreachable!() };
        assert!(greatest <= lowest, "leaves overlap: {leaves:?}");
        assert!(*left.max(right) >= LEAF_ROWS / 2, "two small leaves side by side: {leaves:?}");
    }
    let rows: usize = leaves.iter().map(|(_, rows)| rows).sum();
    assert!(leaves.len() <= 4 * rows.div_ceil(LEAF_ROWS) + 1, "{} leaves for {rows} rows", leaves.len());
}

/// Leaves put since the last commit, the open one too.
fn new_leaves(table: &Table) -> usize {
    table.pending.added.len() + table.pending.encoding.len() + table.pending.open.len()
}

pub(super) fn parquet_files(folder: &tempfile::TempDir) -> usize {
    let entries = std::fs::read_dir(folder.path().join("mart")).unwrap();
    entries.filter(|entry| entry.as_ref().unwrap().path().extension().is_some()).count()
}

#[derive(Clone, Debug)]
enum Step {
    /// Repositories, and how many rows each is to have.
    Put(BTreeMap<i64, usize>),
    Commit,
    RollBack,
    Reopen,
}

pub(super) fn row_count() -> impl Strategy<Value = usize> {
    prop_oneof![4 => Just(0usize), 12 => 1..6usize, 6 => 6..45usize, 2 => 45..300usize, 1 => 1000..3000usize]
}

fn step() -> impl Strategy<Value = Step> {
    let some = prop::collection::btree_map(0..60i64, row_count(), 1..4);
    let many = prop::collection::btree_map(0..60i64, row_count(), 10..40);
    prop_oneof![
        6 => some.prop_map(Step::Put),
        2 => many.prop_map(Step::Put),
        3 => Just(Step::Commit),
        1 => Just(Step::RollBack),
        1 => Just(Step::Reopen),
    ]
}

async fn check_steps(steps: Vec<Step>) {
    let folder = tempfile::tempdir().unwrap();
    let mut table = open(&folder).await;
    let (mut committed, mut current) = (Model::new(), Model::new());
    let mut next_number = 0;
    for step in steps {
        match step {
            Step::Put(counts) => {
                let repo_ids: Vec<i64> = counts.keys().copied().collect();
                let taken = table.take(&repo_ids, true).await.unwrap();
                let expected: Model =
                    current.iter().filter(|(id, _)| counts.contains_key(id)).map(|(id, n)| (*id, n.clone())).collect();
                assert_eq!(model_of(&taken.previous), expected);
                let mut new = Model::new();
                for (id, count) in counts {
                    let first = next_number;
                    next_number += i64::try_from(count).unwrap();
                    current.remove(&id);
                    if count > 0 {
                        new.insert(id, (first..next_number).collect());
                    }
                }
                table.put(taken, vec![rows(&new)]).await.unwrap();
                current.extend(new);
            }
            Step::Commit => {
                table.commit().await.unwrap();
                committed.clone_from(&current);
            }
            Step::RollBack => {
                table.roll_back().await;
                current.clone_from(&committed);
            }
            Step::Reopen => {
                table.roll_back().await;
                table = open(&folder).await;
                current.clone_from(&committed);
            }
        }
        check_leaves(&table);
        let everything = table.take(&(0..60).collect::<Vec<_>>(), true).await.unwrap();
        assert_eq!(model_of(&everything.previous), current);
        assert!(everything.kept.is_empty());
    }
    table.roll_back().await;
    let everything = open(&folder).await.take(&(0..60).collect::<Vec<_>>(), true).await.unwrap();
    assert_eq!(model_of(&everything.previous), committed);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_steps_equals_a_plain_map(steps in prop::collection::vec(step(), 1..14)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(check_steps(steps));
    }
}

fn repositories(ids: impl Iterator<Item = i64>, rows: i64) -> Model {
    ids.map(|id| (id, (0..rows).collect())).collect()
}

#[tokio::test]
async fn a_run_rewrites_only_the_leaf_of_its_repository() {
    let folder = tempfile::tempdir().unwrap();
    let mut table = open(&folder).await;
    let all: Vec<i64> = (0..100).map(|place| place * 10).collect();
    put(&mut table, &all, &repositories(all.iter().copied(), 8)).await;
    table.commit().await.unwrap();
    assert_eq!(table.current_leaves().count(), 20);

    put(&mut table, &[500], &repositories([500].into_iter(), 7)).await;
    assert_eq!((table.pending.removed.len(), new_leaves(&table)), (1, 1));
    table.roll_back().await;

    put(&mut table, &[0, 990], &repositories([0, 990].into_iter(), 7)).await;
    assert_eq!((table.pending.removed.len(), new_leaves(&table)), (2, 2));
    table.roll_back().await;
    assert_eq!(parquet_files(&folder), 20);
}

#[tokio::test]
async fn repositories_added_one_by_one_share_leaves() {
    for ids in [(0..200).collect::<Vec<i64>>(), (0..200).rev().collect(), (0..200).map(|n| n * 37 % 200).collect()] {
        let folder = tempfile::tempdir().unwrap();
        let mut table = open(&folder).await;
        for id in ids {
            put(&mut table, &[id], &repositories([id].into_iter(), 2)).await;
            check_leaves(&table);
        }
        assert!(table.current_leaves().count() <= 20, "{} leaves for 400 rows", table.current_leaves().count());
    }
}

#[tokio::test]
async fn repositories_added_in_scattered_batches_share_leaves() {
    let folder = tempfile::tempdir().unwrap();
    let mut table = open(&folder).await;
    for batch in 0..50 {
        let ids: Vec<i64> = (0..20).map(|place| place * 50 + batch).collect();
        put(&mut table, &ids, &repositories(ids.iter().copied(), 1)).await;
        check_leaves(&table);
    }
    assert!(table.current_leaves().count() <= 50, "{} leaves for 1,000 rows", table.current_leaves().count());
}

#[tokio::test]
async fn leaves_that_lose_their_rows_are_joined() {
    let folder = tempfile::tempdir().unwrap();
    let mut table = open(&folder).await;
    let all: Vec<i64> = (0..100).collect();
    put(&mut table, &all, &repositories(all.iter().copied(), 8)).await;
    table.commit().await.unwrap();

    for id in 0..95 {
        put(&mut table, &[id], &Model::new()).await;
        check_leaves(&table);
    }
    assert_eq!(table.current_leaves().count(), 1);
}

#[tokio::test]
async fn a_repository_larger_than_a_leaf_spreads_and_shrinks_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut table = open(&folder).await;
    let mut model = repositories(0..10, 3);
    put(&mut table, &(0..10).collect::<Vec<_>>(), &model).await;

    model.insert(5, (0..1000).collect());
    put(&mut table, &[5], &repositories([5].into_iter(), 1000)).await;
    check_leaves(&table);
    for id in [4, 6] {
        put(&mut table, &[id], &repositories([id].into_iter(), 3)).await;
        check_leaves(&table);
    }
    let everything = table.take(&(0..10).collect::<Vec<_>>(), true).await.unwrap();
    assert_eq!(model_of(&everything.previous), model);

    put(&mut table, &[5], &repositories([5].into_iter(), 1)).await;
    check_leaves(&table);
    assert_eq!(table.current_leaves().count(), 1);
}

#[tokio::test]
async fn a_sweep_in_the_order_of_the_ids_writes_each_leaf_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut table = open(&folder).await;
    let all: Vec<i64> = (0..100).collect();
    put(&mut table, &all, &repositories(all.iter().copied(), 8)).await;
    table.commit().await.unwrap();
    let before = parquet_files(&folder);

    let mut written = 0;
    for batch in all.chunks(7) {
        put(&mut table, batch, &repositories(batch.iter().copied(), 8)).await;
        check_leaves(&table);
        written += table.pending.encoding.len();
    }
    table.commit().await.unwrap();

    assert_eq!(parquet_files(&folder) - before, written + 1, "no leaf was written and thrown away");
    assert_eq!(table.current_leaves().count(), written + 1);
}
