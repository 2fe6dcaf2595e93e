//! Replacing the rows of some repositories in some calendar months.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Field, Schema, SchemaRef};
use chrono::NaiveDate;
use hublake_lake::{Error, Maintenance, Months, Table, TableSpec};

use crate::fixture::{Fixture, ask, mart_rows, mart_spec, replace};

pub const ROWS: &str = "SELECT repo_id, day, number FROM t ORDER BY 1, 2";

pub fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("repo_id", DataType::Int64, false),
        Field::new("day", DataType::Date32, true),
        Field::new("number", DataType::Int64, false),
    ]))
}

pub fn spec() -> TableSpec {
    let by_month = Some("day".to_owned());
    TableSpec { name: "mart_days".to_owned(), schema: schema(), partitioned_by: None, by_month }
}

pub fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn rows(rows: &[(i64, &str, i64)]) -> RecordBatch {
    let days = rows.iter().map(|row| (row.1 != "null").then(|| Date32Type::from_naive_date(date(row.1))));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(rows.iter().map(|row| row.0).collect::<Int64Array>()),
        Arc::new(days.collect::<Date32Array>()),
        Arc::new(rows.iter().map(|row| row.2).collect::<Int64Array>()),
    ];
    RecordBatch::try_new(schema(), columns).unwrap()
}

pub fn months(days: &[&str]) -> Months {
    Months::of(days.iter().map(|day| date(day)))
}

pub async fn put(table: &mut Table, repo_ids: &[i64], days: &[&str], new: &[(i64, &str, i64)]) -> Result<(), Error> {
    let taken = table.take_months(repo_ids, &months(days), false).await?;
    table.put(taken, vec![rows(new)]).await
}

/// Repositories 1 and 2 with a day in each month from December 2023 to March 2024.
pub async fn filled(fixture: &Fixture) -> Table {
    let mut table = fixture.lake.table(&spec()).await.unwrap();
    let all = [
        (1, "2023-12-31", 10),
        (1, "2024-01-15", 11),
        (1, "2024-02-29", 12),
        (1, "2024-03-01", 13),
        (2, "2023-12-31", 20),
        (2, "2024-01-15", 21),
        (2, "2024-02-29", 22),
        (2, "2024-03-01", 23),
    ];
    put(&mut table, &[1, 2], &["2023-12-01", "2024-01-01", "2024-02-01", "2024-03-01"], &all).await.unwrap();
    table.commit().await.unwrap();
    table
}

pub fn files(table: &Table) -> BTreeSet<String> {
    table.snapshot().files.iter().map(|file| file.path.clone()).collect()
}

async fn answered(table: &Table) -> Vec<String> {
    ask(table.snapshot(), ROWS).await
}

#[tokio::test]
async fn only_the_rows_of_the_named_repositories_and_months_are_replaced() {
    let fixture = Fixture::new().await;
    let mut table = filled(&fixture).await;

    put(&mut table, &[2], &["2024-02-01"], &[(2, "2024-02-01", 30), (2, "2024-02-29", 31)]).await.unwrap();
    table.commit().await.unwrap();

    let expected = [
        "1|2023-12-31|10",
        "1|2024-01-15|11",
        "1|2024-02-29|12",
        "1|2024-03-01|13",
        "2|2023-12-31|20",
        "2|2024-01-15|21",
        "2|2024-02-01|30",
        "2|2024-02-29|31",
        "2|2024-03-01|23",
    ];
    assert_eq!(answered(&table).await, expected);
    assert_eq!(ask(&fixture.snapshot("mart_days").await, ROWS).await, expected);
}

#[tokio::test]
async fn files_of_other_months_stay_as_they_are() {
    let fixture = Fixture::new().await;
    let mut table = filled(&fixture).await;
    let before = files(&table);
    assert_eq!(before.len(), 4, "a file a month");

    put(&mut table, &[1, 2, 3], &["2024-03-09"], &[(3, "2024-03-31", 1)]).await.unwrap();
    table.commit().await.unwrap();

    let after = files(&table);
    assert_eq!((after.len(), after.intersection(&before).count()), (4, 3));
    assert_eq!(ask(table.snapshot(), "SELECT * FROM t WHERE day >= '2024-03-01'").await, ["3|2024-03-31|1"]);
}

#[tokio::test]
async fn neighbours_are_read_and_may_be_put_back_but_are_not_written() {
    let fixture = Fixture::new().await;
    let mut table = filled(&fixture).await;
    let before = files(&table);

    let taken = table.take_months(&[2, 5], &months(&["2024-02-10"]), true).await.unwrap();
    let previous = arrow::compute::concat_batches(&schema(), &taken.previous).unwrap();
    assert_eq!(previous, rows(&[(2, "2024-01-15", 21), (2, "2024-02-29", 22), (2, "2024-03-01", 23)]));
    let new = [(2, "2024-01-15", 21), (2, "2024-02-28", 32), (2, "2024-03-01", 23), (5, "2024-02-01", 50)];
    table.put(taken, vec![rows(&new)]).await.unwrap();
    table.commit().await.unwrap();

    assert_eq!(files(&table).intersection(&before).count(), 3, "only the file of February is another");
    let changed = "SELECT repo_id, day, number FROM t WHERE repo_id > 1 AND day >= '2024-01-01' ORDER BY 1, 2";
    let expected = ["2|2024-01-15|21", "2|2024-02-28|32", "2|2024-03-01|23", "5|2024-02-01|50"];
    assert_eq!(ask(table.snapshot(), changed).await, expected);
}

#[tokio::test]
async fn rows_gained_or_lost_in_a_month_that_was_only_read_are_refused() {
    let fixture = Fixture::new().await;
    let mut table = filled(&fixture).await;
    for (new, said) in [
        (vec![(2, "2024-02-29", 22), (2, "2024-03-01", 23)], "0 rows of 2024-01 are put where 1 were only read"),
        (
            vec![(2, "2024-01-15", 21), (2, "2024-03-01", 23), (2, "2024-03-02", 24)],
            "2 rows of 2024-03 are put where 1 were only read",
        ),
    ] {
        let taken = table.take_months(&[2], &months(&["2024-02-10"]), true).await.unwrap();
        let error = table.put(taken, vec![rows(&new)]).await.unwrap_err();
        assert!(matches!(error, Error::Unusable { .. }) && error.to_string().contains(said), "{error}");
    }
    assert_eq!(table.commit().await.unwrap(), 1, "nothing was put");
}

#[tokio::test]
async fn rows_of_a_month_neither_taken_nor_read_are_refused() {
    let fixture = Fixture::new().await;
    let mut table = filled(&fixture).await;
    for (is_read, new) in [(true, (2, "2023-12-31", 99)), (false, (2, "2024-01-15", 99))] {
        let taken = table.take_months(&[2], &months(&["2024-02-10"]), is_read).await.unwrap();
        let kept = [(2, "2024-01-15", 21), (2, "2024-03-01", 23)];
        let mut put: Vec<_> = kept.into_iter().filter(|_| is_read).collect();
        put.push(new);
        let error = table.put(taken, vec![rows(&put)]).await.unwrap_err();
        assert!(matches!(error, Error::Unusable { .. }), "{error}");
        assert!(error.to_string().contains(&format!("rows of {}", &new.1[..7])), "{error}");
    }
    assert_eq!(table.commit().await.unwrap(), 1, "nothing was put");
}

#[tokio::test]
async fn rows_without_a_day_and_of_other_repositories_are_refused() {
    let fixture = Fixture::new().await;
    let mut table = filled(&fixture).await;
    for (new, said) in [((2, "null", 1), "no value in day"), ((1, "2024-02-01", 1), "repository 1")] {
        let error = put(&mut table, &[2], &["2024-02-01"], &[new]).await.unwrap_err();
        assert!(matches!(error, Error::Unusable { .. }) && error.to_string().contains(said), "{error}");
    }
}

#[tokio::test]
async fn a_file_with_rows_of_several_months_is_refused_by_name() {
    let fixture = Fixture::new().await;
    let mut plain = fixture.lake.table(&TableSpec { by_month: None, ..spec() }).await.unwrap();
    replace(&mut plain, &[1], rows(&[(1, "2024-01-31", 1), (1, "2024-02-01", 2)])).await;
    let path = plain.snapshot().files[0].path.clone();

    let mut table = fixture.lake.table(&spec()).await.unwrap();
    let error = table.take_months(&[7], &months(&["2024-06-01"]), false).await.map(|_| ()).unwrap_err();

    assert!(matches!(error, Error::Unusable { .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains(&path) && text.contains("2024-01 to 2024-02") && text.contains("hint:"), "{text}");
    assert_eq!(table.months_of(), months(&["2024-01-01", "2024-02-01"]));
}

#[tokio::test]
async fn a_table_is_taken_as_it_is_stored() {
    let fixture = Fixture::new().await;
    let error = filled(&fixture).await.take(&[1], false).await.map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("mart_days: it is stored by month"), "{error}");

    let mut plain = fixture.lake.table(&mart_spec()).await.unwrap();
    replace(&mut plain, &[1], mart_rows([(1, 10)])).await;
    let error = plain.take_months(&[1], &months(&["2024-01-01"]), false).await.map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("mart_things: it is not stored by month"), "{error}");
    assert!(plain.months_of().is_empty());
}

#[tokio::test]
async fn only_a_date_column_tells_the_month() {
    let fixture = Fixture::new().await;
    for column in ["number", "month"] {
        let wrong = TableSpec { by_month: Some(column.to_owned()), ..spec() };
        let error = fixture.lake.table(&wrong).await.map(|_| ()).unwrap_err();
        assert!(error.to_string().contains(&format!("by the month of {column}")), "{error}");
    }
}

#[tokio::test]
async fn a_repository_goes_from_all_months() {
    let fixture = Fixture::new().await;
    let mut table = filled(&fixture).await;
    let all = table.months_of();
    assert_eq!(all, months(&["2023-12-01", "2024-01-01", "2024-02-01", "2024-03-01"]));

    let taken = table.take_months(&[1], &all, false).await.unwrap();
    table.put(taken, Vec::new()).await.unwrap();
    table.commit().await.unwrap();
    let left = ["2|2023-12-31|20", "2|2024-01-15|21", "2|2024-02-29|22", "2|2024-03-01|23"];
    assert_eq!(answered(&table).await, left);

    let taken = table.take_months(&[2], &all, true).await.unwrap();
    table.put(taken, Vec::new()).await.unwrap();
    table.commit().await.unwrap();
    assert!(table.snapshot().files.is_empty() && table.months_of().is_empty());
}

#[tokio::test]
async fn no_months_take_nothing_and_make_no_version() {
    let fixture = Fixture::new().await;
    let mut table = filled(&fixture).await;
    let taken = table.take_months(&[1, 2], &months(&[]), true).await.unwrap();
    assert!(taken.previous.is_empty());
    table.put(taken, Vec::new()).await.unwrap();
    assert_eq!(table.commit().await.unwrap(), 1);
}

#[tokio::test]
async fn what_was_put_and_not_committed_is_gone_after_a_death_or_a_roll_back() {
    let fixture = Fixture::new().await;
    let mut table = filled(&fixture).await;
    let (before, on_disk) = (answered(&table).await, fixture.parquet_files("mart_days"));
    for repo_id in [1, 3, 1] {
        put(&mut table, &[repo_id], &["2024-01-01", "2024-05-01"], &[(repo_id, "2024-05-05", 9)]).await.unwrap();
    }
    table.roll_back().await;
    assert_eq!(fixture.parquet_files("mart_days"), on_disk);
    assert_eq!(answered(&table).await, before);

    for repo_id in [1, 3, 1] {
        put(&mut table, &[repo_id], &["2024-01-01", "2024-05-01"], &[(repo_id, "2024-05-05", 9)]).await.unwrap();
    }
    drop(table);
    let mut table = fixture.reopened().await.table(&spec()).await.unwrap();
    assert_eq!(answered(&table).await, before);
    put(&mut table, &[1], &["2024-03-01"], &[(1, "2024-03-01", 14)]).await.unwrap();
    assert_eq!(table.commit().await.unwrap(), 2);
}

#[tokio::test]
async fn rows_read_before_another_put_in_their_month_are_refused() {
    let fixture = Fixture::new().await;
    let mut table = filled(&fixture).await;
    let stale = table.take_months(&[2], &months(&["2024-02-10"]), true).await.unwrap();
    put(&mut table, &[2], &["2024-03-01"], &[(2, "2024-03-05", 40)]).await.unwrap();

    let unchanged = [(2, "2024-01-15", 21), (2, "2024-02-29", 22), (2, "2024-03-01", 23)];
    let error = table.put(stale, vec![rows(&unchanged)]).await.unwrap_err();

    assert!(error.to_string().contains("replaced meanwhile"), "{error}");
}

#[tokio::test]
async fn of_two_that_replace_at_once_the_second_is_told_and_can_go_on() {
    let fixture = Fixture::new().await;
    let mut first = filled(&fixture).await;
    let mut second = fixture.lake.table(&spec()).await.unwrap();
    put(&mut first, &[1], &["2024-01-01"], &[(1, "2024-01-01", 15)]).await.unwrap();
    first.commit().await.unwrap();

    put(&mut second, &[2], &["2024-03-01"], &[(2, "2024-03-31", 24)]).await.unwrap();
    let error = second.commit().await.unwrap_err();
    assert!(matches!(&error, Error::Conflict { table, version: 2 } if table == "mart_days"), "{error}");
    put(&mut second, &[2], &["2024-03-01"], &[(2, "2024-03-31", 24)]).await.unwrap();
    second.commit().await.unwrap();

    let changed = "SELECT repo_id, day, number FROM t WHERE number IN (11, 15, 23, 24) ORDER BY 1";
    assert_eq!(ask(&fixture.snapshot("mart_days").await, changed).await, ["1|2024-01-01|15", "2|2024-03-31|24"]);
}

#[tokio::test]
async fn small_files_of_months_are_not_joined() {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&spec()).await.unwrap();
    let days: Vec<String> = (0..40).map(|month| format!("{}-{:02}-01", 2020 + month / 12, month % 12 + 1)).collect();
    let days: Vec<&str> = days.iter().map(String::as_str).collect();
    let all: Vec<_> = days.iter().map(|day| (1, *day, 1)).collect();
    put(&mut table, &[1], &days, &all).await.unwrap();
    table.commit().await.unwrap();

    assert_eq!(table.join_small_files().await.unwrap(), Maintenance::default());
    assert_eq!(table.snapshot().files.len(), 40);
}
