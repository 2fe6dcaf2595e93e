use std::collections::BTreeSet;

use github_sim::{EventKind, GenerateOptions, IssueState, World};
use serde_json::Value;

use crate::client::{ISSUES, REPOSITORY, all_pages, generated, serve, time};

#[test]
fn the_same_seed_gives_the_same_world_and_another_seed_another() {
    let payloads = |seed: u64| -> Vec<Vec<u8>> {
        let mut world = World::new(time("2026-08-01T00:00:00Z"));
        world.generate(&GenerateOptions { repos: 2, issues: 60, seed, ..GenerateOptions::default() });
        let name = "sim-org-00/repo-0001";
        world.issues(name).iter().map(|issue| world.issue_payload(name, issue.number).unwrap()).collect()
    };
    assert_eq!(payloads(1), payloads(1));
    assert_ne!(payloads(1), payloads(2));
}

#[test]
fn issues_live_as_issues_do() {
    let world = generated(5_000);
    let issues = world.issues(REPOSITORY);
    assert_eq!(issues.len(), 5_000);
    let share = |is_wanted: &dyn Fn(&github_sim::IssueTruth) -> bool| {
        issues.iter().filter(|issue| is_wanted(issue)).count() as f64 / issues.len() as f64
    };
    let reopened = |issue: &github_sim::IssueTruth| issue.events.iter().any(|event| event.kind == EventKind::Reopened);
    assert!((0.27..0.33).contains(&share(&|issue| issue.is_pull_request)));
    assert!((0.10..0.40).contains(&share(&|issue| issue.state == IssueState::Open)));
    assert!((0.01..0.10).contains(&share(&reopened)));
    let early = |issue: &github_sim::IssueTruth| issue.closed_at.is_some_and(|at| at < issue.created_at);
    assert!((0.0005..0.01).contains(&share(&early)));
    for issue in &issues {
        assert_eq!(issue.closed_at.is_some(), issue.state == IssueState::Closed);
        assert!(issue.updated_at >= issue.created_at && issue.updated_at <= world.now());
        let last =
            issue.events.iter().rev().find(|event| matches!(event.kind, EventKind::Closed | EventKind::Reopened));
        let is_closed = last.is_some_and(|event| event.kind == EventKind::Closed);
        assert_eq!(is_closed, issue.state == IssueState::Closed, "{issue:?}");
    }
    let greatest = issues.iter().map(|issue| issue.number).max().unwrap();
    assert!(greatest > 5_040, "some numbers are missing");
    let ids: BTreeSet<u64> = issues.iter().map(|issue| issue.id).collect();
    assert_eq!(ids.len(), issues.len());
}

#[test]
fn the_median_payload_is_about_as_long_as_recorded_ones() {
    let world = generated(3_000);
    let mut sizes: Vec<usize> = world
        .issues(REPOSITORY)
        .iter()
        .map(|issue| world.issue_payload(REPOSITORY, issue.number).unwrap().len())
        .collect();
    sizes.sort_unstable();
    let median = sizes[sizes.len() / 2];
    assert!((3_200..4_200).contains(&median), "{median}");
    assert!(sizes[sizes.len() - 1] > 10_000, "no long tail");
}

#[tokio::test]
async fn served_issues_say_what_the_truth_says() {
    let world = generated(800);
    let truth = world.issues(REPOSITORY);
    let sim = serve(world).await;
    let pages = all_pages(&sim, &format!("{ISSUES}?state=all&sort=created&direction=asc&per_page=100")).await;
    let served: Vec<Value> = pages.iter().flat_map(|page| page.json().as_array().unwrap().clone()).collect();
    assert_eq!(served.len(), truth.len());
    let mut users = BTreeSet::new();
    for (issue, truth) in served.iter().zip(&truth) {
        assert_eq!(issue["number"], truth.number);
        assert_eq!(issue["id"], truth.id);
        assert_eq!(issue["state"], truth.state.as_str());
        assert_eq!(issue.get("pull_request").is_some(), truth.is_pull_request);
        assert_eq!(time(issue["updated_at"].as_str().unwrap()), truth.updated_at);
        assert_eq!(issue["closed_at"].as_str().map(time), truth.closed_at);
        let labels = issue["labels"].as_array().unwrap().iter();
        let labels: Vec<&str> = labels.map(|label| label["name"].as_str().unwrap()).collect();
        assert_eq!(labels, truth.labels);
        users.insert(issue["user"]["login"].as_str().map(str::to_owned));
    }
    assert!(users.contains(&None), "some authors are gone");
}

#[test]
fn many_repositories_share_the_issues() {
    let mut world = World::new(time("2026-08-01T00:00:00Z"));
    world.generate(&GenerateOptions { repos: 60, issues: 1_000, seed: 3, skew: 1.0, ..GenerateOptions::default() });
    let counts: Vec<usize> = world.repositories().map(github_sim::Repository::issue_count).collect();
    assert_eq!((counts.len(), counts.iter().sum::<usize>()), (60, 1_000));
    assert!(counts[0] > counts[59]);
    assert!(world.repository("sim-org-02/repo-0059").is_some());
}
