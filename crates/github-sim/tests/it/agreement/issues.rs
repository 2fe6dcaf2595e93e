use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{items, list, node, picked, repositories, sim};
use crate::client::all_pages;

const ISSUES: &str = "query($id: ID!, $issues: String, $pulls: String) { node(id: $id) { ... on Repository {
    issues(first: 100, after: $issues) { pageInfo { hasNextPage endCursor } nodes {
        id fullDatabaseId number title url state stateReason(enableDuplicate: true) locked
        createdAt updatedAt closedAt author { ...actor } labels(first: 20) { nodes { id name color } } } }
    pullRequests(first: 100, after: $pulls) { pageInfo { hasNextPage endCursor } nodes {
        id number title url state locked createdAt updatedAt closedAt merged mergedAt
        author { ...actor } labels(first: 20) { nodes { id name color } } } } } } }
    fragment actor on Actor { __typename login url }";

/// An account by REST, as far as the other tells of those that act: its name without the mark of Apps.
fn actor_by_rest(user: &Value) -> Value {
    let login = user["login"].as_str().map(|login| login.strip_suffix("[bot]").unwrap_or(login));
    json!([login, user["type"], user["html_url"]])
}

fn actor_by_graphql(actor: &Value) -> Value {
    json!([actor["login"], actor["__typename"], actor["url"]])
}

fn issue_by_rest(issue: &Value) -> Value {
    let is_pull = issue.get("pull_request").is_some();
    let mut facts = picked(
        issue,
        &[
            ("node_id", "node"),
            ("number", "number"),
            ("title", "title"),
            ("html_url", "page"),
            ("locked", "locked"),
            ("created_at", "created"),
            ("updated_at", "updated"),
            ("closed_at", "closed"),
            ("state", "state"),
        ],
    );
    let labels = list(&issue["labels"]).iter().map(|label| json!([label["node_id"], label["name"], label["color"]]));
    facts.insert("labels".to_owned(), labels.collect());
    facts.insert("author".to_owned(), actor_by_rest(&issue["user"]));
    // The id of a pull request is another one than that of the issue that it is too.
    facts.insert("id".to_owned(), if is_pull { Value::Null } else { json!(issue["id"].to_string()) });
    facts.insert("reason".to_owned(), if is_pull { Value::Null } else { issue["state_reason"].clone() });
    facts.insert("merged".to_owned(), issue["pull_request"]["merged_at"].clone());
    facts.into()
}

fn issue_by_graphql(issue: &Value) -> Value {
    let mut facts = picked(
        issue,
        &[
            ("id", "node"),
            ("number", "number"),
            ("title", "title"),
            ("url", "page"),
            ("locked", "locked"),
            ("createdAt", "created"),
            ("updatedAt", "updated"),
            ("closedAt", "closed"),
            ("fullDatabaseId", "id"),
            ("mergedAt", "merged"),
        ],
    );
    let small = |key: &str| json!(issue[key].as_str().map(str::to_lowercase));
    let labels = list(&issue["labels"]["nodes"]).iter();
    let labels = labels.map(|label| json!([label["id"], label["name"], label["color"]])).collect();
    let state = if issue["state"] == "MERGED" { json!("closed") } else { small("state") };
    assert_eq!(issue["state"] == "MERGED", issue["merged"] == true);
    facts.insert("labels".to_owned(), labels);
    facts.insert("author".to_owned(), actor_by_graphql(&issue["author"]));
    facts.insert("state".to_owned(), state);
    facts.insert("reason".to_owned(), small("stateReason"));
    facts.into()
}

#[tokio::test]
async fn issues_and_pull_requests_are_the_same_by_rest_and_by_graphql() {
    let sim = sim().await;
    let by_number = |issues: Vec<Value>| -> BTreeMap<u64, Value> {
        issues.into_iter().map(|issue| (issue["number"].as_u64().unwrap(), issue)).collect()
    };
    let mut seen = BTreeMap::new();
    for (name, id) in repositories(&sim) {
        let pages = all_pages(&sim, &format!("repos/{name}/issues?state=all&per_page=100")).await;
        let told = node(&sim, ISSUES, id, json!({})).await;
        assert_eq!(told["issues"]["pageInfo"]["hasNextPage"], false, "{name}");
        let issues: Vec<Value> = list(&told["issues"]["nodes"]).iter().map(issue_by_graphql).collect();
        let pulls: Vec<Value> = list(&told["pullRequests"]["nodes"]).iter().map(issue_by_graphql).collect();
        if pages[0].status == 410 {
            assert!(issues.is_empty() && !pulls.is_empty(), "{name}");
            *seen.entry("off").or_insert(0) += 1;
            continue;
        }
        *seen.entry("issues").or_insert(0) += issues.len();
        *seen.entry("pulls").or_insert(0) += pulls.len();
        let listed = by_number(items(&pages).iter().map(issue_by_rest).collect());
        assert_eq!(listed, by_number([issues, pulls].concat()), "{name}");
    }
    assert!(seen["off"] > 2 && seen["issues"] > 500 && seen["pulls"] > 100, "{seen:?}");
}
