//! Both APIs give the same events.

use std::collections::BTreeMap;

use github_sim::Sim;
use serde_json::{Value, json};

use super::TIMELINES;
use crate::client::{REPOSITORY, all_pages, data, generated, get, plain, serve};

const KINDS: [&str; 14] = [
    "closed",
    "reopened",
    "merged",
    "labeled",
    "unlabeled",
    "assigned",
    "unassigned",
    "milestoned",
    "demilestoned",
    "renamed",
    "transferred",
    "converted_to_discussion",
    "locked",
    "unlocked",
];

#[tokio::test]
async fn generated_events_are_the_same_in_both_apis() {
    let sim = serve(generated(400)).await;
    let compared = compare(&sim, REPOSITORY).await;
    assert!(["labeled", "closed", "reopened", "merged", "assigned"].iter().all(|kind| compared[*kind] > 5));
}

#[tokio::test]
async fn generated_events_of_a_wanted_number_are_the_same_in_both_apis() {
    let mut world = github_sim::World::new(crate::client::time("2026-08-01T00:00:00Z"));
    let options = github_sim::GenerateOptions { repos: 1, issues: 300, ..github_sim::GenerateOptions::default() };
    world.generate_with_events(&options, 6);
    let sim = serve(world).await;
    let compared = compare(&sim, REPOSITORY).await;
    assert!(["unlabeled", "milestoned", "demilestoned", "unassigned"].iter().all(|kind| compared[*kind] > 5));
}

#[tokio::test]
async fn recorded_events_are_the_same_in_both_apis() {
    let Some(world) = crate::recorded::recorded(&["bitcoin-core/gui"]) else {
        return;
    };
    let sim = serve(world).await;
    let compared = compare(&sim, "bitcoin-core/gui").await;
    let expected = [("closed", 785), ("reopened", 58), ("merged", 332), ("labeled", 1_269), ("unlabeled", 395)];
    assert!(expected.iter().all(|(kind, count)| compared[*kind] == *count), "{compared:?}");
    assert_eq!((compared["renamed"], compared["milestoned"], compared["locked"]), (335, 98, 662));
}

#[tokio::test]
async fn what_people_do_is_the_same_in_both_apis() {
    let sim = serve(plain(2)).await;
    {
        let mut world = sim.world_mut();
        world.label_issue("a/b", 1, "bug").unwrap();
        world.unlabel_issue("a/b", 1, "bug").unwrap();
        world.assign_issue("a/b", 1, "somebody").unwrap();
        world.unassign_issue("a/b", 1, "somebody").unwrap();
        world.milestone_issue("a/b", 1, "1.0").unwrap();
        world.demilestone_issue("a/b", 1, "1.0").unwrap();
        world.edit_issue("a/b", 1, "another \"title\"").unwrap();
        world.lock_issue("a/b", 1).unwrap();
        world.unlock_issue("a/b", 1).unwrap();
        world.close_issue_as_not_planned("a/b", 1).unwrap();
        world.reopen_issue("a/b", 1).unwrap();
        let pull_request = json!({"number": 2, "pull_request": {"merged_at": null}});
        world.upsert_issue("a/b", pull_request).unwrap();
        world.merge_pull_request("a/b", 2).unwrap();
        world.add_repository("a/source").unwrap();
        world.upsert_issue("a/source", json!({"title": "moves"})).unwrap();
        world.transfer_issue("a/source", 1, "a/b").unwrap();
    }
    let compared = compare(&sim, "a/b").await;
    let expected = KINDS.iter().filter(|kind| **kind != "converted_to_discussion");
    // Merging closes too.
    let expected = expected.map(|kind| ((*kind).to_owned(), if *kind == "closed" { 2 } else { 1 }));
    assert_eq!(compared, expected.collect());
    let merged = get(&sim, "repos/a/b/issues/2").await.json();
    assert_eq!((&merged["state"], merged["pull_request"]["merged_at"].is_string()), (&json!("closed"), true));
}

#[tokio::test]
async fn item_types_since_and_all_kinds_are_counted() {
    let sim = serve(plain(1)).await;
    {
        let mut world = sim.world_mut();
        world.label_issue("a/b", 1, "bug").unwrap();
        world.advance(chrono::TimeDelta::hours(1));
        world.close_issue("a/b", 1).unwrap();
        world.lock_issue("a/b", 1).unwrap();
    }
    let id = get(&sim, "repos/a/b/issues/1").await.json()["node_id"].clone();
    let text = "query($id: ID!, $types: [IssueTimelineItemsItemType!], $since: DateTime) { node(id: $id) { \
                ... on Issue { timelineItems(first: 1, itemTypes: $types, since: $since) { totalCount \
                nodes { __typename } } } } }";
    for (types, since, count, first) in [
        (json!(null), json!(null), 3, "LabeledEvent"),
        (json!(["CLOSED_EVENT", "LOCKED_EVENT"]), json!(null), 2, "ClosedEvent"),
        (json!("LOCKED_EVENT"), json!(null), 1, "LockedEvent"),
        (json!(null), json!("2026-08-01T01:00:00Z"), 2, "ClosedEvent"),
    ] {
        let items =
            data(&sim, text, json!({"id": id, "types": types, "since": since})).await["node"]["timelineItems"].take();
        assert_eq!((&items["totalCount"], &items["nodes"][0]["__typename"]), (&json!(count), &json!(first)));
    }
}

/// Holds the events of both APIs against each other, issue by issue; gives how many there were of each kind.
async fn compare(sim: &Sim, name: &str) -> BTreeMap<String, usize> {
    let pages = all_pages(sim, &format!("repos/{name}/issues?state=all&per_page=100")).await;
    let issues: Vec<Value> = pages.iter().flat_map(|page| page.json().as_array().unwrap().clone()).collect();
    let labels = labels(sim, name).await;
    let mut rest = rest_events(sim, name, &labels).await;
    let mut counts = BTreeMap::new();
    for chunk in issues.chunks(50) {
        let ids: Vec<&Value> = chunk.iter().map(|issue| &issue["node_id"]).collect();
        let answer = data(sim, TIMELINES, json!({"ids": ids, "first": 100})).await;
        for (issue, node) in chunk.iter().zip(answer["nodes"].as_array().unwrap()) {
            assert_eq!((&node["id"], &node["number"]), (&issue["node_id"], &issue["number"]));
            let timeline = &node["timelineItems"];
            assert_eq!(timeline["pageInfo"]["hasNextPage"], false);
            let items = timeline["nodes"].as_array().unwrap();
            assert_eq!(timeline["totalCount"], items.len());
            let mut expected = rest.remove(&issue["number"].as_u64().unwrap()).unwrap_or_default();
            expected.reverse();
            let mut served: Vec<(Value, Value)> =
                items.iter().map(|item| (item["createdAt"].clone(), of_graphql(item, &labels))).collect();
            let times: Vec<&str> = served.iter().map(|(at, _)| at.as_str().unwrap()).collect();
            assert!(times.is_sorted(), "{times:?}");
            // The list of a repository is by id, timelines are by time: they differ within a second.
            served.sort_by_key(|(_, event)| event["id"].to_string());
            expected.sort_by_key(|event| event["id"].to_string());
            let served: Vec<Value> = served.into_iter().map(|(_, event)| event).collect();
            assert_eq!(served, expected, "{name}#{}", issue["number"]);
            for event in served {
                *counts.entry(event["kind"].as_str().unwrap().to_owned()).or_default() += 1;
            }
        }
    }
    assert!(rest.is_empty(), "events of {:?} are in REST only", rest.keys());
    counts
}

/// Node ids by name; labels that were deleted are in events only.
async fn labels(sim: &Sim, name: &str) -> BTreeMap<String, Value> {
    let labels = all_pages(sim, &format!("repos/{name}/labels?per_page=100")).await;
    labels
        .iter()
        .flat_map(|page| page.json().as_array().unwrap().clone())
        .map(|label| (label["name"].as_str().unwrap().to_owned(), label["node_id"].clone()))
        .collect()
}

/// By number, newest first.
async fn rest_events(sim: &Sim, name: &str, labels: &BTreeMap<String, Value>) -> BTreeMap<u64, Vec<Value>> {
    let mut events: BTreeMap<u64, Vec<Value>> = BTreeMap::new();
    for page in all_pages(sim, &format!("repos/{name}/issues/events?per_page=100")).await {
        for event in page.json().as_array().unwrap() {
            if KINDS.contains(&event["event"].as_str().unwrap()) {
                let number = event["issue"]["number"].as_u64().unwrap();
                events.entry(number).or_default().push(of_rest(event, labels));
            }
        }
    }
    events
}

fn of_rest(event: &Value, labels: &BTreeMap<String, Value>) -> Value {
    let person = |user: &Value| json!([user["login"], user["id"], user["node_id"]]);
    let upper = |value: &Value| json!(value.as_str().map(str::to_uppercase));
    let mut facts = json!({
        "id": event["node_id"], "kind": event["event"], "at": event["created_at"], "actor": person(&event["actor"]),
    });
    match event["event"].as_str().unwrap() {
        "labeled" | "unlabeled" => {
            let name = event["label"]["name"].as_str().unwrap();
            facts["label"] = json!([name, event["label"]["color"]]);
            facts["label_id"] = labels.get(name).cloned().unwrap_or_default();
        }
        "assigned" | "unassigned" => facts["assignee"] = person(&event["assignee"]),
        "milestoned" | "demilestoned" => facts["milestone"] = event["milestone"]["title"].clone(),
        "renamed" => facts["rename"] = json!([event["rename"]["from"], event["rename"]["to"]]),
        "closed" | "reopened" => facts["reason"] = upper(&event["state_reason"]),
        "locked" => {
            facts["lock"] = json!(event["lock_reason"].as_str().map(|text| text.to_uppercase().replace(' ', "_")))
        }
        _ => {}
    }
    facts
}

fn of_graphql(item: &Value, labels: &BTreeMap<String, Value>) -> Value {
    let person = |user: &Value| json!([user["login"], user["databaseId"], user["id"]]);
    let name = item["__typename"].as_str().unwrap();
    let kind = match name {
        "RenamedTitleEvent" => "renamed".to_owned(),
        _ => name.trim_end_matches("Event").to_lowercase(),
    };
    let mut facts = json!({"id": item["id"], "kind": kind, "at": item["createdAt"], "actor": person(&item["actor"])});
    match kind.as_str() {
        "labeled" | "unlabeled" => {
            facts["label"] = json!([item["label"]["name"], item["label"]["color"]]);
            let is_known = labels.contains_key(item["label"]["name"].as_str().unwrap());
            assert!(item["label"]["id"].as_str().is_some_and(|id| !id.is_empty()));
            facts["label_id"] = if is_known { item["label"]["id"].clone() } else { Value::Null };
        }
        "assigned" | "unassigned" => facts["assignee"] = person(&item["assignee"]),
        "milestoned" | "demilestoned" => facts["milestone"] = item["milestoneTitle"].clone(),
        "renamed" => facts["rename"] = json!([item["previousTitle"], item["currentTitle"]]),
        "closed" | "reopened" => facts["reason"] = item["stateReason"].clone(),
        "locked" => facts["lock"] = item["lockReason"].clone(),
        _ => {}
    }
    facts
}
