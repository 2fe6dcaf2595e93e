use serde_json::{Value, json};

use super::TIMELINES;
use crate::client::{data, get, plain, query, serve};

#[tokio::test]
async fn ids_of_what_left_the_repository_are_not_found() {
    let sim = serve(plain(4)).await;
    sim.world_mut().add_repository("a/other").unwrap();
    let list = get(&sim, "repos/a/b/issues?direction=asc").await.json();
    let ids: Vec<Value> = list.as_array().unwrap().iter().map(|issue| issue["node_id"].clone()).collect();
    {
        let mut world = sim.world_mut();
        world.delete_issue("a/b", 1).unwrap();
        world.convert_to_discussion("a/b", 2).unwrap();
        world.transfer_issue("a/b", 3, "a/other").unwrap();
    }
    let answer = query(&sim, TIMELINES, json!({"ids": ids, "first": 1})).await.json();
    let nodes = answer["data"]["nodes"].as_array().unwrap();
    let is_there: Vec<bool> = nodes.iter().map(|node| !node.is_null()).collect();
    assert_eq!(is_there, [false, false, false, true]);
    let errors = answer["errors"].as_array().unwrap();
    assert!(errors.len() == 3 && errors.iter().all(|error| error["type"] == "NOT_FOUND"));
    let message = errors[0]["message"].as_str().unwrap();
    assert_eq!(message, format!("Could not resolve to a node with the global id of '{}'.", ids[0].as_str().unwrap()));
}

#[tokio::test]
async fn a_transferred_issue_keeps_its_events_under_a_new_id_and_tells_where_it_came_from() {
    let sim = serve(plain(1)).await;
    let from = sim.world().repository("a/b").unwrap().id();
    {
        let mut world = sim.world_mut();
        world.add_repository("a/other").unwrap();
        world.label_issue("a/b", 1, "bug").unwrap();
        world.close_issue("a/b", 1).unwrap();
        world.transfer_issue("a/b", 1, "a/other").unwrap();
    }
    let issue = get(&sim, "repos/a/other/issues/1").await.json();
    let answer = data(&sim, TIMELINES, json!({"ids": [issue["node_id"]], "first": 10})).await;
    let items = answer["nodes"][0]["timelineItems"]["nodes"].as_array().unwrap();
    let kinds: Vec<&Value> = items.iter().map(|item| &item["__typename"]).collect();
    assert_eq!(kinds, ["LabeledEvent", "ClosedEvent", "TransferredEvent"]);
    assert_eq!(items[2]["fromRepository"], json!({"databaseId": from, "nameWithOwner": "a/b"}));
    let rest = get(&sim, "repos/a/other/issues/1/events").await.json();
    let rest: Vec<&Value> = rest.as_array().unwrap().iter().map(|event| &event["event"]).collect();
    assert_eq!(rest, ["labeled", "closed", "transferred"]);
}

#[tokio::test]
async fn a_deleted_repository_and_a_recreated_one_share_no_ids() {
    let sim = serve(plain(1)).await;
    let old = get(&sim, "repos/a/b").await.json()["node_id"].clone();
    sim.world_mut().recreate_repository("a/b").unwrap();
    let text = "query($id: ID!) { node(id: $id) { id } repository(owner: \"a\", name: \"b\") { id } }";
    let answer = query(&sim, text, json!({"id": old})).await.json();
    assert!(answer["data"]["node"].is_null());
    assert_ne!(answer["data"]["repository"]["id"], old);
}
