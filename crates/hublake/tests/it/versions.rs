//! What was published earlier: by an earlier version of the program, or before an earlier instant.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use github_sim::{BurstOptions, GenerateOptions, SimOptions, World};
use rstest::rstest;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};

use crate::scene::{REPOSITORY, Scene, assert_same, beginning, contents_without, text};
use crate::truth::backlog_tables;

/// What a version of the program that knew no events did not publish.
const LATER_TABLES: [&str; 11] = [
    "stg_issue_events",
    "stg_issue_departures",
    "stg_issue_state_intervals",
    "stg_issue_label_intervals",
    "stg_repository_names",
    "mart_issue_backlog_daily",
    "mart_pull_request_backlog_daily",
    "mart_issue_backlog_by_label_daily",
    "mart_pull_request_lifecycle",
    "raw_github_issue_events",
    "raw_github_issue_departures",
];

async fn control_store(scene: &Scene) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(scene.hublake.home().join("control.db"));
    options.connect().await.expect("the control store opens")
}

/// Makes the home one that was published before events were collected.
async fn forget_events(scene: &Scene) {
    let mut store = control_store(scene).await;
    let tables: String =
        sqlx::query_scalar("SELECT tables FROM publications").fetch_one(&mut store).await.expect("one");
    let mut tables: BTreeMap<String, i64> = serde_json::from_str(&tables).expect("JSON");
    for table in LATER_TABLES {
        let folder = scene.hublake.home().join("lake").join(table);
        if folder.exists() {
            std::fs::remove_dir_all(folder).expect("it can be removed");
        }
        tables.remove(table);
    }
    let tables = serde_json::to_string(&tables).expect("JSON");
    sqlx::query("UPDATE publications SET tables = $1")
        .bind(tables)
        .execute(&mut store)
        .await
        .expect("it can be written");
    for sql in
        ["DELETE FROM cursors WHERE stream = 'issue_events'", "DELETE FROM attempts WHERE stream = 'issue_events'"]
    {
        sqlx::query(sql).execute(&mut store).await.expect("it can be written");
    }
}

/// Every row without what tells the page that brought it; names are known since the run that saw them first.
fn rows(scene: &Scene) -> Vec<String> {
    let mut rows = contents_without(&scene.hublake, &["source_"]);
    rows.retain(|row| !row.starts_with("stg_repository_names|"));
    rows
}

fn lively() -> World {
    let mut world = World::new(beginning());
    let options = GenerateOptions { repos: 2, issues: 300, seed: 6, ..GenerateOptions::default() };
    world.generate_with_events(&options, 5);
    world
}

#[rstest]
#[case::nothing_changed_by_graphql("graphql", 0)]
#[case::nothing_changed_by_rest("rest", 0)]
#[case::something_changed_by_graphql("graphql", 20)]
#[case::something_changed_by_rest("rest", 20)]
#[tokio::test(flavor = "multi_thread")]
async fn a_home_of_a_version_without_events_gets_them_with_the_next_run(#[case] api: &str, #[case] changed: u64) {
    let mut scene = Scene::of(lively(), SimOptions::default()).await;
    scene.add_all();
    scene.run_well(&["--api", api]);
    let before = rows(&scene);
    forget_events(&scene).await;
    assert!(scene.hublake.try_query("SELECT 1 FROM stg_issue_events").is_err(), "it is as it was before events");
    scene.pass(TimeDelta::hours(3));
    if changed > 0 {
        let options = BurstOptions { issues: changed, repos: 2, seed: 8 };
        scene.github.sim().world_mut().change_issues(&options);
    }
    scene.run_well(&["--api", api]);
    let texts = scene.hublake.differing_tables(&backlog_tables(&scene.github.histories(), scene.now()));
    assert!(texts.is_empty(), "{}", texts.join(""));
    if changed == 0 {
        assert_same(&rows(&scene), &before, "after the next run");
    }
    scene.assert_true();
    assert!(scene.run_well(&["--api", api]).iter().all(|one| one.status == 304), "it is done once");
}

fn as_of(scene: &Scene, at: &str, sql: &str) -> Vec<Value> {
    let answer = scene.hublake.succeed(&["query", sql, "--as-of", at, "--format", "json"]);
    serde_json::from_str(&answer).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_known_then_is_read_as_of_an_instant_and_what_was_so_then_by_the_intervals() {
    let mut scene = Scene::published(&[10]).await;
    let first_run = text(scene.now());
    let day = scene.now().date_naive();
    // Closed on the day of the first run, after it; the second run is a day later.
    scene.pass(TimeDelta::hours(2));
    let closed_at = scene.now();
    for number in [1, 4] {
        scene.github.sim().world_mut().close_issue(REPOSITORY, number).expect("it is there");
    }
    scene.pass(TimeDelta::days(1));
    let before_second_run = text(scene.now() - TimeDelta::seconds(1));
    scene.run_well(&[]);

    // 3, 6 and 9 are closed, 10 is a pull request.
    let backlog =
        format!("SELECT open_at_end, closed_count FROM mart_issue_backlog_daily WHERE calendar_date = '{day}'");
    let known = |open: i64, closed: i64| vec![json!({"open_at_end": open, "closed_count": closed})];
    for then in [&first_run, &before_second_run] {
        assert_eq!(as_of(&scene, then, &backlog), known(6, 0), "as of {then}");
    }
    assert_eq!(scene.hublake.query(&backlog), known(4, 2), "what was so on that day is known now");

    let open_at = |at: &str| {
        format!(
            "SELECT count(*) AS n FROM stg_issue_state_intervals WHERE NOT is_pull_request AND state = 'open'
             AND valid_from <= TIMESTAMP '{at}' AND (valid_to IS NULL OR valid_to > TIMESTAMP '{at}')"
        )
    };
    let after = text(closed_at + TimeDelta::minutes(1));
    let just_before = text(closed_at - TimeDelta::minutes(1));
    assert_eq!(scene.hublake.query(&open_at(&after)), [json!({"n": 4})]);
    assert_eq!(scene.hublake.query(&open_at(&just_before)), [json!({"n": 6})]);
    // Of that instant the first run knew nothing yet.
    assert_eq!(as_of(&scene, &first_run, &open_at(&after)), [json!({"n": 6})]);
    let too_early = scene.hublake.call(&["query", "SELECT 1", "--as-of", &text(beginning() - TimeDelta::days(1))]);
    assert_ne!(too_early.code, Some(0));
}
