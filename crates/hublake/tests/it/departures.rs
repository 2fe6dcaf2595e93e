//! Issues that vanish: how they are found, what finding them costs, and when they leave the backlog.

use chrono::{DateTime, TimeDelta, Utc};
use github_sim::{RequestRecord, SimOptions, World};
use rstest::rstest;
use serde_json::{Value, json};

use crate::scene::{REPOSITORY, Scene, name, text, world};
use crate::truth::backlog_tables;

/// What vanishes: two open ones and a closed one are deleted, one is transferred, one becomes a discussion.
const DELETED: [u32; 3] = [2, 3, 11];
const TRANSFERRED: u32 = 8;
const CONVERTED: u32 = 13;

fn vanish(scene: &Scene) {
    let mut world = scene.github.sim().world_mut();
    for number in DELETED {
        world.delete_issue(REPOSITORY, number).expect("it is there");
    }
    assert_eq!(world.transfer_issue(REPOSITORY, TRANSFERRED, name(1).as_str()).expect("it is there"), 4);
    world.convert_to_discussion(REPOSITORY, CONVERTED).expect("it is there");
}

fn departures(scene: &Scene) -> Vec<Value> {
    scene.hublake.query("SELECT issue_number, reason, moved_to, left_at FROM stg_issue_departures ORDER BY 1")
}

/// What [`departures`] has of what [`vanish`] took away, found at `found_at`.
fn expected(found_at: DateTime<Utc>) -> Vec<Value> {
    let mut rows = Vec::new();
    for (number, reason, moved_to) in [
        (2, "deleted", None),
        (3, "deleted", None),
        (8, "transferred", Some("acme/rocket-2#4")),
        (11, "deleted", None),
        // Without its event nothing tells a discussion from a deleted issue.
        (13, "deleted", None),
    ] {
        rows.push(json!({"issue_number": number, "reason": reason, "moved_to": moved_to, "left_at": found_at}));
    }
    rows
}

fn same_instants(rows: Vec<Value>) -> Vec<Value> {
    let instant = |row: &Value| row["left_at"].as_str().and_then(|text| text.parse::<DateTime<Utc>>().ok());
    rows.into_iter()
        .map(|mut row| {
            row["left_at"] = json!(instant(&row).expect("an instant"));
            row
        })
        .collect()
}

fn assert_departed(scene: &Scene, found_at: DateTime<Utc>) {
    assert_eq!(same_instants(departures(scene)), expected(found_at));
    assert_backlog(scene, &[2, 3, 8, 11, 13].map(|number| (REPOSITORY, number, found_at)));
}

/// The backlog is what the issues that are there and those that left at these times say.
fn assert_backlog(scene: &Scene, left: &[(&str, u32, DateTime<Utc>)]) {
    let histories = scene.github.histories_with(left);
    let texts = scene.hublake.differing_tables(&backlog_tables(&histories, scene.now()));
    assert!(texts.is_empty(), "{}", texts.join(""));
}

/// Queries other than those for events, requests for a single issue, requests for lists of issues.
fn counts(requests: &[RequestRecord]) -> (usize, usize, usize) {
    let is_search = |one: &&RequestRecord| {
        one.method == "POST" && one.operation.as_deref().is_none_or(|name| !name.starts_with("IssueEvents"))
    };
    let is_single = |one: &&RequestRecord| {
        one.method == "GET" && one.target.contains("/issues/") && !one.target.contains("/events")
    };
    let is_list = |one: &&RequestRecord| one.method == "GET" && one.target.contains("/issues?");
    (
        requests.iter().filter(is_search).count(),
        requests.iter().filter(is_single).count(),
        requests.iter().filter(is_list).count(),
    )
}

#[rstest]
#[case::of_thirty(30)]
#[case::of_a_thousand(1_000)]
#[tokio::test(flavor = "multi_thread")]
async fn an_active_run_finds_five_with_a_handful_of_queries(#[case] issues: u32) {
    let mut scene = Scene::published(&[issues, 3]).await;
    scene.pass(TimeDelta::days(2));
    vanish(&scene);
    scene.github.sim().world_mut().edit_issue(REPOSITORY, 17, "another title").expect("it is there");
    let (searches, singles, _) = counts(&scene.run_well(&[]));
    assert!(searches <= 5, "{searches} queries");
    // Each is asked for once; the transferred one leads elsewhere.
    assert!(singles <= 6, "{singles} requests for single issues");
    assert_departed(&scene, scene.now());
    // They are gone once and for all.
    let found_at = scene.now();
    scene.change(2, 1);
    let (searches, singles, _) = counts(&scene.run_well(&[]));
    assert_eq!((searches, singles), (0, 0));
    assert_departed(&scene, found_at);
}

#[tokio::test(flavor = "multi_thread")]
async fn three_far_apart_among_a_thousand_are_found_with_a_handful_of_queries() {
    let mut scene = Scene::published(&[1_000]).await;
    scene.pass(TimeDelta::hours(1));
    {
        let mut world = scene.github.sim().world_mut();
        for number in [101, 502, 904] {
            world.delete_issue(REPOSITORY, number).expect("it is there");
        }
        world.edit_issue(REPOSITORY, 17, "another title").expect("it is there");
    }
    let (searches, singles, _) = counts(&scene.run_well(&[]));
    assert!(searches <= 5, "{searches} queries");
    assert_eq!(singles, 3);
    assert_backlog(&scene, &[101, 502, 904].map(|number| (REPOSITORY, number, scene.now())));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_that_were_updated_in_one_second_the_one_that_vanished_is_found() {
    let mut scene = Scene::published(&[10, 3]).await;
    let second = scene.now() - TimeDelta::hours(12);
    {
        let mut world = scene.github.sim().world_mut();
        for number in 11..=1_000_u32 {
            let issue = json!({"number": number, "created_at": text(second), "updated_at": text(second)});
            world.upsert_issue(REPOSITORY, issue).expect("an issue object");
        }
    }
    scene.run_well(&["--full"]);
    scene.pass(TimeDelta::hours(1));
    {
        let mut world = scene.github.sim().world_mut();
        world.delete_issue(REPOSITORY, 777).expect("it is there");
        world.touch_issue(REPOSITORY, 5).expect("it is there");
    }
    scene.run_well(&[]);
    let rows = departures(&scene);
    assert_eq!((rows.len(), &rows[0]["issue_number"]), (1, &json!(777)));
}

#[rstest]
#[case::graphql("graphql")]
#[case::rest("rest")]
#[tokio::test(flavor = "multi_thread")]
async fn an_idle_repository_is_looked_through_once_a_week(#[case] api: &str) {
    let mut scene = Scene::new(&[230, 3]).await;
    scene.add_all();
    scene.run_well(&["--api", api]);
    vanish(&scene);
    // Of the list's first page none has vanished, so it stays as it was.
    for _ in 0..3 {
        scene.pass(TimeDelta::days(2));
        scene.run_well(&["--api", api, "--repo", REPOSITORY]);
        assert_eq!(departures(&scene), Vec::<Value>::new(), "it is not yet time");
    }
    scene.pass(TimeDelta::days(2));
    let (searches, singles, lists) = counts(&scene.run_well(&["--api", api, "--repo", REPOSITORY]));
    assert!(singles <= 6, "{singles} requests for single issues");
    match api {
        "graphql" => assert!(searches <= 5 && lists == 1, "{searches} queries, {lists} lists"),
        _ => assert!(searches == 0 && lists <= 1 + 3, "{searches} queries, {lists} lists"),
    }
    assert_eq!(same_instants(departures(&scene)), expected(scene.now()));
    // For another week it is let be.
    scene.pass(TimeDelta::days(3));
    assert_eq!(scene.run_well(&["--api", api, "--repo", REPOSITORY]).len(), 1);
}

#[rstest]
#[case::graphql("graphql")]
#[case::rest("rest")]
#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_reads_each_list_once_and_is_counted_apart(#[case] api: &str) {
    let mut scene = Scene::new(&[230, 3]).await;
    scene.add_all();
    scene.run_well(&["--api", api]);
    scene.pass(TimeDelta::hours(30));
    vanish(&scene);
    let requests = scene.run_well(&["--api", api, "--sweep"]);
    let (searches, singles, lists) = counts(&requests);
    assert_eq!(searches, 0);
    // 225 numbers are left in one repository, 4 in the other; both were probed.
    assert!(lists <= 2 + 3 + 1 && singles <= 6 + 1, "{requests:#?}");
    assert_departed(&scene, scene.now());
    let runs: Value = serde_json::from_str(&scene.hublake.succeed(&["runs", "--format", "json"])).expect("JSON");
    let noted: i64 = runs[0]["requests"].as_i64().expect("a number");
    assert_eq!(noted, requests.len() as i64, "{runs}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_that_finds_nothing_costs_the_lists_and_writes_nothing() {
    let scene = Scene::published(&[230, 3]).await;
    let versions = scene.delta_versions();
    let (searches, singles, lists) = counts(&scene.run_well(&["--sweep"]));
    assert_eq!((searches, singles), (0, 0));
    assert!(lists <= 2 + 3 + 1, "{lists} lists");
    let mut after = scene.delta_versions();
    // The pages that were read are kept.
    after.retain(|log, _| !log.to_string_lossy().contains("raw_pages"));
    assert!(after.iter().all(|(log, version)| versions[log] == *version), "{after:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transferred_issue_leaves_one_backlog_and_enters_the_other_on_its_day() {
    let mut scene = Scene::published(&[30, 3]).await;
    scene.pass(TimeDelta::days(1));
    scene.github.sim().world_mut().close_issue(REPOSITORY, 14).expect("it is there");
    scene.run_well(&[]);
    scene.pass(TimeDelta::days(2));
    vanish(&scene);
    // An open one and a closed one: both are there, only one of them is open.
    let closed = scene.github.sim().world_mut().transfer_issue(REPOSITORY, 14, name(1).as_str()).expect("it is there");
    scene.run_well(&[]);
    let day = scene.now().date_naive();
    let sql = format!(
        "SELECT repo_full_name, opened_count, closed_count, left_count FROM mart_issue_backlog_daily
         WHERE calendar_date = '{day}' ORDER BY 1"
    );
    let row = |name: &str, opened: i64, left: i64| json!({"repo_full_name": name, "opened_count": opened, "closed_count": 0, "left_count": left});
    // Open were 2, 8, 11 and 13; 3 and 14 were closed.
    assert_eq!(scene.hublake.query(&sql), [row(REPOSITORY, 0, 4), row("acme/rocket-2", 1, 0)]);
    let sql = "SELECT issue_number, state, began_by, CAST(valid_from AS DATE) AS day FROM stg_issue_state_intervals
        WHERE repo_full_name = 'acme/rocket-2' AND issue_number > 3 ORDER BY 1, valid_from";
    let rows = scene.hublake.query(sql);
    let came = |number: u32, state: &str| json!({"issue_number": number, "state": state, "began_by": "transferred", "day": day});
    assert_eq!(rows[0], came(4, "open"));
    assert_eq!((closed, &rows.last().expect("a row")["state"]), (5, &json!("closed")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_that_vanishes_between_the_list_and_its_events_is_a_departure() {
    let mut scene = Scene::published(&[30, 3]).await;
    scene.pass(TimeDelta::hours(1));
    for number in [2, 4] {
        scene.github.sim().world_mut().edit_issue(REPOSITORY, number, "another title").expect("it is there");
    }
    scene.github.sim().reset_stats();
    // When the first request, which is for the list, is answered.
    scene.github.sim().on_request(1, |world| world.delete_issue(REPOSITORY, 2).expect("it is there"));
    scene.run_well(&["--repo", REPOSITORY]);
    let rows = departures(&scene);
    assert_eq!((rows.len(), &rows[0]["issue_number"], &rows[0]["reason"]), (1, &json!(2), &json!("deleted")));
    assert_backlog(&scene, &[(REPOSITORY, 2, scene.now())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_that_is_there_again_is_no_departure_any_more() {
    let mut scene = Scene::published(&[30, 3]).await;
    scene.pass(TimeDelta::hours(30));
    let issue = scene.github.sim().world().issue_json(REPOSITORY, 2).expect("it is there");
    scene.github.sim().world_mut().delete_issue(REPOSITORY, 2).expect("it is there");
    scene.run_well(&["--sweep"]);
    assert_eq!(departures(&scene).len(), 1);
    scene.pass(TimeDelta::hours(30));
    let mut again = issue;
    again["updated_at"] = json!(text(scene.now()));
    scene.github.put(REPOSITORY, &again);
    scene.run_well(&[]);
    assert_eq!(departures(&scene), Vec::<Value>::new());
    assert_backlog(&scene, &[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_departed_issue_is_no_longer_open_in_any_mart() {
    let mut scene = Scene::of(world(&[30, 3]), SimOptions::default()).await;
    scene.add_all();
    scene.run_well(&[]);
    let open = |scene: &Scene| {
        let sql = format!("SELECT open_count FROM mart_issue_open_age WHERE repo_full_name = '{REPOSITORY}'");
        scene.hublake.query(&sql)[0]["open_count"].as_i64().expect("a number")
    };
    let before = open(&scene);
    scene.pass(TimeDelta::hours(30));
    vanish(&scene);
    scene.run_well(&["--sweep"]);
    assert_eq!(open(&scene), before - 4);
    let sql = "SELECT issue_number, is_open, left_reason, left_at FROM mart_issue_lifecycle
        WHERE left_at IS NOT NULL ORDER BY 1";
    let rows = scene.hublake.query(sql);
    let found: Vec<_> =
        rows.iter().map(|row| json!([row["issue_number"], row["is_open"], row["left_reason"]])).collect();
    let gone = |number: u32, reason: &str| json!([number, false, reason]);
    let reasons =
        [gone(2, "deleted"), gone(3, "deleted"), gone(8, "transferred"), gone(11, "deleted"), gone(13, "deleted")];
    assert_eq!(found, reasons);
    let report: Value =
        serde_json::from_str(&scene.hublake.succeed(&["report", "issues", "--repo", REPOSITORY, "--format", "json"]))
            .expect("JSON");
    assert_eq!(report[0]["open_now"], json!(before - 4), "{report}");
}

/// An empty world must not make the constants above lie.
#[test]
fn what_vanishes_is_what_the_tests_say() {
    let world: World = world(&[30, 3]);
    let is_open = |number: u32| world.issues(REPOSITORY)[number as usize - 1].state == github_sim::IssueState::Open;
    assert_eq!([2, 3, 8, 9, 11, 13].map(is_open), [true, false, true, false, true, true]);
}
