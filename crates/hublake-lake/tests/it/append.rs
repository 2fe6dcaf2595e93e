//! Appending: each transaction once, whoever else writes.

use std::collections::BTreeSet;

use hublake_lake::{Appended, Error, Lake, PartitionedRows, Table};
use rstest::rstest;

use crate::fixture::{Fixture, ask, raw_rows, raw_spec, transaction};

async fn append(table: &mut Table, number: i64, app_id: &str, version: i64) -> Appended {
    let rows = vec![raw_rows(0, 1, number..number + 1)];
    table.append(rows, &[transaction(app_id, version)]).await.unwrap()
}

async fn numbers(lake: &Lake) -> Vec<i64> {
    let snapshot = lake.snapshot("raw_things", None).await.unwrap().unwrap();
    let lines = ask(&snapshot, "SELECT run_seq FROM t ORDER BY run_seq").await;
    lines.iter().map(|line| line.parse().unwrap()).collect()
}

#[tokio::test]
async fn one_commit_holds_the_rows_of_several_days() {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&raw_spec(4)).await.unwrap();

    let appended = table.append(vec![raw_rows(0, 1, 0..5), raw_rows(1, 2, 5..9)], &[]).await.unwrap();

    assert_eq!(appended, Appended::Committed(1));
    let by_day = "SELECT fetched_on, count(*) FROM t GROUP BY fetched_on ORDER BY 1";
    assert_eq!(ask(table.snapshot(), by_day).await, ["2026-11-20|5", "2026-11-21|4"]);
    assert_eq!(ask(&fixture.snapshot("raw_things").await, by_day).await, ["2026-11-20|5", "2026-11-21|4"]);
}

#[tokio::test]
async fn a_repeated_transaction_is_skipped() {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&raw_spec(4)).await.unwrap();

    assert_eq!(append(&mut table, 0, "issues/1", 1).await, Appended::Committed(1));
    assert_eq!(append(&mut table, 1, "issues/1", 1).await, Appended::Repeated);

    assert_eq!(numbers(&fixture.lake).await, [0]);
    assert_eq!(fixture.parquet_files("raw_things").len(), 1);
}

#[tokio::test]
async fn a_smaller_version_is_skipped_and_a_greater_one_is_not() {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&raw_spec(4)).await.unwrap();

    append(&mut table, 0, "issues/1", 7).await;
    assert_eq!(append(&mut table, 1, "issues/1", 6).await, Appended::Repeated);
    assert_eq!(append(&mut table, 2, "issues/2", 1).await, Appended::Committed(2));
    assert_eq!(append(&mut table, 3, "issues/1", 8).await, Appended::Committed(3));

    assert_eq!(numbers(&fixture.lake).await, [0, 2, 3]);
    assert_eq!(table.transaction_version("issues/1").await.unwrap(), Some(8));
    assert_eq!(table.transaction_version("issues/3").await.unwrap(), None);
}

#[rstest]
#[case::before_a_checkpoint(3)]
#[case::at_a_checkpoint(20)]
#[case::after_checkpoints(47)]
#[tokio::test]
async fn a_freshly_opened_lake_knows_every_transaction(#[case] commits: i64) {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&raw_spec(4)).await.unwrap();
    for number in 0..commits {
        append(&mut table, number, &format!("issues/{}", number % 5), number).await;
    }

    let lake = fixture.reopened().await;
    let mut table = lake.table(&raw_spec(4)).await.unwrap();
    for number in 0..commits {
        let again = append(&mut table, 1000 + number, &format!("issues/{}", number % 5), number).await;
        assert_eq!(again, Appended::Repeated, "transaction {number}");
    }

    assert_eq!(numbers(&lake).await, (0..commits).collect::<Vec<_>>());
    assert_eq!(append(&mut table, commits, "issues/0", commits).await, Appended::Committed(commits + 1));
}

#[tokio::test]
async fn a_handle_that_another_overtook_appends_after_it() {
    let fixture = Fixture::new().await;
    let mut first = fixture.lake.table(&raw_spec(4)).await.unwrap();
    let mut second = fixture.reopened().await.table(&raw_spec(4)).await.unwrap();

    assert_eq!(append(&mut first, 0, "issues/1", 1).await, Appended::Committed(1));
    assert_eq!(append(&mut second, 1, "issues/2", 1).await, Appended::Committed(2));
    assert_eq!(append(&mut first, 2, "issues/1", 2).await, Appended::Committed(3));

    assert_eq!(numbers(&fixture.lake).await, [0, 1, 2]);
    assert_eq!(ask(first.snapshot(), "SELECT count(*) FROM t").await, ["3"]);
}

#[tokio::test]
async fn a_handle_that_another_overtook_with_the_same_transaction_writes_nothing() {
    let fixture = Fixture::new().await;
    let mut first = fixture.lake.table(&raw_spec(4)).await.unwrap();
    let mut second = fixture.reopened().await.table(&raw_spec(4)).await.unwrap();
    append(&mut second, 0, "other", 1).await;

    append(&mut first, 1, "issues/1", 1).await;
    assert_eq!(append(&mut second, 2, "issues/1", 1).await, Appended::Repeated);

    assert_eq!(numbers(&fixture.lake).await, [0, 1]);
    assert_eq!(fixture.parquet_files("raw_things").len(), 2, "the loser's file is gone");
}

#[tokio::test]
async fn a_commit_of_several_transactions_is_known_by_each() {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&raw_spec(4)).await.unwrap();
    let both = [transaction("issues/1", 4), transaction("issues/2", 9)];

    table.append(vec![raw_rows(0, 1, 0..1), raw_rows(0, 2, 1..2)], &both).await.unwrap();
    let again = table.append(vec![raw_rows(0, 1, 2..3), raw_rows(0, 2, 3..4)], &both).await.unwrap();

    assert_eq!(again, Appended::Repeated);
    let mut table = fixture.reopened().await.table(&raw_spec(4)).await.unwrap();
    assert_eq!(table.transaction_version("issues/1").await.unwrap(), Some(4));
    assert_eq!(table.transaction_version("issues/2").await.unwrap(), Some(9));
}

#[tokio::test]
async fn a_partly_repeated_append_is_refused_and_doubles_nothing() {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&raw_spec(4)).await.unwrap();
    append(&mut table, 0, "issues/1", 1).await;

    let both = [transaction("issues/1", 1), transaction("issues/2", 1)];
    let refused = table.append(vec![raw_rows(0, 1, 0..2)], &both).await.unwrap_err();

    assert!(matches!(&refused, Error::PartlyRepeated { repeated, .. } if repeated == "issues/1"), "{refused}");
    assert_eq!(numbers(&fixture.lake).await, [0]);
    assert_eq!(fixture.parquet_files("raw_things").len(), 1);
}

#[tokio::test]
async fn a_transaction_without_rows_is_kept() {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&raw_spec(4)).await.unwrap();

    let nothing = || vec![raw_rows(0, 1, 0..0)];
    assert_eq!(table.append(nothing(), &[transaction("issues/1", 1)]).await.unwrap(), Appended::Committed(1));
    assert_eq!(table.append(nothing(), &[transaction("issues/1", 1)]).await.unwrap(), Appended::Repeated);

    assert!(fixture.parquet_files("raw_things").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn four_tasks_with_25_appends_each_lose_and_double_nothing() {
    let fixture = Fixture::new().await;
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..4 {
        let lake = fixture.reopened().await;
        tasks.spawn(async move {
            let mut table = lake.table(&raw_spec(4)).await.unwrap();
            for number in 0..25 {
                let app_id = format!("issues/{task}");
                append(&mut table, task * 100 + number, &app_id, number).await;
                // A writer that does not know whether its append was done says it again.
                assert_eq!(append(&mut table, 9999, &app_id, number).await, Appended::Repeated);
            }
        });
    }
    tasks.join_all().await;

    let expected: Vec<i64> = (0..4).flat_map(|task| task * 100..task * 100 + 25).collect();
    assert_eq!(numbers(&fixture.lake).await, expected);
    assert_eq!(fixture.snapshot("raw_things").await.version, 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_racing_with_the_same_transaction_write_it_once() {
    let fixture = Fixture::new().await;
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..4 {
        let lake = fixture.reopened().await;
        tasks.spawn(async move {
            let mut table = lake.table(&raw_spec(4)).await.unwrap();
            let mut committed = 0;
            for version in 0..10 {
                committed += i64::from(
                    append(&mut table, task * 100 + version, "issues/1", version).await != Appended::Repeated,
                );
            }
            committed
        });
    }
    let committed: i64 = tasks.join_all().await.into_iter().sum();

    assert_eq!(numbers(&fixture.lake).await.len() as i64, committed);
    let versions: BTreeSet<i64> = numbers(&fixture.lake).await.into_iter().map(|number| number % 100).collect();
    assert_eq!(versions.len() as i64, committed, "no version twice");
}

#[rstest]
#[case::no_day(None, "no value for fetched_on")]
#[case::not_a_day(Some("2026-02-30"), "not a day")]
#[case::a_path(Some("../../x"), "not a day")]
#[tokio::test]
async fn rows_without_a_day_of_their_own_are_refused(#[case] partition: Option<&str>, #[case] told: &str) {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&raw_spec(4)).await.unwrap();
    let rows = raw_rows(0, 1, 0..1).rows;

    let part = PartitionedRows { partition: partition.map(str::to_owned), rows };
    let error = table.append(vec![raw_rows(0, 1, 0..1), part], &[]).await.unwrap_err().to_string();

    assert!(error.contains("raw_things") && error.contains(told), "{error}");
    assert!(fixture.parquet_files("raw_things").is_empty(), "the first part is taken away again");
    assert_eq!(fixture.snapshot("raw_things").await.version, 0);
}

#[tokio::test]
async fn the_space_of_checkpoints_stays_in_proportion() {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&raw_spec(4)).await.unwrap();
    for number in 0..100 {
        append(&mut table, number, "issues/1", number).await;
    }
    let log = fixture.folder.path().join("raw_things/_delta_log");
    let names = std::fs::read_dir(log).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());

    assert_eq!(names.filter(|name| name.ends_with(".checkpoint.parquet")).count(), 5);
}
