//! Cases that GitPulse tests, beside those of its tables.

use std::collections::BTreeMap;

use hublake_lake::{Lake, SessionOptions, TableSpec, session};
use hublake_models::Project;
use serde_json::json;
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

use crate::scene::{REPOSITORY, REPOSITORY_ID, Scene, contents};

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_fails_midway_leaves_no_row_of_itself_and_readers_do_not_see_its_rows() {
    let mut scene = Scene::published(&[300]).await;
    let before = contents(&scene.hublake);
    scene.change(250, 1);
    scene.github.sim().set_faults(["/repositories/501/issues kth:3 status:404".parse().expect("a fault")]);
    let (ended, _) = scene.run(&[]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert_eq!(contents(&scene.hublake), before);
    // Its pages are in the lake all the same.
    scene.github.sim().set_faults([]);
    scene.run_well(&[]);
    let runs = scene.hublake.query("SELECT run_id FROM raw_runs WHERE stream = 'issues' ORDER BY run_seq");
    assert_eq!(runs, [json!({"run_id": "run-00000001"}), json!({"run_id": "run-00000003"})]);
    let orphans =
        scene.hublake.query("SELECT count(*) AS n FROM raw_pages WHERE run_id = 'run-00000002' AND stream = 'issues'");
    assert_eq!(orphans, [json!({"n": 2})]);
    scene.assert_true();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_load_that_fails_midway_publishes_nothing_and_goes_on() {
    let scene = Scene::new(&[350]).await;
    scene.add_all();
    scene.github.sim().set_faults(["/repositories/501/issues kth:4 status:404".parse().expect("a fault")]);
    let (ended, _) = scene.run(&[]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(scene.hublake.try_query("SELECT 1").is_err());
    scene.github.sim().set_faults([]);
    let requests = scene.run_well(&[]);
    assert!(requests[0].target.contains("since="), "{requests:?}");
    scene.assert_true();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_of_an_older_version_that_lacks_columns_gets_them_with_the_next_run() {
    let mut scene = Scene::published(&[8]).await;
    write_without_columns(&scene, "stg_issue_current", &["html_url", "milestone_title"]).await;
    scene.change(3, 1);
    scene.run_well(&[]);
    let sql = "SELECT count(*) AS n, count(html_url) AS told FROM stg_issue_current";
    let found = scene.hublake.query(sql);
    assert_eq!(found[0]["n"], 8);
    assert!(found[0]["told"].as_i64() >= Some(3), "{found:?}");
    scene.run_well(&["--full"]);
    scene.assert_true();
}

/// Writes a published table anew as an older version of the program had it.
async fn write_without_columns(scene: &Scene, table: &str, lacking: &[&str]) {
    let home = scene.hublake.home();
    let location = home.join("lake");
    let lake = Lake::open(&location.display().to_string()).await.expect("a lake");
    let project = Project::embedded().expect("the models are sound");
    let schema = project.model(table).expect("a model").schema();
    let fields: Vec<_> =
        schema.fields().iter().filter(|field| !lacking.contains(&field.name().as_str())).cloned().collect();
    let columns: Vec<String> = fields.iter().map(|field| field.name().clone()).collect();
    let old = lake.snapshot(table, None).await.expect("a lake").expect("a table");
    let context = session(&SessionOptions::default()).expect("a session");
    context.register_table("old", old.provider()).expect("a table");
    let sql = format!("SELECT {} FROM old", columns.join(", "));
    let rows = context.sql(&sql).await.expect("a query").collect().await.expect("rows");
    std::fs::remove_dir_all(location.join(table)).expect("it is there");

    let older = arrow::datatypes::Schema::new(fields);
    let spec = TableSpec { name: table.to_owned(), schema: older.into(), partitioned_by: None, by_month: None };
    let mut older = lake.table(&spec).await.expect("a table");
    let ids = [i64::try_from(REPOSITORY_ID).expect("a small id")];
    let taken = older.take(&ids, false).await.expect("nothing");
    older.put(taken, rows).await.expect("rows");
    let version = older.commit().await.expect("a commit");

    let options = SqliteConnectOptions::new().filename(home.join("control.db"));
    let mut store = options.connect().await.expect("the control store opens");
    let tables: String =
        sqlx::query_scalar("SELECT tables FROM publications").fetch_one(&mut store).await.expect("one");
    let mut tables: BTreeMap<String, i64> = serde_json::from_str(&tables).expect("JSON");
    tables.insert(table.to_owned(), version);
    sqlx::query("UPDATE publications SET tables = $1")
        .bind(serde_json::to_string(&tables).expect("JSON"))
        .execute(&mut store)
        .await
        .expect("it can be written");
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_and_assignees_that_were_taken_away_are_gone() {
    let mut scene = Scene::published(&[5]).await;
    scene.pass(chrono::TimeDelta::hours(1));
    let mut issue = scene.github.sim().world().issue_json(REPOSITORY, 2).expect("an issue");
    issue["labels"] = json!([]);
    issue["assignees"] = json!([]);
    issue["updated_at"] = json!(crate::scene::text(scene.now()));
    scene.github.put(REPOSITORY, &issue);
    scene.run_well(&[]);
    for table in ["stg_issue_labels", "stg_issue_assignees"] {
        let sql = format!("SELECT count(*) AS n FROM {table} WHERE issue_number = 2");
        assert_eq!(scene.hublake.query(&sql), [json!({"n": 0})], "{table}");
    }
    scene.assert_true();
}
