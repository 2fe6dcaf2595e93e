//! Joining the small files of an appended table.

use hublake_lake::{Appended, Maintenance, Table};

use crate::fixture::{Fixture, ask, raw_rows, raw_spec, transaction};

const SUMS: &str = "SELECT fetched_on, count(*), sum(run_seq), count(DISTINCT payload) FROM t GROUP BY 1 ORDER BY 1";

async fn appended(table: &mut Table, numbers: std::ops::Range<i64>) {
    for number in numbers {
        let rows = vec![raw_rows(0, 1, number..number + 1), raw_rows(1, 1, number..number + 2)];
        table.append(rows, &[transaction(&format!("issues/{}", number % 3), number)]).await.unwrap();
    }
}

#[tokio::test]
async fn many_small_files_become_one_a_folder_with_the_same_rows() {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&raw_spec(4)).await.unwrap();
    appended(&mut table, 0..35).await;
    let before = ask(table.snapshot(), SUMS).await;
    let version = table.snapshot().version;

    let done = table.join_small_files().await.unwrap();

    assert_eq!(done, Maintenance { files_joined: 70, files_written: 2 });
    assert_eq!(table.snapshot().files.len(), 2);
    assert_eq!(ask(table.snapshot(), SUMS).await, before);
    assert_eq!(ask(&fixture.snapshot("raw_things").await, SUMS).await, before);
    let then = fixture.lake.snapshot("raw_things", Some(version)).await.unwrap().unwrap();
    assert_eq!(then.files.len(), 70);
    assert_eq!(ask(&then, SUMS).await, before);
}

#[tokio::test]
async fn transactions_are_known_after_joining() {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&raw_spec(4)).await.unwrap();
    appended(&mut table, 0..35).await;
    table.join_small_files().await.unwrap();

    let mut table = fixture.reopened().await.table(&raw_spec(4)).await.unwrap();
    let again = table.append(vec![raw_rows(0, 1, 0..1)], &[transaction("issues/1", 34)]).await.unwrap();

    assert_eq!(again, Appended::Repeated);
    assert_eq!(table.transaction_version("issues/0").await.unwrap(), Some(33));
}

#[tokio::test]
async fn joining_says_that_it_changes_no_data() {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&raw_spec(4)).await.unwrap();
    appended(&mut table, 0..33).await;
    let version = table.snapshot().version;
    table.join_small_files().await.unwrap();

    let log = fixture.folder.path().join("raw_things/_delta_log");
    let commit = std::fs::read_to_string(log.join(format!("{:020}.json", version + 1))).unwrap();

    assert_eq!(commit.matches("\"dataChange\":false").count(), 34, "33 files out and one in");
    assert!(!commit.contains("\"dataChange\":true"));
}

#[tokio::test]
async fn few_files_are_left_alone() {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&raw_spec(4)).await.unwrap();
    appended(&mut table, 0..32).await;
    let version = table.snapshot().version;

    assert_eq!(table.join_small_files().await.unwrap(), Maintenance::default());
    assert_eq!(table.snapshot().version, version);
}

#[tokio::test]
async fn joining_goes_on_beside_another_writer() {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&raw_spec(4)).await.unwrap();
    appended(&mut table, 0..33).await;
    let mut other = fixture.reopened().await.table(&raw_spec(4)).await.unwrap();
    appended(&mut other, 33..34).await;

    table.join_small_files().await.unwrap();
    appended(&mut other, 34..35).await;

    let expected = ["2026-11-20|35|595|35", "2026-11-21|70|1225|36"];
    assert_eq!(ask(&fixture.snapshot("raw_things").await, SUMS).await, expected);
    assert_eq!(ask(other.snapshot(), SUMS).await, expected);
}

#[tokio::test]
async fn two_that_join_at_once_double_nothing() {
    let fixture = Fixture::new().await;
    let mut first = fixture.lake.table(&raw_spec(4)).await.unwrap();
    appended(&mut first, 0..33).await;
    let before = ask(first.snapshot(), SUMS).await;
    let mut second = fixture.reopened().await.table(&raw_spec(4)).await.unwrap();

    first.join_small_files().await.unwrap();
    let outcome = second.join_small_files().await;

    assert!(outcome.is_err(), "what it joined is joined already");
    assert_eq!(ask(&fixture.snapshot("raw_things").await, SUMS).await, before);
    assert_eq!(fixture.parquet_files("raw_things").len(), 66 + 2);
}
