//! Homes that are damaged, or of another time.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use chrono::TimeDelta;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rstest::rstest;
use serde_json::json;
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

use super::assert_says;
use crate::scene::{REPOSITORY, Scene, contents, text};

async fn change_store(home: &Path, statement: &'static str) {
    let options = SqliteConnectOptions::new().filename(home.join("control.db"));
    let mut connection = options.connect().await.expect("the control store opens");
    sqlx::query(statement).execute(&mut connection).await.expect("the statement is sound");
    sqlx::Connection::close(connection).await.expect("it closes");
}

/// The newest Parquet file of a table.
fn newest_file(scene: &Scene, table: &str) -> PathBuf {
    let mut files = Vec::new();
    let mut folders = vec![scene.hublake.home().join("lake").join(table)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").filter_map(Result::ok) {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else if entry.path().extension().is_some_and(|ending| ending == "parquet") {
                files.push((entry.metadata().and_then(|found| found.modified()).expect("a time"), entry.path()));
            }
        }
    }
    files.sort();
    files.pop().expect("the table has files").1
}

/// A repository with an issue that no audit lets pass: what was collected of it stays in raw, unpublished.
async fn unpublished() -> Scene {
    let mut scene = Scene::published(&[5]).await;
    scene.pass(TimeDelta::hours(1));
    let closed_at = text(scene.now() - TimeDelta::hours(3));
    let issue = json!({"state": "closed", "created_at": text(scene.now()), "closed_at": closed_at});
    scene.github.sim().world_mut().upsert_issue(REPOSITORY, issue).expect("an issue object");
    let (ended, _) = scene.run(&[]);
    assert_says(&ended, 1, &["audit closed_long_before_created found 1 rows"]);
    scene
}

#[rstest]
#[case::garbage(b"this is no database, whatever its name says".as_slice())]
#[case::emptied(b"".as_slice())]
#[tokio::test(flavor = "multi_thread")]
async fn a_control_store_that_is_no_database_is_refused_and_left_as_it_is(#[case] bytes: &[u8]) {
    let scene = Scene::published(&[3]).await;
    let path = scene.hublake.home().join("control.db");
    std::fs::write(&path, bytes).expect("it can be written");
    for arguments in [["run", "issues"], ["list", "--format=json"], ["query", "SELECT 1"]] {
        let ended = scene.hublake.call(&arguments);
        assert_says(&ended, 1, &["control.db", "hint: it is damaged or no database; restore it from a backup"]);
    }
    assert!(std::fs::read(&path).expect("it is there") == bytes, "the file was changed");
}

#[rstest]
#[case::watermark("UPDATE cursors SET watermark_updated_at = 'garbage'")]
#[case::far_future("UPDATE cursors SET watermark_updated_at = 9223372036854775807")]
#[case::repair("UPDATE cursors SET last_repair_at = 'never'")]
#[tokio::test(flavor = "multi_thread")]
async fn an_unreadable_state_ends_the_run_before_any_request(#[case] statement: &'static str) {
    let mut scene = Scene::published(&[3]).await;
    scene.change(1, 1);
    change_store(&scene.hublake.home(), statement).await;
    let (ended, requests) = scene.run(&[]);
    assert_says(&ended, 1, &["unreadable", "hint: restore control.db from a backup"]);
    let is_full_load = requests.iter().any(|request| request.target.contains("direction=asc"));
    assert!(!is_full_load, "{requests:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreadable_publication_is_never_read_as_none() {
    let mut scene = Scene::published(&[3]).await;
    change_store(&scene.hublake.home(), "UPDATE publications SET tables = 'garbage'").await;
    let ended = scene.hublake.call(&["query", "SELECT 1"]);
    assert_says(&ended, 1, &["publication 1 is unreadable", "hint: restore control.db from a backup"]);
    // What is published says what changed, so a run stops too rather than begin from nothing.
    scene.change(1, 1);
    let ended = scene.hublake.call(&["run", "issues"]);
    assert_says(&ended, 1, &["publication 1 is unreadable", "hint: restore control.db from a backup"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_control_store_of_a_newer_version_is_refused() {
    let scene = Scene::published(&[3]).await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9999, 'from the future', TRUE, x'00', 0)";
    change_store(&scene.hublake.home(), newer).await;
    let ended = scene.hublake.call(&["run", "issues"]);
    assert_says(&ended, 1, &["written by a newer hublake (form 9999", "hint: install that version or a later one"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lake_of_a_newer_version_is_refused_and_left_as_it_is() {
    let scene = Scene::published(&[3]).await;
    let before = scene.delta_versions();
    let marker = scene.hublake.home().join("lake/_hublake.json");
    std::fs::write(&marker, "{\"format\":99}\n").expect("it can be written");
    for arguments in [["run", "issues"], ["query", "SELECT 1"]] {
        let ended = scene.hublake.call(&arguments);
        assert_says(&ended, 1, &["has format 99, this hublake reads up to", "hint: it was written by a newer hublake"]);
    }
    assert_eq!(scene.delta_versions(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_raw_file_is_named_and_nothing_is_published_of_it() {
    let mut scene = unpublished().await;
    let before = contents(&scene.hublake);
    let path = newest_file(&scene, "raw_github_issues");
    let bytes = std::fs::read(&path).expect("it is there");
    std::fs::write(&path, &bytes[..bytes.len() / 2]).expect("it can be written");
    scene.change(1, 1);
    let (ended, _) = scene.run(&[]);
    let file = path.file_name().expect("a name").to_string_lossy().into_owned();
    assert_says(&ended, 1, &["raw_github_issues", &file, "hint: "]);
    assert_eq!(contents(&scene.hublake), before);
    // What is published can still be read, and the file's return mends everything.
    std::fs::write(&path, &bytes).expect("it can be written");
    scene.hublake.succeed(&["audit", "accept", "closed_long_before_created", "--repo", REPOSITORY, "--why", "a test"]);
    scene.run_well(&[]);
    assert_ne!(contents(&scene.hublake), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_raw_payload_is_rejected_with_its_reason_and_the_rest_is_published() {
    let scene = unpublished().await;
    let path = newest_file(&scene, "raw_github_issues");
    let size = std::fs::metadata(&path).expect("it is there").len();
    rewrite_payloads(&path);
    tell_size(&scene, &path, size);
    let (ended, _) = scene.run(&[]);
    assert_says(&ended, 0, &[]);
    let rejected = scene.hublake.query("SELECT DISTINCT reason FROM raw_rejected");
    let reason = "the stored payload does not match its hash: the file was damaged or changed";
    assert_eq!(rejected, [json!({ "reason": reason })]);
    assert!(ended.stdout.contains("could not be decoded"), "{}", ended.stdout);
    let numbers = scene.hublake.query("SELECT count(*) AS n FROM stg_issue_current");
    assert_eq!(numbers, [json!({"n": 5})], "the published rows stay");
}

/// Makes the log tell the new size of a file, as a program does that rewrites it with care.
fn tell_size(scene: &Scene, path: &Path, old_size: u64) {
    let size = std::fs::metadata(path).expect("it is there").len();
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    let log = scene.hublake.home().join("lake/raw_github_issues/_delta_log");
    for entry in std::fs::read_dir(log).expect("a log").filter_map(Result::ok) {
        let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
        if text.contains(&name) {
            let told = text.replace(&format!("\"size\":{old_size}"), &format!("\"size\":{size}"));
            assert_ne!(told, text);
            std::fs::write(entry.path(), told).expect("it can be written");
        }
    }
}

/// Changes the payloads of a raw file and nothing else.
fn rewrite_payloads(path: &Path) {
    let file = std::fs::File::open(path).expect("it is there");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet").build().expect("Parquet");
    let batches: Vec<RecordBatch> = reader.map(|batch| batch.expect("rows")).collect();
    let schema = batches[0].schema();
    let mut writer =
        ArrowWriter::try_new(std::fs::File::create(path).expect("a file"), schema.clone(), None).expect("a writer");
    for batch in &batches {
        let mut columns: Vec<ArrayRef> = batch.columns().to_vec();
        let place = schema.index_of("payload").expect("a payload");
        let payloads = columns[place].as_string::<i32>();
        let changed = (0..payloads.len()).map(|row| payloads.value(row).replace("\"title\":\"", "\"title\":\"X"));
        columns[place] = Arc::new(StringArray::from_iter_values(changed));
        writer.write(&RecordBatch::try_new(schema.clone(), columns).expect("rows")).expect("written");
    }
    writer.close().expect("written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_was_published_and_is_gone_is_named() {
    let scene = Scene::published(&[3]).await;
    std::fs::remove_dir_all(scene.hublake.home().join("lake/mart_issue_lifecycle")).expect("it is there");
    let ended = scene.hublake.call(&["query", "SELECT count(*) FROM mart_issue_lifecycle"]);
    assert_says(&ended, 1, &["table mart_issue_lifecycle is published but not in the lake", "hint: "]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_that_is_a_file_is_named() {
    let scene = Scene::new(&[1]).await;
    std::fs::write(scene.hublake.home(), "in the way").expect("it can be written");
    let ended = scene.hublake.call(&["list"]);
    assert_says(&ended, 1, &["home folder", "hublake-data", "hint: "]);
}
