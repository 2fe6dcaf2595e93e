//! Repositories that change their name or owner, and one that takes the name of another.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::scene::{REPOSITORY, REPOSITORY_ID, Scene, beginning, text};
use crate::truth::backlog_tables;

/// Id, name, since when and until when.
type Name = (i64, String, DateTime<Utc>, Option<DateTime<Utc>>);

/// Every name that a repository was seen under.
fn names(scene: &Scene) -> Vec<Name> {
    let sql = "SELECT repo_id, full_name, valid_from, valid_to FROM stg_repository_names ORDER BY 1, 3";
    let instant = |value: &Value| value.as_str().and_then(|text| text.parse().ok());
    let rows = scene.hublake.query(sql);
    rows.iter()
        .map(|row| {
            let name = row["full_name"].as_str().expect("a name").to_owned();
            let from = instant(&row["valid_from"]).expect("a beginning");
            (row["repo_id"].as_i64().expect("an id"), name, from, instant(&row["valid_to"]))
        })
        .collect()
}

fn assert_backlog(scene: &Scene) {
    let texts = scene.hublake.differing_tables(&backlog_tables(&scene.github.histories(), scene.now()));
    assert!(texts.is_empty(), "{}", texts.join(""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_renamed_and_then_transferred_keeps_its_history_and_each_name_its_time() {
    let mut scene = Scene::published(&[30]).await;
    scene.change(5, 1);
    scene.run_well(&[]);
    scene.github.sim().world_mut().rename_repository(REPOSITORY, "acme/shuttle").expect("the name is free");
    scene.change(5, 1);
    scene.run_well(&[]);
    let renamed_at = scene.now();
    scene.github.sim().world_mut().rename_repository("acme/shuttle", "apex/shuttle").expect("the name is free");
    scene.change(5, 1);
    scene.run_well(&[]);
    let transferred_at = scene.now();
    scene.change(5, 1);
    scene.run_well(&[]);

    let id = i64::try_from(REPOSITORY_ID).expect("a small id");
    let name = |name: &str, from, to| (id, name.to_owned(), from, to);
    let expected = [
        name(REPOSITORY, beginning(), Some(renamed_at)),
        name("acme/shuttle", renamed_at, Some(transferred_at)),
        name("apex/shuttle", transferred_at, None),
    ];
    assert_eq!(names(&scene), expected);
    assert_backlog(&scene);
    for table in ["stg_issue_events", "stg_issue_state_intervals", "stg_issue_label_intervals"] {
        let sql = format!("SELECT DISTINCT repo_id, repo_full_name FROM {table}");
        assert_eq!(scene.hublake.query(&sql), [json!({"repo_id": id, "repo_full_name": "apex/shuttle"})], "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_was_given_back_has_two_intervals() {
    let mut scene = Scene::published(&[10]).await;
    let mut turns = Vec::new();
    for (old, new) in [(REPOSITORY, "acme/shuttle"), ("acme/shuttle", REPOSITORY)] {
        scene.github.sim().world_mut().rename_repository(old, new).expect("the name is free");
        scene.change(2, 1);
        scene.run_well(&[]);
        turns.push(scene.now());
    }
    let found: Vec<_> = names(&scene).into_iter().map(|(_, name, from, to)| (name, from, to)).collect();
    let expected = [
        (REPOSITORY.to_owned(), beginning(), Some(turns[0])),
        ("acme/shuttle".to_owned(), turns[0], Some(turns[1])),
        (REPOSITORY.to_owned(), turns[1], None),
    ];
    assert_eq!(found, expected);
    assert_backlog(&scene);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_made_again_under_its_name_has_a_backlog_and_a_name_of_its_own() {
    let mut scene = Scene::published(&[20, 5]).await;
    let old_days = scene.hublake.query(&backlog_of(REPOSITORY_ID));
    assert!(old_days.len() > 1, "the old one has days");
    scene.pass(TimeDelta::days(2));
    let new_id = scene.github.sim().world_mut().recreate_repository(REPOSITORY).expect("a good name");
    let issue = json!({"title": "a new beginning", "created_at": text(scene.now())});
    scene.github.sim().world_mut().upsert_issue(REPOSITORY, issue).expect("an issue object");
    scene.hublake.succeed(&["add", REPOSITORY]);
    let (ended, _) = scene.run(&[]);
    assert_eq!(ended.code, Some(3), "the old one is gone: {}", ended.stderr);

    assert_eq!(scene.hublake.query(&backlog_of(REPOSITORY_ID)), old_days, "the old one's days stay");
    let new_days = scene.hublake.query(&backlog_of(new_id));
    assert_eq!(new_days.len(), 1);
    assert_eq!((&new_days[0]["opened_count"], &new_days[0]["open_at_end"]), (&json!(1), &json!(1)));
    let of_the_name: Vec<_> = names(&scene)
        .into_iter()
        .filter(|(_, name, ..)| name == REPOSITORY)
        .map(|(id, _, from, _)| (id, from))
        .collect();
    let id = |id: u64| i64::try_from(id).expect("a small id");
    assert_eq!(of_the_name, [(id(REPOSITORY_ID), beginning()), (id(new_id), scene.now())]);
    // No issue of the old one is taken for one that vanished.
    assert_eq!(scene.hublake.query("SELECT count(*) AS n FROM stg_issue_departures"), [json!({"n": 0})]);
}

fn backlog_of(id: u64) -> String {
    format!("SELECT * FROM stored.mart_issue_backlog_daily WHERE repo_id = {id} ORDER BY calendar_date")
}
