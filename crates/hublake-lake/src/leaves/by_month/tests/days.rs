//! Days of leaves by month against a plain set of rows.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Date32Array, Int64Array, RecordBatch};
use arrow::datatypes::{Date32Type, Int64Type};
use chrono::NaiveDate;
use proptest::prelude::*;

use super::{check_leaves, open, parquet_files, schema};
use crate::leaves::{ENCODING_AT_ONCE, OPEN_MONTHS};
use crate::months::Month;
use crate::table::Table;

const REPOSITORIES: i64 = 60;
/// Days from 2023-12-20: the ends of December, February and March lie among them.
const DAYS: i32 = 110;

/// Repository, day (counted from 2023-12-20) and number of each row.
type Model = BTreeSet<(i64, i32, i64)>;

fn date(day: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2023, 12, 20).unwrap() + chrono::TimeDelta::days(day.into())
}

fn dates(days: &BTreeSet<i32>) -> BTreeSet<NaiveDate> {
    days.iter().copied().map(date).collect()
}

fn rows<'a>(all: impl Iterator<Item = &'a (i64, i32, i64)> + Clone) -> RecordBatch {
    let columns: Vec<ArrayRef> = vec![
        Arc::new(all.clone().map(|row| Some(Date32Type::from_naive_date(date(row.1)))).collect::<Date32Array>()),
        Arc::new(all.clone().map(|row| row.0).collect::<Int64Array>()),
        Arc::new(all.map(|row| row.2).collect::<Int64Array>()),
    ];
    RecordBatch::try_new(schema(), columns).unwrap()
}

/// Rows as they lie in batches, none of them twice.
fn listed(batches: &[RecordBatch]) -> Vec<(i64, i32, i64)> {
    let first = Date32Type::from_naive_date(date(0));
    let mut all = Vec::new();
    for batch in batches {
        let days = batch.column(0).as_primitive::<Date32Type>();
        let ids = batch.column(1).as_primitive::<Int64Type>();
        let numbers = batch.column(2).as_primitive::<Int64Type>();
        all.extend((0..batch.num_rows()).map(|row| (ids.value(row), days.value(row) - first, numbers.value(row))));
    }
    let distinct: Model = all.iter().copied().collect();
    assert_eq!(distinct.len(), all.len(), "a row came twice");
    all
}

async fn everything(table: &mut Table) -> Model {
    let ids: Vec<i64> = (0..REPOSITORIES).collect();
    let all = table.months_of();
    listed(&table.take_months(&ids, &all, true).await.unwrap().previous).into_iter().collect()
}

#[derive(Clone, Debug)]
enum Step {
    /// Repositories are to have so many rows on each of some days.
    Put {
        repo_ids: BTreeSet<i64>,
        days: BTreeSet<i32>,
        rows_a_day: usize,
        before: u32,
        reads: bool,
        gives_back: bool,
    },
    Commit,
    RollBack,
    /// As after the death of the process.
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let ids = prop_oneof![
        prop::collection::btree_set(0..REPOSITORIES, 1..4),
        prop::collection::btree_set(0..REPOSITORIES, 20..60),
        Just((0..REPOSITORIES).collect()),
    ];
    let days = prop_oneof![
        4 => prop::collection::btree_set(0..DAYS, 1..4),
        1 => prop::collection::btree_set(0..DAYS, 10..40),
    ];
    let rows_a_day = prop_oneof![1 => Just(0_usize), 6 => 1..3_usize, 1 => 10..60_usize];
    let put = (ids, days, rows_a_day, 0..35_u32, any::<bool>(), any::<bool>());
    let put = put.prop_map(|(repo_ids, days, rows_a_day, before, reads, gives_back)| Step::Put {
        repo_ids,
        days,
        rows_a_day,
        before,
        reads,
        gives_back,
    });
    prop_oneof![8 => put, 3 => Just(Step::Commit), 1 => Just(Step::RollBack), 1 => Just(Step::Reopen)]
}

/// Replaces rows in the table and in the model.
async fn put(table: &mut Table, current: &mut Model, step: Step, next: &mut i64) {
    let Step::Put { repo_ids, days, rows_a_day, before, reads, gives_back } = step else { return };
    let chosen: Vec<i64> = repo_ids.iter().rev().copied().collect();
    let taken = table.take_days(&chosen, &dates(&days), before, reads).await.unwrap();

    let before = i32::try_from(before).unwrap();
    let is_read = |day: i32| days.iter().any(|touched| (touched - before..=*touched).contains(&day));
    let previous: Vec<_> =
        current.iter().filter(|row| reads && repo_ids.contains(&row.0) && is_read(row.1)).copied().collect();
    let mut found = listed(&taken.previous);
    assert!(found.is_sorted_by_key(|row| (row.0, row.1)), "not sorted by repository and day");
    found.sort_unstable();
    assert_eq!(found, previous);

    current.retain(|row| !(repo_ids.contains(&row.0) && days.contains(&row.1)));
    let mut new = Model::new();
    for (repo_id, day) in repo_ids.iter().flat_map(|id| days.iter().map(move |day| (*id, *day))) {
        for _ in 0..rows_a_day {
            new.insert((repo_id, day, *next));
            *next += 1;
        }
    }
    current.extend(&new);
    if gives_back {
        new.extend(previous.iter().filter(|row| !days.contains(&row.1)));
    }
    let all = rows(new.iter());
    let half = all.num_rows() / 2;
    table.put(taken, vec![all.slice(half, all.num_rows() - half), all.slice(0, half)]).await.unwrap();
}

async fn check_steps(steps: Vec<Step>) {
    let folder = tempfile::tempdir().unwrap();
    let mut table = open(&folder).await;
    let (mut committed, mut current) = (Model::new(), Model::new());
    let mut next = 0;
    for step in steps {
        match step {
            Step::Put { .. } => put(&mut table, &mut current, step, &mut next).await,
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
        assert_eq!(everything(&mut table).await, current);
    }
    assert_eq!(everything(&mut open(&folder).await).await, committed);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_steps_equals_a_plain_set(steps in prop::collection::vec(step(), 1..12)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(check_steps(steps));
    }
}

/// Every repository on every day of January.
fn january() -> Model {
    (0..REPOSITORIES).flat_map(|id| (12..43).map(move |day| (id, day, id * 100 + i64::from(day)))).collect()
}

async fn with_january(folder: &tempfile::TempDir) -> Table {
    let mut table = open(folder).await;
    let ids: Vec<i64> = (0..REPOSITORIES).collect();
    let days = january().iter().map(|row| row.1).collect();
    let taken = table.take_days(&ids, &dates(&days), 0, false).await.unwrap();
    table.put(taken, vec![rows(january().iter())]).await.unwrap();
    table.commit().await.unwrap();
    table
}

#[tokio::test]
async fn a_day_of_all_repositories_writes_each_leaf_of_its_month_once_and_few_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let mut table = with_january(&folder).await;
    let before = parquet_files(&folder);
    assert!(before > 10 * ENCODING_AT_ONCE, "{before} leaves");

    let ids: Vec<i64> = (0..REPOSITORIES).collect();
    let new: Model = ids.iter().map(|id| (*id, 20, *id)).collect();
    let taken = table.take_days(&ids, &dates(&BTreeSet::from([20])), 7, false).await.unwrap();
    table.put(taken, vec![rows(new.iter())]).await.unwrap();
    assert!(table.pending.encoding.len() <= 2 * ENCODING_AT_ONCE, "{}", table.pending.encoding.len());
    check_leaves(&table);
    table.commit().await.unwrap();

    let january: Model = january().into_iter().filter(|row| row.1 != 20).chain(new).collect();
    assert_eq!(everything(&mut table).await, january);
    let written = parquet_files(&folder) - before;
    assert_eq!(written, table.snapshot.files.len(), "no leaf was written and thrown away");
}

#[tokio::test]
async fn a_day_of_one_repository_rewrites_its_leaf_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut table = with_january(&folder).await;
    let before: BTreeSet<String> = table.snapshot.files.iter().map(|leaf| leaf.path.clone()).collect();

    let taken = table.take_days(&[30], &dates(&BTreeSet::from([20])), 7, true).await.unwrap();
    assert_eq!(listed(&taken.previous), (13..=20).map(|day| (30, day, 3000 + i64::from(day))).collect::<Vec<_>>());
    table.put(taken, vec![rows([(30, 20, -1)].iter())]).await.unwrap();
    table.commit().await.unwrap();

    let new: Vec<_> = table.snapshot.files.iter().filter(|leaf| !before.contains(&leaf.path)).collect();
    assert_eq!((table.snapshot.files.len(), new.len()), (before.len(), 1));
    assert_eq!(table.month_of(new[0]), Some(Month::of(date(20))));
}
