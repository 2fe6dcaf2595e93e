//! Elements that cannot be decoded, and rows that no audit lets pass.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::assert_says;
use crate::scene::{REPOSITORY, Scene, contents, name, text};

/// Closes an issue of the first repository three hours before it was opened, which not even GitHub does.
fn make_impossible(scene: &mut Scene) {
    scene.pass(TimeDelta::hours(1));
    let closed_at = text(scene.now() - TimeDelta::hours(3));
    let issue = json!({
        "number": 4, "state": "closed", "created_at": text(scene.now() - TimeDelta::hours(1)), "closed_at": closed_at,
    });
    scene.github.sim().world_mut().upsert_issue(REPOSITORY, issue).expect("an issue object");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_element_that_cannot_be_decoded_is_kept_aside_and_comes_back_when_github_serves_it_rightly() {
    let mut scene = Scene::published(&[8]).await;
    scene.pass(TimeDelta::hours(1));
    let right = {
        let mut world = scene.github.sim().world_mut();
        world.edit_issue(REPOSITORY, 3, "the other change").expect("it is there");
        world.edit_issue(REPOSITORY, 5, "rightly served").expect("it is there");
        let right = world.issue_json(REPOSITORY, 5).expect("an issue");
        let mut wrong = right.clone();
        wrong["title"] = json!(["not", "a", "text"]);
        world.set_issue_payload(REPOSITORY, 5, wrong.to_string()).expect("it is there");
        right
    };
    let (ended, _) = scene.run(&["--format", "json"]);
    assert_says(&ended, 0, &[]);
    let answer: Value = serde_json::from_str(&ended.stdout).expect("JSON");
    let notes = answer[0]["notes"].to_string();
    assert!(notes.contains("1 elements could not be decoded"), "{notes}");
    let rejected = scene.hublake.query("SELECT repo_full_name, reason, payload FROM raw_rejected");
    assert_eq!(rejected.len(), 1, "{rejected:?}");
    assert!(rejected[0]["reason"].as_str().is_some_and(|reason| reason.contains("string")), "{rejected:?}");
    assert!(rejected[0]["payload"].as_str().is_some_and(|payload| payload.contains("\"not\"")), "{rejected:?}");
    let titles = "SELECT title FROM stg_issue_current WHERE issue_number IN (3, 5) ORDER BY issue_number";
    let found = scene.hublake.query(titles);
    assert_eq!(found, [json!({"title": "the other change"}), json!({"title": "issue 5"})], "the old row stays");

    // Nothing but the payload changes, not even its time.
    scene.github.sim().world_mut().set_issue_payload(REPOSITORY, 5, right.to_string()).expect("it is there");
    scene.run_well(&[]);
    scene.assert_true();
    assert_eq!(scene.hublake.query("SELECT 1 AS one FROM raw_rejected").len(), 1, "it is kept once");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_element_that_is_no_object_does_not_stop_a_first_load() {
    let scene = Scene::new(&[120]).await;
    scene.add_all();
    scene.github.sim().world_mut().set_issue_payload(REPOSITORY, 50, "42").expect("it is there");
    scene.run_well(&[]);
    let count = scene.hublake.query("SELECT count(*) AS n FROM stg_issue_current");
    assert_eq!(count, [json!({"n": 119})]);
    // The probe and the load both brought it.
    let rejected = scene.hublake.query("SELECT DISTINCT payload FROM raw_rejected");
    assert_eq!(rejected, [json!({"payload": "42"})]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_that_fails_an_audit_keeps_its_rows_until_the_finding_is_accepted() {
    let mut scene = Scene::published(&[6, 6]).await;
    let before = contents(&scene.hublake);
    scene.change(4, 2);
    make_impossible(&mut scene);
    let (ended, _) = scene.run(&[]);
    let accept = ["audit", "accept", "closed_long_before_created", "--repo", REPOSITORY, "--why"];
    let words = ["acme/rocket: audit closed_long_before_created found 1 rows", &accept.join(" ")];
    assert_says(&ended, 3, &words);
    let of = |rows: &[String], repository: &str| -> Vec<String> {
        rows.iter().filter(|row| row.contains(&format!("|{repository}|"))).cloned().collect()
    };
    let after = contents(&scene.hublake);
    assert_eq!(of(&after, REPOSITORY), of(&before, REPOSITORY));
    assert_ne!(of(&after, &name(1)), of(&before, &name(1)));

    // Nothing changed, and still it is not published: that is said again.
    let (ended, _) = scene.run(&[]);
    assert_says(&ended, 3, &["audit closed_long_before_created"]);

    scene.hublake.succeed(&[accept.as_slice(), &["a known oddity"]].concat());
    let (ended, _) = scene.run(&[]);
    assert_says(&ended, 0, &[]);
    assert!(ended.stdout.contains("closed_long_before_created is accepted: a known oddity"), "{}", ended.stdout);
    scene.assert_true();
    let report = scene.hublake.succeed(&["report", "issues", "--repo", REPOSITORY]);
    assert!(report.contains("a known oddity"), "{report}");
    let listed = scene.hublake.succeed(&["audit", "list", "--format", "json"]);
    assert!(listed.contains("a known oddity"), "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audit_that_fails_in_a_first_load_publishes_nothing_of_that_repository() {
    let mut scene = Scene::new(&[6]).await;
    make_impossible(&mut scene);
    scene.add_all();
    let (ended, _) = scene.run(&["--format", "json"]);
    assert_says(&ended, 1, &["audit closed_long_before_created"]);
    let rows: Vec<Value> = serde_json::from_str(&ended.stdout).expect("an array");
    assert_eq!(rows, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acceptance_needs_a_rule_a_repository_and_a_reason() {
    let scene = Scene::published(&[1]).await;
    let accept = |rule: &str, repository: &str, why: &str| {
        scene.hublake.call(&["audit", "accept", rule, "--repo", repository, "--why", why])
    };
    assert_says(&accept("no_such_rule", REPOSITORY, "x"), 1, &["there is no audit no_such_rule", "hint: "]);
    assert_says(&accept("issue_id_unique", "acme/nope", "x"), 1, &["acme/nope is not collected", "hint: "]);
    assert_says(&accept("issue_id_unique", REPOSITORY, " "), 1, &["--why is empty", "hint: "]);
    assert_says(&scene.hublake.call(&["audit", "revoke", "7"]), 1, &["exception 7 is not in force", "hint: "]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_is_told_and_stops_nothing() {
    let mut scene = Scene::published(&[6]).await;
    scene.pass(TimeDelta::hours(1));
    let issue = json!({
        "number": 2, "state": "closed", "created_at": text(scene.now()),
        "closed_at": text(scene.now() - TimeDelta::minutes(30)),
    });
    scene.github.sim().world_mut().upsert_issue(REPOSITORY, issue).expect("an issue object");
    let (ended, _) = scene.run(&[]);
    assert_says(&ended, 0, &[]);
    assert!(ended.stdout.contains("note: closed_shortly_before_created: 1 rows"), "{}", ended.stdout);
    scene.assert_true();
}
