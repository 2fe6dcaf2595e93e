//! What collecting with events asks of GitHub.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use github_sim::{BurstOptions, GenerateOptions, RequestRecord, SimOptions, World};
use rstest::rstest;

use crate::scene::{Scene, beginning};

/// One repository with issues that have lived.
fn lively(issues: u64, events_per_issue: u32) -> World {
    let mut world = World::new(beginning());
    let options = GenerateOptions { repos: 1, issues, seed: 9, ..GenerateOptions::default() };
    world.generate_with_events(&options, events_per_issue);
    world
}

/// How many requests went to the list of issues, and how many for events.
fn by_stream(requests: &[RequestRecord]) -> (usize, usize) {
    let is_list = |one: &&RequestRecord| one.method == "GET" && one.target.contains("/issues?");
    let is_of_events = |one: &&RequestRecord| one.method == "POST" || one.target.contains("/events");
    let counts = (requests.iter().filter(is_list).count(), requests.iter().filter(is_of_events).count());
    assert_eq!(counts.0 + counts.1, requests.len(), "requests for something else: {requests:#?}");
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_issues_with_six_events_each_take_at_most_25_requests() {
    let scene = Scene::of(lively(1_000, 6), SimOptions::default()).await;
    let world_events: usize =
        scene.github.sim().world().issues("sim-org-00/repo-0000").iter().map(|issue| issue.events.len()).sum();
    assert!(world_events >= 6_000, "the world has only {world_events} events");
    scene.add_all();
    let requests = scene.run_well(&[]);
    assert!(requests.len() <= 25, "{} requests: {requests:#?}", requests.len());
    let kept = scene.hublake.query("SELECT count(*) AS n FROM stg_issue_events");
    assert!(kept[0]["n"].as_i64() >= Some(5_500), "{kept:?}");
}

#[rstest]
#[case::graphql("graphql")]
#[case::rest("rest")]
#[tokio::test(flavor = "multi_thread")]
async fn idle_repositories_cost_a_304_each_and_no_quota(#[case] api: &str) {
    let mut scene = Scene::new(&[5, 5, 5, 5, 5, 130]).await;
    scene.add_all();
    scene.run_well(&["--api", api]);
    // The first time that nothing changed may look for vanished issues; a later one must not.
    for _ in 0..3 {
        scene.pass(TimeDelta::hours(7));
        let requests = scene.run_well(&["--api", api]);
        assert_eq!(requests.iter().map(|one| one.status).collect::<Vec<_>>(), [304; 6], "{requests:#?}");
        assert_eq!(scene.github.sim().stats().quota_spent, BTreeMap::new());
    }
}

#[rstest]
#[case::one_by_graphql("graphql", 1)]
#[case::a_page_by_graphql("graphql", 100)]
#[case::some_pages_by_graphql("graphql", 250)]
#[case::one_by_rest("rest", 1)]
#[case::a_page_by_rest("rest", 100)]
#[case::some_pages_by_rest("rest", 250)]
#[tokio::test(flavor = "multi_thread")]
async fn changed_issues_cost_their_pages_and_one_request_more_in_each_stream(#[case] api: &str, #[case] changed: u64) {
    let mut scene = Scene::of(lively(500, 4), SimOptions::default()).await;
    scene.add_all();
    scene.run_well(&["--api", api]);
    scene.pass(TimeDelta::hours(2));
    let options = BurstOptions { issues: changed, repos: 1, seed: 2 };
    assert_eq!(scene.github.sim().world_mut().change_issues(&options).len() as u64, changed);
    let (lists, events) = by_stream(&scene.run_well(&["--api", api]));
    let most = usize::try_from(changed.div_ceil(100) + 1).expect("a small number");
    assert!(lists <= most && events <= most, "{changed} changed: {lists} lists and {events} for events, not {most}");
    let known: Vec<_> = scene.github.histories();
    let texts = scene.hublake.differing_tables(&crate::truth::backlog_tables(&known, scene.now()));
    assert!(texts.is_empty(), "{}", texts.join(""));
    assert_eq!(scene.run_well(&["--api", api]).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_issue_that_came_from_elsewhere_brings_all_its_events_for_one_query_more() {
    let mut scene = Scene::published(&[120, 30]).await;
    scene.pass(TimeDelta::hours(1));
    {
        let mut world = scene.github.sim().world_mut();
        let other = crate::scene::name(1);
        world.label_issue(other.as_str(), 4, "bug").expect("it is there");
        for number in 1..=40 {
            world.touch_issue(crate::scene::REPOSITORY, number).expect("it is there");
        }
    }
    scene.run_well(&[]);
    scene.pass(TimeDelta::hours(5));
    let number = {
        let mut world = scene.github.sim().world_mut();
        world.label_issue(crate::scene::REPOSITORY, 7, "docs").expect("it is there");
        world.transfer_issue(crate::scene::name(1).as_str(), 4, crate::scene::REPOSITORY).expect("it is there")
    };
    let requests = scene.run_well(&["--repo", crate::scene::REPOSITORY]);
    let (lists, events) = by_stream(&requests);
    assert!(lists <= 2 && events <= 2, "{requests:#?}");
    let sql = format!("SELECT event_type FROM stg_issue_events WHERE issue_number = {number} ORDER BY created_at");
    let kinds: Vec<_> = scene.hublake.query(&sql).into_iter().map(|mut row| row["event_type"].take()).collect();
    assert_eq!(kinds, ["labeled", "transferred"]);
}
