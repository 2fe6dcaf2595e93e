//! Exported files lie as GitPulse's views expect them.

use std::path::Path;

use datafusion::arrow::datatypes::DataType;
use datafusion::prelude::{ParquetReadOptions, SessionContext};
use serde_json::json;

use crate::scene::{Scene, name};

async fn count(folder: &Path, condition: &str) -> usize {
    let context = SessionContext::new();
    let partitions = ["repo_owner", "repo_name"].map(|column| (column.to_owned(), DataType::Utf8));
    let options = ParquetReadOptions::default().table_partition_cols(partitions.to_vec());
    context.register_parquet("flow", &folder.display().to_string(), options).await.expect("it is readable");
    let sql = format!("SELECT calendar_date, opened_count FROM flow WHERE {condition}");
    context.sql(&sql).await.expect("it is a table").count().await.expect("rows")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mart_is_exported_as_a_folder_for_each_repository() {
    let scene = Scene::published(&[30, 50]).await;
    let out = scene.hublake.working_folder().join("out");
    let said = scene.hublake.succeed(&["export", "mart_issue_daily_flow", "--to", "out"]);
    assert!(said.contains("2 repositories of mart_issue_daily_flow"), "{said}");
    let folder = out.join("mart_issue_daily_flow");
    for place in [0, 1] {
        let repository = name(place);
        let (owner, short_name) = repository.split_once('/').expect("a name");
        let file = folder.join(format!("repo_owner={owner}/repo_name={short_name}/data.parquet"));
        assert!(file.is_file(), "{}", file.display());
        let sql = format!("SELECT count(*) AS n FROM mart_issue_daily_flow WHERE repo_full_name = '{repository}'");
        let rows = count(&folder, &format!("repo_name = '{short_name}' AND repo_full_name = '{repository}'")).await;
        assert_eq!(scene.hublake.query(&sql), [json!({ "n": rows })]);
    }
    // Again, in the same place.
    scene.hublake.succeed(&["export", "mart_issue_daily_flow", "--to", "out"]);
    assert!(!folder.join("repo_owner=acme/repo_name=rocket/data.parquet.partial").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_exported_is_told() {
    let scene = Scene::published(&[3]).await;
    for (table, words) in
        [("no_such_table", "there is no table no_such_table"), ("raw_pages", "has no column repo_owner")]
    {
        let ended = scene.hublake.call(&["export", table, "--to", "out"]);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(ended.stderr.contains(words) && ended.stderr.contains("\nhint: "), "{}", ended.stderr);
    }
    let file = scene.hublake.working_folder().join("a-file");
    std::fs::write(&file, "in the way").expect("it can be written");
    let ended = scene.hublake.call(&["export", "mart_issue_daily_flow", "--to", "a-file"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.contains("a-file") && ended.stderr.contains("cannot be written"), "{}", ended.stderr);
}
