//! Wrong usage, wrong settings, wrong queries.

use rstest::rstest;
use serde_json::json;

use super::assert_says;
use crate::scene::{REPOSITORY, Scene, contents};

#[rstest]
#[case::unknown_pipeline(&["run", "weather"])]
#[case::unknown_flag(&["run", "issues", "--fast"])]
#[case::unknown_command(&["fly"])]
#[case::no_command(&[])]
#[case::bad_instant(&["run", "issues", "--since", "yesterday"])]
#[case::bad_days(&["run", "issues", "--overlap", "a while"])]
#[case::both(&["run", "issues", "--full", "--since", "2026-01-01"])]
#[case::bad_format(&["query", "SELECT 1", "--format", "xml"])]
#[case::limit_without_list(&["report", "issues", "--limit", "5"])]
#[tokio::test(flavor = "multi_thread")]
async fn wrong_usage_is_exit_code_2_and_makes_no_home(#[case] arguments: &[&str]) {
    let scene = Scene::new(&[]).await;
    let ended = scene.hublake.call(arguments);
    assert_says(&ended, 2, &["--help"]);
    assert_eq!(ended.stdout, "");
    assert!(!scene.hublake.home().exists());
}

#[rstest]
#[case::now("HUBLAKE_NOW", "the day after tomorrow", "not an RFC 3339 instant")]
#[case::now_without_zone("HUBLAKE_NOW", "2026-09-01T12:00:00", "not an RFC 3339 instant")]
#[case::concurrency("HUBLAKE_CONCURRENCY", "many", "not a number that fits")]
#[case::floor("HUBLAKE_QUOTA_FLOOR", "1.5", "not between 0 and 1")]
#[case::lake("HUBLAKE_LAKE_URL", "s3://bucket/lake", "is not built in")]
#[tokio::test(flavor = "multi_thread")]
async fn a_setting_that_makes_no_sense_is_named(#[case] variable: &str, #[case] value: &str, #[case] reason: &str) {
    let mut scene = Scene::new(&[]).await;
    scene.hublake.set(variable, value);
    let ended = scene.hublake.call(&["run", "issues"]);
    assert_says(&ended, 1, &[value, reason]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_key_of_the_settings_file_is_named_with_those_there_are() {
    let scene = Scene::new(&[]).await;
    let file = scene.hublake.working_folder().join("hublake.toml");
    std::fs::write(&file, "concurency = 3\n").expect("it can be written");
    let ended = scene.hublake.call(&["run", "issues"]);
    assert_says(&ended, 1, &["hublake.toml: unknown key \"concurency\"", "hint: known are", "concurrency"]);
    std::fs::write(&file, "concurrency = \n").expect("it can be written");
    assert_says(&scene.hublake.call(&["run", "issues"]), 1, &["hublake.toml: not TOML", "concurrency ="]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_of_nothing_and_a_query_of_nothing_say_what_to_do() {
    let scene = Scene::new(&[]).await;
    let ended = scene.hublake.call(&["run", "issues"]);
    assert_says(&ended, 1, &["no repository is collected yet", "hint: hublake add OWNER/NAME"]);
    let ended = scene.hublake.call(&["query", "SELECT 1"]);
    assert_says(&ended, 1, &["nothing is published yet", "hint: "]);
    let ended = scene.hublake.call(&["report", "issues"]);
    assert_says(&ended, 1, &["no repository is collected yet", "hint: "]);
    let ended = scene.hublake.call(&["export", "mart_issue_daily_flow", "--to", "out"]);
    assert_says(&ended, 1, &["nothing is published yet", "hint: "]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_query_is_told_without_the_insides_of_the_program() {
    let scene = Scene::published(&[2]).await;
    for (sql, words) in [
        ("SELEKT 1", "SELEKT"),
        ("SELECT * FROM no_such_table", "no_such_table"),
        ("SELECT no_such_column FROM mart_issue_lifecycle", "no_such_column"),
        ("", ""),
        ("SELECT 1; SELECT 2", ""),
        ("SELECT 1 / 0 FROM mart_issue_lifecycle", "ivide by zero"),
        ("SELECT CAST(title AS BIGINT) FROM mart_issue_lifecycle", "issue"),
    ] {
        let ended = scene.hublake.call(&["query", sql]);
        assert_says(&ended, 1, &["error: ", words]);
        assert_eq!(ended.stdout, "", "{sql}");
        assert!(!ended.stderr.contains("RUST_BACKTRACE") && !ended.stderr.contains(".rs:"), "{}", ended.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_cannot_write() {
    let scene = Scene::published(&[3]).await;
    let (before, versions) = (contents(&scene.hublake), scene.delta_versions());
    let out = scene.hublake.working_folder().join("stolen.parquet");
    let outside = scene.hublake.working_folder().join("outside.csv");
    std::fs::write(&outside, "a\n1\n").expect("it can be written");
    let sqls = [
        "CREATE TABLE t AS SELECT 1".to_owned(),
        "CREATE VIEW v AS SELECT 1".to_owned(),
        "CREATE SCHEMA s".to_owned(),
        "DROP TABLE mart_issue_lifecycle".to_owned(),
        "INSERT INTO stg_sync_state SELECT * FROM stg_sync_state".to_owned(),
        "DELETE FROM stored.mart_issue_lifecycle".to_owned(),
        "UPDATE stored.mart_issue_lifecycle SET title = 'x'".to_owned(),
        format!("COPY (SELECT 1) TO '{}' STORED AS PARQUET", out.display()),
        format!("CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '{}'", outside.display()),
        "SET datafusion.execution.batch_size = 1".to_owned(),
        "PREPARE p AS SELECT 1".to_owned(),
        "EXPLAIN ANALYZE INSERT INTO stg_sync_state SELECT * FROM stg_sync_state".to_owned(),
        format!("EXPLAIN ANALYZE COPY (SELECT 1) TO '{}' STORED AS PARQUET", out.display()),
    ];
    for sql in &sqls {
        let ended = scene.hublake.call(&["query", sql]);
        assert_says(&ended, 1, &["error: "]);
    }
    assert!(!out.exists());
    // Nor can it read files that are no tables.
    let ended = scene.hublake.call(&["query", &format!("SELECT * FROM '{}'", outside.display())]);
    assert_says(&ended, 1, &["error: "]);
    assert_eq!(scene.delta_versions(), versions);
    assert_eq!(contents(&scene.hublake), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn removing_asks_and_leaves_the_history() {
    let scene = Scene::published(&[3, 3]).await;
    let before = contents(&scene.hublake);
    let ended = scene.hublake.call(&["remove", REPOSITORY]);
    assert_says(&ended, 1, &["stop collecting acme/rocket?", "hint: this asks on a terminal; say --yes"]);
    scene.hublake.succeed(&["remove", REPOSITORY, "--yes"]);
    assert_eq!(contents(&scene.hublake), before);
    assert_eq!(scene.run_well(&[]).len(), 1);
    scene.hublake.succeed(&["add", REPOSITORY]);
    assert_eq!(scene.run_well(&[]).len(), 2, "it goes on where it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purge_takes_the_rows_and_a_new_start_brings_them_back() {
    let scene = Scene::published(&[3, 3]).await;
    let before = contents(&scene.hublake);
    scene.hublake.succeed(&["remove", REPOSITORY, "--yes", "--purge"]);
    let left = scene.hublake.query("SELECT DISTINCT repo_full_name FROM stg_issue_current");
    assert_eq!(left, [json!({"repo_full_name": "acme/rocket-2"})]);
    scene.hublake.succeed(&["add", REPOSITORY]);
    scene.run_well(&[]);
    assert_eq!(contents(&scene.hublake), before);
}
