use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{items, list, node, repositories, sim};
use crate::client::{all_pages, get, get_with};

const COMMITS: &str = "query($id: ID!, $after: String) { node(id: $id) { ... on Repository {
    defaultBranchRef { target { ... on Commit { history(first: 100, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } nodes {
            id oid message committedDate authoredDate tree { oid }
            author { ...actor } committer { ...actor } } } } } } } } }
    fragment actor on GitActor { name email date user { databaseId id login url } }";

const FOLDER: &str = "query($id: ID!) { node(id: $id) { ... on Repository {
    object(expression: \"HEAD:\") { ... on Tree { entries { name path type oid size } } } } } }";

const RAW: [(&str, &str); 1] = [("accept", "application/vnd.github.raw+json")];

/// A signature by either; `account` is a person's.
fn signature(signature: &Value, account: &Value, keys: [&str; 4]) -> Value {
    let account: Vec<&Value> = keys.iter().map(|key| &account[*key]).collect();
    json!([signature["name"], signature["email"], signature["date"], account])
}

fn commit_by_rest(commit: &Value) -> Value {
    let of = |role: &str| {
        let account = if commit[role]["type"] == "User" { &commit[role] } else { &Value::Null };
        signature(&commit["commit"][role], account, ["id", "node_id", "login", "html_url"])
    };
    json!([
        commit["sha"],
        commit["node_id"],
        commit["commit"]["message"],
        commit["commit"]["tree"]["sha"],
        of("author"),
        of("committer"),
    ])
}

fn commit_by_graphql(commit: &Value) -> Value {
    let of = |role: &str| signature(&commit[role], &commit[role]["user"], ["databaseId", "id", "login", "url"]);
    assert_eq!(
        (&commit["author"]["date"], &commit["committer"]["date"]),
        (&commit["authoredDate"], &commit["committedDate"])
    );
    json!([commit["oid"], commit["id"], commit["message"], commit["tree"]["oid"], of("author"), of("committer")])
}

#[tokio::test]
async fn commits_are_the_same_by_rest_and_by_graphql() {
    let sim = sim().await;
    let (mut empty, mut long) = (0, 0);
    for (name, id) in repositories(&sim) {
        let pages = all_pages(&sim, &format!("repos/{name}/commits?per_page=100")).await;
        let (mut commits, mut after) = (Vec::new(), Value::Null);
        let branch = loop {
            let branch = node(&sim, COMMITS, id, json!({"after": after})).await["defaultBranchRef"].take();
            let history = &branch["target"]["history"];
            commits.extend(list(&history["nodes"]).iter().map(commit_by_graphql));
            if history["pageInfo"]["hasNextPage"] != true {
                break branch;
            }
            after = history["pageInfo"]["endCursor"].clone();
        };
        if pages[0].status == 409 {
            assert!(branch.is_null(), "{name}");
            empty += 1;
            continue;
        }
        assert_eq!(branch["target"]["history"]["totalCount"], commits.len(), "{name}");
        long += u32::from(commits.len() > 100);
        assert_eq!(items(&pages).iter().map(commit_by_rest).collect::<Vec<_>>(), commits, "{name}");
    }
    assert!(empty > 1 && long > 0, "{empty} {long}");
}

/// What lies in a folder, by name: kind, id and the size of a file.
fn folder(entries: &[Value], id: &str) -> BTreeMap<String, Value> {
    let kind = |entry: &Value| match entry["type"].as_str() {
        Some("dir" | "tree") => "folder",
        _ => "file",
    };
    let facts = |entry: &Value| json!([entry["path"], kind(entry), entry[id], entry["size"]]);
    entries.iter().map(|entry| (entry["name"].as_str().unwrap().to_owned(), facts(entry))).collect()
}

/// The query for files of these paths.
fn of_files(paths: &[String]) -> String {
    let object = |(place, path): (usize, &String)| {
        let expression = json!(format!("HEAD:{path}"));
        format!("f{place}: object(expression: {expression}) {{ oid ... on Blob {{ byteSize isBinary text }} }} ")
    };
    let objects: String = paths.iter().enumerate().map(object).collect();
    format!("query($id: ID!) {{ node(id: $id) {{ ... on Repository {{ id {objects} }} }} }}")
}

#[tokio::test]
async fn folders_and_files_are_the_same_by_rest_and_by_graphql() {
    let sim = sim().await;
    let (mut empty, mut strange) = (0, 0);
    for (name, id) in repositories(&sim) {
        let root = get(&sim, &format!("repos/{name}/contents")).await;
        let told = node(&sim, FOLDER, id, json!({})).await["object"].take();
        if root.status == 404 {
            assert!(told.is_null(), "{name}");
            empty += 1;
            continue;
        }
        let listed = root.json();
        assert_eq!(folder(list(&listed), "sha"), folder(list(&told["entries"]), "oid"), "{name}");
        let paths: Vec<String> = sim.world().trending_truth(id).unwrap().files.into_keys().collect();
        let told = node(&sim, &of_files(&paths), id, json!({})).await;
        for (place, path) in paths.iter().enumerate() {
            let object = &told[format!("f{place}")];
            let file = get(&sim, &format!("repos/{name}/contents/{path}")).await.json();
            assert_eq!((&object["oid"], &object["byteSize"]), (&file["sha"], &file["size"]), "{path} of {name}");
            let raw = get_with(&sim, &format!("repos/{name}/contents/{path}"), &RAW).await.body;
            let is_binary = raw.contains(&0);
            let text = if is_binary { Value::Null } else { json!(String::from_utf8_lossy(&raw)) };
            assert_eq!((&object["isBinary"], &object["text"]), (&json!(is_binary), &text), "{path} of {name}");
            strange += u32::from(std::str::from_utf8(&raw).is_err());
        }
    }
    assert!(empty > 1 && strange > 2, "{empty} {strange}");
}
