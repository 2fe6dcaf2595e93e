//! Replacing the rows of some repositories.

use hublake_lake::{Error, Table};

use crate::fixture::{Fixture, ask, mart_rows, mart_spec, replace};

const SUMS: &str = "SELECT repo_id, count(*), sum(number) FROM t GROUP BY repo_id ORDER BY repo_id";

async fn table_of(fixture: &Fixture) -> Table {
    fixture.lake.table(&mart_spec()).await.unwrap()
}

#[tokio::test]
async fn only_the_rows_of_the_named_repositories_are_replaced() {
    let fixture = Fixture::new().await;
    let mut table = table_of(&fixture).await;
    replace(&mut table, &[1, 2, 3], mart_rows([(1, 10), (1, 11), (2, 20), (3, 30)])).await;

    replace(&mut table, &[2], mart_rows([(2, 21), (2, 22)])).await;

    let expected = ["1|2|21", "2|2|43", "3|1|30"];
    assert_eq!(ask(table.snapshot(), SUMS).await, expected);
    assert_eq!(ask(&fixture.snapshot("mart_things").await, SUMS).await, expected);
}

#[tokio::test]
async fn previous_rows_are_given_when_asked_for() {
    let fixture = Fixture::new().await;
    let mut table = table_of(&fixture).await;
    replace(&mut table, &[1, 2], mart_rows([(1, 10), (2, 20), (2, 21)])).await;

    let taken = table.take(&[2, 5], true).await.unwrap();
    let previous = arrow::compute::concat_batches(&crate::fixture::mart_schema(), &taken.previous).unwrap();

    assert_eq!(previous, mart_rows([(2, 20), (2, 21)]));
    assert!(table.take(&[2], false).await.unwrap().previous.is_empty());
}

#[tokio::test]
async fn nothing_is_visible_before_the_commit() {
    let fixture = Fixture::new().await;
    let mut table = table_of(&fixture).await;
    replace(&mut table, &[1], mart_rows([(1, 10)])).await;

    let taken = table.take(&[1], false).await.unwrap();
    table.put(taken, vec![mart_rows([(1, 11)])]).await.unwrap();

    assert_eq!(ask(table.snapshot(), SUMS).await, ["1|1|10"]);
    assert_eq!(ask(&fixture.snapshot("mart_things").await, SUMS).await, ["1|1|10"]);
    table.commit().await.unwrap();
    assert_eq!(ask(table.snapshot(), SUMS).await, ["1|1|11"]);
}

#[tokio::test]
async fn several_puts_are_one_version_and_leave_no_file_behind() {
    let fixture = Fixture::new().await;
    let mut table = table_of(&fixture).await;
    for round in 0..3 {
        for repo_id in 1..=4 {
            let taken = table.take(&[repo_id], true).await.unwrap();
            table.put(taken, vec![mart_rows([(repo_id, round), (repo_id, 1)])]).await.unwrap();
        }
    }

    assert_eq!(table.commit().await.unwrap(), 1);

    assert_eq!(ask(table.snapshot(), SUMS).await, ["1|2|3", "2|2|3", "3|2|3", "4|2|3"]);
    assert_eq!(table.snapshot().files.len(), 1);
    assert_eq!(fixture.parquet_files("mart_things").len(), 1);
}

#[tokio::test]
async fn rolling_back_leaves_the_table_as_it_was_and_no_files() {
    let fixture = Fixture::new().await;
    let mut table = table_of(&fixture).await;
    replace(&mut table, &[1, 2], mart_rows([(1, 10), (2, 20)])).await;
    let files = fixture.parquet_files("mart_things");

    for repo_id in [2, 3, 2] {
        let taken = table.take(&[repo_id], false).await.unwrap();
        table.put(taken, vec![mart_rows([(repo_id, 99)])]).await.unwrap();
    }
    table.roll_back().await;

    assert_eq!(fixture.parquet_files("mart_things"), files);
    assert_eq!(table.commit().await.unwrap(), 1, "there is nothing to commit");
    assert_eq!(ask(table.snapshot(), SUMS).await, ["1|1|10", "2|1|20"]);
}

#[tokio::test]
async fn a_repository_without_rows_is_gone() {
    let fixture = Fixture::new().await;
    let mut table = table_of(&fixture).await;
    replace(&mut table, &[1, 2], mart_rows([(1, 10), (2, 20)])).await;

    let taken = table.take(&[1], false).await.unwrap();
    table.put(taken, Vec::new()).await.unwrap();
    table.commit().await.unwrap();
    assert_eq!(ask(table.snapshot(), SUMS).await, ["2|1|20"]);

    replace(&mut table, &[2], mart_rows([])).await;
    assert!(table.snapshot().files.is_empty());
    assert_eq!(ask(&fixture.snapshot("mart_things").await, "SELECT count(*) FROM t").await, ["0"]);
}

#[tokio::test]
async fn nothing_put_on_an_empty_table_is_no_version() {
    let fixture = Fixture::new().await;
    let mut table = table_of(&fixture).await;

    assert_eq!(replace(&mut table, &[1, 2], mart_rows([])).await, 0);
    let taken = table.take(&[], true).await.unwrap();
    table.put(taken, Vec::new()).await.unwrap();
    assert_eq!(table.commit().await.unwrap(), 0);
}

#[tokio::test]
async fn repositories_may_be_named_in_any_order_and_twice() {
    let fixture = Fixture::new().await;
    let mut table = table_of(&fixture).await;
    replace(&mut table, &[3, 1, 2, 3], mart_rows([(1, 10), (2, 20), (3, 30)])).await;

    replace(&mut table, &[3, 1], mart_rows([(1, 11)])).await;

    assert_eq!(ask(table.snapshot(), SUMS).await, ["1|1|11", "2|1|20"]);
}

#[tokio::test]
async fn rows_of_a_repository_that_was_not_taken_are_refused() {
    let fixture = Fixture::new().await;
    let mut table = table_of(&fixture).await;
    replace(&mut table, &[1, 2], mart_rows([(1, 10), (2, 20)])).await;

    let taken = table.take(&[1], false).await.unwrap();
    let error = table.put(taken, vec![mart_rows([(1, 11), (2, 21)])]).await.unwrap_err().to_string();

    assert!(error.contains("mart_things") && error.contains("repository 2"), "{error}");
    table.roll_back().await;
    assert_eq!(ask(table.snapshot(), SUMS).await, ["1|1|10", "2|1|20"]);
}

#[tokio::test]
async fn rows_taken_before_another_put_are_refused() {
    let fixture = Fixture::new().await;
    let mut table = table_of(&fixture).await;
    replace(&mut table, &[1, 2], mart_rows([(1, 10), (2, 20)])).await;

    let first = table.take(&[1], false).await.unwrap();
    let second = table.take(&[2], false).await.unwrap();
    table.put(first, vec![mart_rows([(1, 11)])]).await.unwrap();
    let error = table.put(second, vec![mart_rows([(2, 21)])]).await.unwrap_err();

    assert!(matches!(error, Error::Unusable { .. }), "{error}");
    table.commit().await.unwrap();
    assert_eq!(ask(table.snapshot(), SUMS).await, ["1|1|11", "2|1|20"]);
}

#[tokio::test]
async fn of_two_that_replace_at_once_the_second_is_told_and_can_go_on() {
    let fixture = Fixture::new().await;
    let mut first = table_of(&fixture).await;
    replace(&mut first, &[1, 2], mart_rows([(1, 10), (2, 20)])).await;
    let mut second = table_of(&fixture).await;
    replace(&mut first, &[1], mart_rows([(1, 11)])).await;

    let taken = second.take(&[2], false).await.unwrap();
    second.put(taken, vec![mart_rows([(2, 21)])]).await.unwrap();
    let error = second.commit().await.unwrap_err();

    assert!(matches!(&error, Error::Conflict { table, version: 2 } if table == "mart_things"), "{error}");
    assert_eq!(fixture.parquet_files("mart_things").len(), 2, "the loser's file is gone");
    replace(&mut second, &[2], mart_rows([(2, 21)])).await;
    assert_eq!(ask(&fixture.snapshot("mart_things").await, SUMS).await, ["1|1|11", "2|1|21"]);
}

#[tokio::test]
async fn leaves_of_the_usual_size_hold_large_and_small_repositories() {
    let fixture = Fixture::new().await;
    let mut table = table_of(&fixture).await;
    let large = (0..150_000).map(|number| (7, number));
    let small = (10..20_010).map(|repo_id| (repo_id, 1));
    replace(&mut table, &(7..20_010).collect::<Vec<_>>(), mart_rows(large.chain(small))).await;
    let files = table.snapshot().files.len();
    let before: Vec<_> = table.snapshot().files.iter().map(|file| file.path.clone()).collect();

    replace(&mut table, &[15_000], mart_rows([(15_000, 2)])).await;

    assert_eq!(files, 3);
    let kept = table.snapshot().files.iter().filter(|file| before.contains(&file.path)).count();
    assert_eq!(kept, 2, "one leaf was written again");
    let sums = "SELECT count(*), sum(number) FROM t WHERE repo_id";
    assert_eq!(ask(table.snapshot(), &format!("{sums} = 7")).await, ["150000|11249925000"]);
    assert_eq!(ask(table.snapshot(), &format!("{sums} > 7")).await, ["20000|20001"]);
}
