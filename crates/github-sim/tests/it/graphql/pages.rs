use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::{Value, json};

use super::{ISSUES, TIMELINES};
use crate::client::{REPOSITORY, all_pages, data, generated, get, plain, query, serve};

fn of(page: &Value, more: Value) -> Value {
    let mut variables = json!({"owner": "sim-org-00", "name": "repo-0000"});
    for part in [page, &more] {
        variables.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
    }
    variables
}

#[rstest]
#[case::created("CREATED_AT", "ASC", "created", "asc")]
#[case::updated("UPDATED_AT", "DESC", "updated", "desc")]
#[case::updated_ascending("UPDATED_AT", "ASC", "updated", "asc")]
#[case::comments("COMMENTS", "DESC", "comments", "desc")]
#[tokio::test]
async fn pages_hold_every_issue_once_in_the_order_of_rest(
    #[case] field: &str,
    #[case] direction: &str,
    #[case] sort: &str,
    #[case] way: &str,
) {
    let sim = serve(generated(257)).await;
    let target = format!("{}?state=all&sort={sort}&direction={way}&per_page=100", crate::client::ISSUES);
    let pages = all_pages(&sim, &target).await;
    let rest: Vec<Value> = pages.iter().flat_map(|page| page.json().as_array().unwrap().clone()).collect();
    let rest: Vec<&Value> = rest.iter().filter(|issue| issue.get("pull_request").is_none()).collect();
    let order = json!({"order": {"field": field, "direction": direction}, "first": 50});
    let mut after = Value::Null;
    let mut served = Vec::new();
    loop {
        let page = data(&sim, ISSUES, of(&order, json!({"after": after}))).await["repository"]["issues"].take();
        assert_eq!(page["totalCount"], rest.len());
        assert_eq!(page["pageInfo"]["hasPreviousPage"], !after.is_null());
        served.extend(page["nodes"].as_array().unwrap().clone());
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(served.len(), rest.len());
    for (graphql, rest) in served.iter().zip(rest) {
        for (field, key) in [
            ("id", "node_id"),
            ("databaseId", "id"),
            ("number", "number"),
            ("title", "title"),
            ("createdAt", "created_at"),
            ("updatedAt", "updated_at"),
            ("closedAt", "closed_at"),
            ("url", "html_url"),
            ("locked", "locked"),
        ] {
            assert_eq!(graphql[field], rest[key], "{field}");
        }
        assert_eq!(graphql["state"], rest["state"].as_str().unwrap().to_uppercase());
        assert_eq!(graphql["stateReason"].as_str(), rest["state_reason"].as_str().map(str::to_uppercase).as_deref());
        assert_eq!(graphql["author"]["login"], rest["user"]["login"]);
        let labels = rest["labels"].as_array().unwrap().iter();
        let labels: Vec<Value> = labels
            .map(|label| json!({"id": label["node_id"], "name": label["name"], "color": label["color"]}))
            .collect();
        assert_eq!(graphql["labels"]["nodes"], json!(labels));
    }
}

#[tokio::test]
async fn the_last_items_come_from_the_end() {
    let sim = serve(plain(5)).await;
    let numbers = |page: &Value| -> Vec<u64> {
        page["nodes"].as_array().unwrap().iter().map(|issue| issue["number"].as_u64().unwrap()).collect()
    };
    let ab = json!({"owner": "a", "name": "b", "last": 2});
    let page = data(&sim, ISSUES, ab.clone()).await["repository"]["issues"].take();
    assert_eq!(numbers(&page), [4, 5]);
    let info = &page["pageInfo"];
    assert_eq!((&info["hasPreviousPage"], &info["hasNextPage"]), (&json!(true), &json!(false)));
    assert_eq!(page["edges"][0]["cursor"], info["startCursor"]);
    let mut before = ab;
    before["before"] = info["startCursor"].clone();
    let page = data(&sim, ISSUES, before).await["repository"]["issues"].take();
    assert_eq!(numbers(&page), [2, 3]);
    assert_eq!(page["pageInfo"]["hasNextPage"], true);
}

#[tokio::test]
async fn since_counts_and_lists_what_was_updated() {
    let sim = serve(generated(400)).await;
    let truth = sim.world().issues(REPOSITORY);
    let mut times: Vec<_> = truth.iter().filter(|issue| !issue.is_pull_request).map(|issue| issue.updated_at).collect();
    times.sort_unstable();
    for since in [times[0], times[100], times[times.len() - 1]] {
        let expected = times.iter().filter(|time| **time >= since).count();
        let variables = of(&json!({"first": 100, "filter": {"since": since.to_rfc3339()}}), json!({}));
        let page = data(&sim, ISSUES, variables).await["repository"]["issues"].take();
        assert_eq!(page["totalCount"], expected, "{since}");
        assert_eq!(page["nodes"].as_array().unwrap().len(), expected.min(100));
    }
    let text = "query($t: DateTime) { repository(owner: \"sim-org-00\", name: \"repo-0000\") { \
                all: issues { totalCount } none: issues(filterBy: {since: \"2030-01-01T00:00:00Z\"}) { totalCount } \
                some: issues(filterBy: {since: $t}) { totalCount } } }";
    let counts = data(&sim, text, json!({"t": times[times.len() - 7].to_rfc3339()})).await["repository"].take();
    assert_eq!((&counts["all"]["totalCount"], &counts["none"]["totalCount"]), (&json!(times.len()), &json!(0)));
    assert_eq!(counts["some"]["totalCount"], 7);
}

#[tokio::test]
async fn long_timelines_are_paged_by_cursors_that_later_events_do_not_move() {
    let sim = serve(plain(1)).await;
    for number in 0..7 {
        sim.world_mut().advance(chrono::TimeDelta::minutes(1));
        sim.world_mut().label_issue("a/b", 1, &format!("label {number}")).unwrap();
    }
    let id = get(&sim, "repos/a/b/issues/1").await.json()["node_id"].clone();
    let text = "query($id: ID!, $after: String) { node(id: $id) { ... on Issue { timelineItems(first: 3, after: $after) \
                { totalCount filteredCount pageCount pageInfo { hasNextPage endCursor } nodes { ... on Node { id } } } } } }";
    let (mut after, mut ids, mut counts) = (Value::Null, Vec::new(), Vec::new());
    loop {
        let items = data(&sim, text, json!({"id": id, "after": after})).await["node"]["timelineItems"].take();
        ids.extend(items["nodes"].as_array().unwrap().iter().map(|event| event["id"].as_str().unwrap().to_owned()));
        counts.push((items["totalCount"].as_u64(), items["filteredCount"].as_u64(), items["pageCount"].as_u64()));
        after = items["pageInfo"]["endCursor"].clone();
        if items["pageInfo"]["hasNextPage"] == false {
            break;
        }
        if counts.len() == 1 {
            sim.world_mut().close_issue("a/b", 1).unwrap();
        }
    }
    let expected = [(Some(7), Some(7), Some(3)), (Some(8), Some(5), Some(3)), (Some(8), Some(2), Some(2))];
    assert_eq!(counts, expected);
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 8);
}

#[tokio::test]
async fn the_hundred_and_first_id_is_refused_and_two_lists_of_a_hundred_are_not() {
    let sim = serve(plain(101)).await;
    let list = get(&sim, "repos/a/b/issues?per_page=100&direction=asc").await.json();
    let mut ids: Vec<Value> = list.as_array().unwrap().iter().map(|issue| issue["node_id"].clone()).collect();
    let text = "query($ids: [ID!]!) { a: nodes(ids: $ids) { id } b: nodes(ids: $ids) { id } }";
    let both = data(&sim, text, json!({"ids": ids})).await;
    assert_eq!((both["a"].as_array().unwrap().len(), &both["a"]), (100, &both["b"]));
    ids.push(ids[0].clone());
    let refused = query(&sim, TIMELINES, json!({"ids": ids, "first": 1})).await.json();
    assert_eq!((&refused["data"], &refused["errors"][0]["type"]), (&Value::Null, &json!("ARGUMENT_LIMIT")));
    assert_eq!(refused["errors"][0]["path"], json!(["nodes"]));
}
