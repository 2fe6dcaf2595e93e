//! Earlier versions, and tables that are missing or damaged.

use std::io::Write;

use rstest::rstest;

use crate::fixture::{Fixture, ask, mart_rows, mart_spec, raw_rows, raw_spec, replace, transaction, try_ask};

const SUMS: &str = "SELECT repo_id, sum(number) FROM t GROUP BY repo_id ORDER BY repo_id";

#[rstest]
#[case::few_commits(3)]
#[case::past_checkpoints(45)]
#[tokio::test]
async fn every_earlier_version_still_has_its_rows(#[case] commits: i64) {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&mart_spec()).await.unwrap();
    for number in 1..=commits {
        assert_eq!(replace(&mut table, &[5], mart_rows([(5, number)])).await, number);
    }

    for number in 1..=commits {
        let then = fixture.lake.snapshot("mart_things", Some(number)).await.unwrap().unwrap();
        assert_eq!(then.version, number);
        assert_eq!(ask(&then, SUMS).await, [format!("5|{number}")]);
    }
    let empty = fixture.lake.snapshot("mart_things", Some(0)).await.unwrap().unwrap();
    assert!(ask(&empty, SUMS).await.is_empty());
}

#[tokio::test]
async fn a_snapshot_does_not_change_with_the_table() {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&mart_spec()).await.unwrap();
    replace(&mut table, &[5], mart_rows([(5, 1)])).await;
    let before = table.snapshot().clone();

    replace(&mut table, &[5], mart_rows([(5, 2)])).await;

    assert_eq!(ask(&before, SUMS).await, ["5|1"]);
}

#[rstest]
#[case::past_the_newest(9)]
#[case::before_the_first(-1)]
#[tokio::test]
async fn a_version_that_is_not_there_is_an_error_that_names_the_table(#[case] version: i64) {
    let fixture = Fixture::new().await;
    fixture.lake.table(&mart_spec()).await.unwrap();

    let error = fixture.lake.snapshot("mart_things", Some(version)).await.unwrap_err().to_string();

    assert!(error.contains("table mart_things"), "{error}");
}

#[tokio::test]
async fn a_table_that_is_not_there_is_none() {
    let fixture = Fixture::new().await;
    std::fs::create_dir(fixture.folder.path().join("a_folder")).unwrap();

    assert!(fixture.lake.snapshot("mart_things", None).await.unwrap().is_none());
    assert!(fixture.lake.snapshot("mart_things", Some(3)).await.unwrap().is_none());
    assert!(fixture.lake.snapshot("a_folder", None).await.unwrap().is_none());
}

#[rstest]
#[case::not_json("garbage\n")]
#[case::half_a_line("{\"add\":{\"path\":\"x.parquet\",\"si")]
#[tokio::test]
async fn a_damaged_commit_is_an_error_that_names_the_table(#[case] text: &str) {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&mart_spec()).await.unwrap();
    replace(&mut table, &[5], mart_rows([(5, 1)])).await;
    let log = fixture.folder.path().join("mart_things/_delta_log");
    std::fs::write(log.join("00000000000000000002.json"), text).unwrap();

    let reading = fixture.lake.snapshot("mart_things", None).await.map(|_| ());
    let writing = fixture.lake.table(&mart_spec()).await.map(|_| ());

    for outcome in [reading, writing] {
        let error = outcome.unwrap_err().to_string();
        assert!(error.contains("table mart_things"), "{error}");
    }
}

#[tokio::test]
async fn an_empty_commit_stops_the_next_append() {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&raw_spec(4)).await.unwrap();
    table.append(vec![raw_rows(0, 1, 0..1)], &[transaction("issues/1", 1)]).await.unwrap();
    std::fs::write(fixture.folder.path().join("raw_things/_delta_log/00000000000000000001.json"), "").unwrap();

    let mut table = fixture.lake.table(&raw_spec(4)).await.unwrap();
    let appending = table.append(vec![raw_rows(0, 1, 0..1)], &[transaction("issues/1", 1)]).await;

    let error = appending.unwrap_err().to_string();
    assert!(error.contains("table raw_things: version 1"), "{error}");
}

#[tokio::test]
async fn a_missing_commit_is_an_error_that_names_the_table() {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&mart_spec()).await.unwrap();
    for number in 1..5 {
        replace(&mut table, &[5], mart_rows([(5, number)])).await;
    }
    std::fs::remove_file(fixture.folder.path().join("mart_things/_delta_log/00000000000000000002.json")).unwrap();

    let error = fixture.lake.snapshot("mart_things", None).await.unwrap_err().to_string();
    assert!(error.contains("table mart_things"), "{error}");
    let error = table.transaction_version("issues/1").await.unwrap_err().to_string();
    assert!(error.contains("table mart_things") && error.contains("no version 2"), "{error}");
}

#[rstest]
#[case::cut_in_half(2)]
#[case::empty(0)]
#[tokio::test]
async fn a_truncated_data_file_is_an_error_that_names_the_table(#[case] part: u64) {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&mart_spec()).await.unwrap();
    replace(&mut table, &[5], mart_rows((0..1000).map(|number| (5, number)))).await;
    let file = std::fs::OpenOptions::new().write(true).open(&fixture.parquet_files("mart_things")[0]).unwrap();
    file.set_len(file.metadata().unwrap().len() * part / 4).unwrap();

    let taking = table.take(&[5], true).await.map(|_| ()).unwrap_err().to_string();
    let asking = try_ask(table.snapshot(), SUMS).await.unwrap_err().to_string();

    assert!(taking.contains("table mart_things"), "{taking}");
    assert!(asking.contains("mart_things"), "{asking}");
}

#[tokio::test]
async fn a_missing_data_file_is_an_error_that_names_the_table() {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&mart_spec()).await.unwrap();
    replace(&mut table, &[5], mart_rows([(5, 1)])).await;
    std::fs::remove_file(&fixture.parquet_files("mart_things")[0]).unwrap();

    let taking = table.take(&[5], true).await.map(|_| ()).unwrap_err().to_string();
    let asking = try_ask(table.snapshot(), SUMS).await.unwrap_err().to_string();

    assert!(taking.contains("mart_things"), "{taking}");
    assert!(asking.contains("mart_things"), "{asking}");
}

#[tokio::test]
async fn a_damaged_checkpoint_is_an_error_that_names_the_table() {
    let fixture = Fixture::new().await;
    let mut table = fixture.lake.table(&mart_spec()).await.unwrap();
    for number in 1..=21 {
        replace(&mut table, &[5], mart_rows([(5, number)])).await;
    }
    let checkpoint = fixture.folder.path().join("mart_things/_delta_log/00000000000000000020.checkpoint.parquet");
    std::fs::File::create(checkpoint).unwrap().write_all(b"garbage").unwrap();

    let error = fixture.lake.snapshot("mart_things", None).await.unwrap_err().to_string();
    assert!(error.contains("table mart_things"), "{error}");
    let error = table.transaction_version("issues/1").await.unwrap_err().to_string();
    assert!(error.contains("table mart_things"), "{error}");
}
