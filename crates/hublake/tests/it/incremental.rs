//! What a run asks GitHub for once there is something published.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use github_sim::{Fault, RequestRecord, SimOptions};
use rstest::rstest;
use serde_json::{Value, json};

use crate::scene::{REPOSITORY, Scene, contents, name, text};

/// Gives an issue another title without moving its `updated_at`, as GitHub does when a label is renamed.
fn change_silently(scene: &Scene, number: u32) {
    let mut world = scene.github.sim().world_mut();
    let mut issue = world.issue_json(REPOSITORY, number).expect("an issue");
    issue["title"] = json!("changed without a trace");
    world.set_issue_payload(REPOSITORY, number, issue.to_string()).expect("the issue is there");
}

/// How many requests were for the list of issues, and how many for events.
fn by_stream(requests: &[RequestRecord]) -> (usize, usize) {
    let queries = requests.iter().filter(|one| one.operation.as_deref() == Some("IssueEvents")).count();
    (requests.iter().filter(|one| one.target.contains("/issues?")).count(), queries)
}

fn title(scene: &Scene, number: u32) -> Value {
    let sql = format!("SELECT title FROM stg_issue_current WHERE issue_number = {number}");
    scene.hublake.query(&sql).remove(0)["title"].take()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_changed_costs_one_request_a_304_no_quota_and_no_commit() {
    let scene = Scene::published(&[130]).await;
    let versions = scene.delta_versions();
    let requests = scene.run_well(&[]);
    assert_eq!(requests.iter().map(|one| one.status).collect::<Vec<_>>(), [304], "{requests:?}");
    assert_eq!(scene.github.sim().stats().quota_spent, BTreeMap::new());
    assert_eq!(scene.delta_versions(), versions);
    let runs: Value = serde_json::from_str(&scene.hublake.succeed(&["runs", "--format", "json"])).expect("JSON");
    assert_eq!((&runs[0]["requests"], &runs[0]["not_modified"], &runs[0]["quota"]), (&json!(1), &json!(1), &json!(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn three_changed_among_a_thousand_cost_two_pages_and_a_query() {
    let mut scene = Scene::published(&[1_000]).await;
    scene.change(3, 1);
    assert_eq!(by_stream(&scene.run_well(&[])), (2, 1));
    scene.assert_true();
    assert_eq!(scene.run_well(&[]).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_changed_are_followed_until_a_whole_page_is_known() {
    let mut scene = Scene::published(&[500]).await;
    scene.change(250, 1);
    // Two pages of changed issues, one of both, one that is known.
    assert_eq!(by_stream(&scene.run_well(&[])), (4, 3));
    scene.assert_true();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_that_changes_between_two_pages_is_found_by_the_next_run_and_none_is_lost() {
    let mut scene = Scene::published(&[400]).await;
    scene.change(150, 1);
    let later = scene.now() + TimeDelta::minutes(1);
    let quiet = scene.github.sim().world().issues(REPOSITORY);
    let oldest = quiet.iter().min_by_key(|issue| issue.updated_at).expect("issues").number;
    scene.github.sim().on_request(1, move |world| {
        world.set_now(later);
        // It leaves the pages that are still to be read, and two vanish from those that were.
        world.edit_issue(REPOSITORY, oldest, "changed between two pages").expect("the issue is there");
    });
    scene.run_well(&[]);
    scene.run_well(&[]);
    scene.assert_true();
    assert_eq!(scene.run_well(&[]).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_that_changes_between_two_pages_of_a_first_load_is_in_the_tables_at_its_end() {
    let scene = Scene::new(&[350]).await;
    scene.add_all();
    let later = scene.now() + TimeDelta::minutes(1);
    scene.github.sim().on_request(3, move |world| {
        world.set_now(later);
        world.edit_issue(REPOSITORY, 340, "changed while the list is read").expect("the issue is there");
        world.edit_issue(REPOSITORY, 3, "changed after it was read").expect("the issue is there");
    });
    scene.run_well(&[]);
    assert_eq!(title(&scene, 340), "changed while the list is read");
    assert_eq!(title(&scene, 3), "changed after it was read");
    scene.run_well(&[]);
    scene.assert_true();
}

#[rstest]
#[case::overlap(&["--overlap", "30d"], 4)]
#[case::since(&["--since", "2026-08-22"], 3)]
#[case::full(&["--full"], 5)]
#[tokio::test(flavor = "multi_thread")]
async fn what_changed_without_a_trace_is_found_by(#[case] options: &[&str], #[case] requests: usize) {
    // It is 220 hours older than the newest, on the third page, which a run does not come to.
    let mut scene = Scene::published(&[350]).await;
    change_silently(&scene, 130);
    scene.change(1, 1);
    scene.run_well(&[]);
    assert_eq!(title(&scene, 130), "issue 130");
    assert_eq!(by_stream(&scene.run_well(options)).0, requests);
    assert_eq!(title(&scene, 130), "changed without a trace");
    scene.assert_true();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_weekly_repair_finds_what_changed_without_a_trace() {
    let mut scene = Scene::published(&[350]).await;
    change_silently(&scene, 100);
    scene.change(1, 1);
    assert_eq!(by_stream(&scene.run_well(&[])), (2, 1));
    assert_eq!(title(&scene, 100), "issue 100");
    scene.pass(TimeDelta::days(8));
    assert_eq!(by_stream(&scene.run_well(&[])), (1, 0), "a list that did not change is not repaired");
    scene.change(1, 1);
    assert_eq!(by_stream(&scene.run_well(&[])).0, 4);
    assert_eq!(title(&scene, 100), "changed without a trace");
    scene.change(1, 1);
    assert_eq!(by_stream(&scene.run_well(&[])), (2, 1), "the repair is done for a week");
    scene.assert_true();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rename_keeps_the_probe_and_the_next_change_brings_the_new_name_everywhere() {
    let mut scene = Scene::published(&[30, 20]).await;
    scene.github.sim().world_mut().rename_repository(REPOSITORY, "apex/rocket").expect("the name is free");
    let requests = scene.run_well(&[]);
    let first = requests.iter().find(|one| one.target.starts_with("/repositories/501/")).expect("asked by id");
    assert!(matches!(first.status, 200 | 304), "no redirect: {first:?}");
    scene.change(2, 1);
    scene.run_well(&[]);
    scene.assert_true();
    let listed = scene.hublake.succeed(&["list", "--format", "json"]);
    assert!(listed.contains("\"apex/rocket\"") && !listed.contains("\"acme/rocket\""), "{listed}");
    // The old name still leads to it.
    scene.hublake.succeed(&["report", "issues", "--repo", "apex/rocket"]);
}

#[rstest]
#[case::deleted("404", "not found", "hint: ")]
#[case::blocked("451", "blocked for legal reasons", "hint: ")]
#[case::issues_disabled("410", "issues are disabled", "hint: hublake remove acme/rocket-2")]
#[case::token_refused("401", "does not accept the token", "hint: it may have expired")]
#[case::server_broken("500", "answered 500", "hint: ")]
#[tokio::test(flavor = "multi_thread")]
async fn one_repository_that_fails_does_not_stop_the_others(
    #[case] trouble: &str,
    #[case] cause: &str,
    #[case] next_step: &str,
) {
    let mut scene = Scene::published(&[20, 20, 20]).await;
    let before = contents(&scene.hublake);
    scene.change(9, 3);
    let broken = name(1);
    match trouble {
        "404" => scene.github.sim().world_mut().delete_repository(&broken).expect("it is there"),
        "451" => scene.github.sim().world_mut().block_repository(&broken).expect("it is there"),
        "410" => scene.github.sim().world_mut().disable_issues(&broken).expect("it is there"),
        status => {
            let fault: Fault = format!("/repositories/502/issues always status:{status}").parse().expect("a fault");
            scene.github.sim().set_faults([fault]);
        }
    }
    let (ended, _) = scene.run(&[]);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    let message = ended.stderr.split("error: ").nth(1).unwrap_or_else(|| panic!("no error in {}", ended.stderr));
    for words in [broken.as_str(), cause, next_step] {
        assert!(message.contains(words), "{words:?} is not in {message}");
    }
    let of = |rows: &[String], repository: &str| -> Vec<String> {
        rows.iter().filter(|row| row.contains(&format!("|{repository}|"))).cloned().collect()
    };
    let after = contents(&scene.hublake);
    assert_eq!(of(&after, &broken), of(&before, &broken), "it keeps what was published");
    assert_ne!(of(&after, &name(0)), of(&before, &name(0)));
    assert_ne!(of(&after, &name(2)), of(&before, &name(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn all_repositories_failed_is_exit_code_1() {
    let scene = Scene::published(&[5, 5]).await;
    scene.github.sim().set_faults(["/repositories/*/issues always status:401".parse().expect("a fault")]);
    let (ended, _) = scene.run(&["--format", "json"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(ended.stderr.contains(&name(0)) && ended.stderr.contains(&name(1)), "{}", ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_repository_and_one_with_a_single_page_are_published() {
    let mut scene = Scene::published(&[0, 1]).await;
    scene.assert_true();
    assert!(scene.run_well(&[]).iter().all(|one| one.status == 304));
    scene.pass(TimeDelta::hours(1));
    let issue = json!({"title": "the first", "created_at": text(scene.now())});
    scene.github.sim().world_mut().upsert_issue(REPOSITORY, issue).expect("an issue object");
    scene.run_well(&[]);
    scene.assert_true();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_is_used_up_leaves_the_repository_for_the_next_run() {
    let mut scene = Scene::of(crate::scene::world(&[20, 20]), SimOptions::default()).await;
    scene.add_all();
    scene.run_well(&[]);
    scene.change(4, 2);
    scene.hublake.set("HUBLAKE_MAX_WAIT_SECONDS", "0");
    scene.github.sim().set_faults(["/repositories/502/issues always primary:403".parse().expect("a fault")]);
    let (ended, _) = scene.run(&[]);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    assert!(ended.stderr.contains("limit is used up until"), "{}", ended.stderr);
    scene.github.sim().set_faults([]);
    scene.run_well(&[]);
    scene.assert_true();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_former_name_leads_to_the_repository_that_had_it() {
    let mut scene = Scene::published(&[3, 3]).await;
    scene.github.sim().world_mut().rename_repository(REPOSITORY, "apex/rocket").expect("the name is free");
    scene.change(1, 1);
    scene.run_well(&[]);
    let requests = scene.run_well(&["--repo", REPOSITORY]);
    let lists: Vec<&str> =
        requests.iter().map(|one| one.target.as_str()).filter(|target| target.contains("/issues")).collect();
    assert!(lists.len() == 1 && lists[0].starts_with("/repositories/501/"), "{lists:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_made_again_under_its_name_stands_beside_the_history_of_the_old_one() {
    let mut scene = Scene::published(&[4, 2]).await;
    let old = contents(&scene.hublake);
    scene.pass(TimeDelta::hours(1));
    scene.github.sim().world_mut().recreate_repository(REPOSITORY).expect("a good name");
    let issue = json!({"title": "a new beginning", "created_at": text(scene.now())});
    scene.github.sim().world_mut().upsert_issue(REPOSITORY, issue).expect("an issue object");
    scene.hublake.succeed(&["add", REPOSITORY]);
    let (ended, _) = scene.run(&[]);
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    let after = contents(&scene.hublake);
    assert!(old.iter().all(|row| after.contains(row)), "the old one's rows stay");
    let sql = "SELECT count(DISTINCT repo_id) AS n FROM stg_issue_current WHERE repo_full_name = 'acme/rocket'";
    assert_eq!(scene.hublake.query(sql), [json!({"n": 2})]);
}
