//! What tests read of the world.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use github_sim::{DepartureReason, EventKind, GenerateOptions, IssueState, IssueTruth, World};

use crate::client::{REPOSITORY, generated, get, plain, post, serve, time};

#[test]
fn departures_tell_how_when_and_what_left() {
    let mut world = plain(4);
    world.add_repository("a/other").unwrap();
    let target = world.repository("a/other").unwrap().id();
    world.close_issue("a/b", 3).unwrap();
    for number in 1..=3 {
        world.advance(TimeDelta::hours(1));
        match number {
            1 => world.delete_issue("a/b", 1).unwrap(),
            2 => world.convert_to_discussion("a/b", 2).unwrap(),
            _ => assert_eq!(world.transfer_issue("a/b", 3, "a/other").unwrap(), 1),
        }
    }
    let departures = world.departures("a/b");
    let reasons: Vec<DepartureReason> = departures.iter().map(|departure| departure.reason).collect();
    let transferred = DepartureReason::Transferred { repository_id: target, number: 1 };
    assert_eq!(reasons, [DepartureReason::Deleted, DepartureReason::ConvertedToDiscussion, transferred]);
    let hours: Vec<i64> =
        departures.iter().map(|departure| (departure.at - time("2026-08-01T00:00:00Z")).num_hours()).collect();
    assert_eq!(hours, [1, 2, 3]);
    let left = |index: usize| departures[index].issue.clone().unwrap();
    assert_eq!((left(0).number, left(0).state, left(0).events.len()), (1, IssueState::Open, 0));
    assert_eq!(left(1).events[0].kind, EventKind::ConvertedToDiscussion);
    assert_eq!(left(2).state, IssueState::Closed);
    let arrived = world.issues("a/other").remove(0);
    assert_eq!((arrived.events.len(), arrived.transferred_at()), (2, Some(departures[2].at)));
    assert_eq!(arrived.created_at, left(2).created_at);
}

#[tokio::test]
async fn a_converted_issue_answers_410_and_leaves_the_lists() {
    let sim = serve(plain(2)).await;
    sim.world_mut().convert_to_discussion("a/b", 2).unwrap();
    assert_eq!(get(&sim, "repos/a/b/issues").await.numbers(), [1]);
    for end in ["", "/events", "/timeline"] {
        assert_eq!(get(&sim, &format!("repos/a/b/issues/2{end}")).await.status, 410, "{end}");
    }
}

#[test]
fn states_at_the_end_are_the_states_that_are_served() {
    let mut world = generated(2_000);
    world.delete_issue(REPOSITORY, 1).unwrap();
    let before = time("2000-01-01T00:00:00Z");
    for issue in world.issues(REPOSITORY) {
        assert_eq!(issue.state_at(world.now()), Some(issue.state));
        assert_eq!(issue.state_at(before), None);
    }
    assert_eq!(open_at(&world, world.now()), world.repository(REPOSITORY).unwrap().open_issue_count());
    assert_eq!(open_at(&world, before), 0);
}

/// As a test of marts would count: what is listed, and what had not left yet.
fn open_at(world: &World, at: DateTime<Utc>) -> usize {
    let listed = world.issues(REPOSITORY);
    let left = world.departures(REPOSITORY).into_iter();
    let still_there = left.filter(|departure| departure.at > at).filter_map(|departure| departure.issue);
    let is_open = |issue: &IssueTruth| issue.state_at(at) == Some(IssueState::Open);
    listed.into_iter().chain(still_there).filter(is_open).count()
}

#[test]
fn recorded_states_at_the_end_are_the_states_that_are_served() {
    let Some(world) = crate::recorded::recorded(&[]) else {
        return;
    };
    for repository in world.repositories() {
        for issue in repository.issues() {
            assert_eq!(issue.state_at(world.now()), Some(issue.state), "{}#{}", repository.full_name(), issue.number);
        }
    }
}

#[test]
fn a_wanted_number_of_events_is_had_and_fits_what_the_issue_is() {
    let mut world = World::new(time("2026-08-01T00:00:00Z"));
    let options = GenerateOptions { repos: 2, issues: 4_000, seed: 9, ..GenerateOptions::default() };
    world.generate_with_events(&options, 3);
    let (mut events, mut ids) = (0, Vec::new());
    for issue in world.repositories().flat_map(github_sim::Repository::issues) {
        assert!(issue.events.len() >= 3);
        events += issue.events.len();
        assert!(issue.events.iter().all(|event| event.at <= world.now() && event.at <= issue.updated_at));
        assert_eq!(issue.state_at(world.now()), Some(issue.state));
        let mut labels: BTreeMap<&str, bool> = BTreeMap::new();
        for event in &issue.events {
            if let Some(label) = &event.label {
                labels.insert(label, event.kind == EventKind::Labeled);
            }
        }
        let has: Vec<&str> = labels.into_iter().filter(|(_, has)| *has).map(|(label, _)| label).collect();
        let mut expected = issue.labels.clone();
        expected.sort_unstable();
        assert_eq!(has, expected);
        ids.extend(issue.events.iter().map(|event| event.id));
    }
    assert!((12_000..12_600).contains(&events), "{events}");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), events);
}

#[tokio::test]
async fn repositories_with_many_events_are_generated_from_outside() {
    let sim = serve(plain(1)).await;
    let made = post(&sim, "_sim/generate?repos=2&issues=20&seed=4&events_per_issue=8", &[]).await.json();
    assert_eq!((&made["repositories"], &made["issues"]), (&3.into(), &21.into()));
    assert!(sim.world().issues(REPOSITORY).iter().all(|issue| issue.events.len() >= 8));
    assert_eq!(post(&sim, "_sim/generate?repos=many", &[]).await.status, 400);
    assert_eq!(post(&sim, "_sim/limits?core=few", &[]).await.status, 400);
}
