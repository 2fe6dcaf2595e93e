//! Render repositories: hits of code search, and what completes them.

use serde_json::{Value, json};

use super::server::{Asked, Server, rate};
use super::*;

/// Hits are in the repositories 1 to 4, which have as many stars; `private` is what each says of itself.
pub(super) fn hit(id: i64, private: bool) -> Value {
    json!({
        "name": "render.yaml", "path": "render.yaml",
        "repository": {
            "id": id, "node_id": format!("R_{id}"), "full_name": format!("acme/t{id}"), "name": format!("t{id}"),
            "private": private,
        },
    })
}

pub(super) fn node(id: i64, is_private: bool) -> Value {
    json!({
        "id": format!("R_{id}"), "databaseId": id, "nameWithOwner": format!("acme/t{id}"),
        "url": format!("https://github.com/acme/t{id}"), "description": null, "stargazerCount": id,
        "forkCount": 0, "createdAt": "2026-10-01T00:00:00Z", "updatedAt": "2026-10-01T00:00:00Z",
        "pushedAt": "2026-10-02T00:00:00Z", "isArchived": false, "isPrivate": is_private,
        "primaryLanguage": {"name": "Go"}, "owner": {"login": "acme"}, "repositoryTopics": {"nodes": []},
        "issues": {"totalCount": 0}, "pullRequests": {"totalCount": 0},
    })
}

pub(super) fn rest(id: i64, private: bool) -> Value {
    json!({
        "id": id, "node_id": format!("R_{id}"), "name": format!("t{id}"), "full_name": format!("acme/t{id}"),
        "private": private, "owner": {"login": "acme"}, "html_url": format!("https://github.com/acme/t{id}"),
        "language": "Go", "description": null, "stargazers_count": id, "forks_count": 0, "open_issues_count": 0,
        "created_at": "2026-10-01T00:00:00Z", "updated_at": "2026-10-01T00:00:00Z",
        "pushed_at": "2026-10-02T00:00:00Z", "topics": [], "archived": false,
    })
}

pub(super) fn of_nodes(nodes: &[Value], errors: &[Value]) -> (u16, Value) {
    let data = json!({"rateLimit": rate(), "nodes": nodes});
    (200, if errors.is_empty() { json!({"data": data}) } else { json!({"data": data, "errors": errors}) })
}

fn error(place: usize, kind: &str, message: &str) -> Value {
    json!({"type": kind, "path": ["nodes", place], "message": message})
}

const SSO: &str = "Resource protected by organization SAML enforcement. You must grant your token access.";

/// What an answer about hits is, whatever else is asked: nothing is known of anything.
pub(super) fn answer(asked: &Asked, hits: &[Value], nodes: impl Fn() -> (u16, Value)) -> (u16, Value) {
    let is_about_nodes = asked.body["query"].as_str().is_some_and(|query| query.contains("nodes(ids:"));
    match asked.path.as_str() {
        "/search/code" => (200, json!({"total_count": hits.len(), "incomplete_results": false, "items": hits})),
        "/search/repositories" => (200, json!({"total_count": 0, "incomplete_results": false, "items": []})),
        "/graphql" if is_about_nodes => nodes(),
        "/graphql" => (200, json!({"data": {"rateLimit": rate()}})),
        _ => (404, json!({"message": "Not Found"})),
    }
}

pub(super) fn render_only() -> Options {
    Options { languages: Vec::new(), ..options() }
}

async fn run_with(nodes: impl Fn() -> (u16, Value) + Send + Sync + 'static) -> Ran {
    let hits: Vec<Value> = (1..=4).map(|id| hit(id, false)).collect();
    let server = Server::start(move |asked| answer(asked, &hits, &nodes)).await;
    run(&server, &render_only(), HashMap::new()).await
}

pub(super) async fn found_by(ran: &Ran, way: &str) -> Vec<String> {
    let rows = ran.rows("raw_github_repos", "found_by, repo_id").await;
    rows.iter().filter_map(|row| row.strip_prefix(way)).map(|id| id.trim().to_owned()).collect()
}

async fn discovery(ran: &Ran) -> String {
    let tasks = ran.rows("raw_run_tasks", "task, status, failed, coalesce(message, 'no message')").await;
    tasks.into_iter().find(|task| task.starts_with("discover")).unwrap()
}

#[tokio::test]
async fn a_hit_whose_node_is_not_found_is_gone_and_nothing_failed() {
    let ran = run_with(|| {
        let nodes = [node(1, false), Value::Null, node(3, false), node(4, false)];
        of_nodes(&nodes, &[error(1, "NOT_FOUND", "Could not resolve to a node")])
    })
    .await;
    assert_eq!(found_by(&ran, "node").await, ["1", "3", "4"]);
    assert_eq!(discovery(&ran).await, "discover success 0 no message");
}

#[tokio::test]
async fn a_hit_whose_node_is_forbidden_is_told_with_how_many_and_the_others_are_taken() {
    let ran = run_with(|| {
        let nodes = [node(1, false), Value::Null, Value::Null, node(4, false)];
        of_nodes(&nodes, &[error(1, "FORBIDDEN", SSO), error(2, "NOT_FOUND", "Could not resolve to a node")])
    })
    .await;
    assert_eq!(found_by(&ran, "node").await, ["1", "4"]);
    let told = "1 of 4 repositories with a render.yaml could not be asked about, such as acme/t2: Resource protected";
    assert!(discovery(&ran).await.starts_with(&format!("discover success 1 {told}")), "{}", discovery(&ran).await);
    assert_eq!(ran.collection.branches[0].failure, None);
    let problems = ran.collection.problems();
    let is_told = |problem: &String| problem.starts_with(told) && problem.contains("\nhint: authorise the token");
    assert!(problems.iter().any(is_told), "{problems:?}");
}

#[tokio::test]
async fn null_nodes_without_a_word_are_not_taken_for_deleted_ones() {
    let ran = run_with(|| of_nodes(&[node(1, false), Value::Null, node(3, false)], &[])).await;
    assert_eq!(found_by(&ran, "node").await, ["1", "3"]);
    let told = "2 of 4 repositories with a render.yaml could not be asked about, such as acme/t2: GitHub left it out";
    assert!(discovery(&ran).await.starts_with(&format!("discover success 2 {told}")), "{}", discovery(&ran).await);
}

#[tokio::test]
async fn an_answer_without_nodes_fails_the_branch_as_nothing_of_its_hits_is_known() {
    for nodes in [Value::Null, json!({"no": "list"})] {
        let data = json!({"data": {"rateLimit": rate(), "nodes": nodes}});
        let ran = run_with(move || (200, data.clone())).await;
        let failure = ran.collection.branches[0].failure.clone().unwrap();
        let told = "none of the 4 repositories with a render.yaml could be asked about";
        assert!(failure.starts_with(told) && failure.contains("\nhint: "), "{failure}");
        assert!(discovery(&ran).await.starts_with("discover failed"), "{}", discovery(&ran).await);
    }
}

#[tokio::test]
async fn by_rest_a_repository_that_is_forbidden_is_told_and_the_others_are_taken() {
    let hits: Vec<Value> = (1..=3).map(|id| hit(id, false)).collect();
    let server = Server::start(move |asked| match asked.path.as_str() {
        "/repositories/1" => (200, rest(1, false)),
        "/repositories/2" => (403, json!({"message": SSO})),
        _ => answer(asked, &hits, || of_nodes(&[], &[])),
    })
    .await;
    let ran = run(&server, &Options { api: Api::Rest, ..render_only() }, HashMap::new()).await;
    assert_eq!(found_by(&ran, "node").await, ["1"]);
    let told = "1 of 3 repositories with a render.yaml could not be asked about, such as acme/t2: forbidden: Resource";
    assert!(discovery(&ran).await.starts_with(&format!("discover success 1 {told}")), "{}", discovery(&ran).await);
}

#[tokio::test]
async fn hits_of_excluded_owners_make_room_for_others_among_topics() {
    let server = Server::start(|asked| {
        // Of ten with the topic, the three with the most stars are of an excluded owner.
        let item = |id: i64| {
            let mut item = rest(id, false);
            if id > 7 {
                item["full_name"] = format!("Vercel/t{id}").into();
                item["owner"]["login"] = "Vercel".into();
            }
            item
        };
        if asked.path != "/search/repositories" {
            return answer(asked, &[], || of_nodes(&[], &[]));
        }
        let most = asked.parameter("q").split("stars:<=").nth(1).map_or(10, |stars| stars.parse().unwrap());
        let (per_page, page) = (asked.number("per_page"), asked.number("page"));
        let items: Vec<Value> = (1..=most).rev().skip((page - 1) * per_page).take(per_page).map(item).collect();
        (200, json!({"total_count": most, "incomplete_results": false, "items": items}))
    })
    .await;
    let render = RenderOptions { limit: 4, code_hits: 0, topics: vec!["render-blueprint".to_owned()] };
    let excluded_owners = vec!["vercel".to_owned()];
    let options = Options { render: Some(render), excluded_owners, ..render_only() };
    let ran = run(&server, &options, HashMap::new()).await;
    let rows = ran.rows("raw_github_repos", "CASE WHEN is_taken = 1 THEN repo_id ELSE 0 END").await;
    let mut taken: Vec<i64> = rows.iter().map(|id| id.parse().unwrap()).filter(|id| *id > 0).collect();
    taken.dedup();
    assert_eq!((taken, ran.collection.branches[0].found), (vec![4, 5, 6, 7], 4));
    assert!(server.count("/search/repositories") <= 3);
}
