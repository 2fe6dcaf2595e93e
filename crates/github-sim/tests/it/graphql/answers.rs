use github_sim::{EventKind, IssueState, SimOptions, Token};
use serde_json::{Value, json};

use super::{FACTS, PULL_REQUESTS};
use crate::client::{ISSUES, REPOSITORY, all_pages, data, generated, get, plain, query, send_body, serve};

#[tokio::test]
async fn a_repository_tells_the_same_as_rest() {
    let sim = serve(generated(500)).await;
    let truth = sim.world().issues(REPOSITORY);
    let answer = data(&sim, FACTS, json!({"owner": "sim-org-00", "name": "repo-0000"})).await;
    let (graphql, rest) = (&answer["repository"], get(&sim, "repos/sim-org-00/repo-0000").await.json());
    for (field, key) in [
        ("id", "node_id"),
        ("databaseId", "id"),
        ("nameWithOwner", "full_name"),
        ("name", "name"),
        ("isPrivate", "private"),
        ("isArchived", "archived"),
        ("createdAt", "created_at"),
        ("hasIssuesEnabled", "has_issues"),
        ("stargazerCount", "stargazers_count"),
        ("diskUsage", "size"),
    ] {
        assert_eq!(graphql[field], rest[key], "{field}");
    }
    assert_eq!(graphql["owner"], json!({"__typename": "Organization", "login": "sim-org-00"}));
    assert_eq!(answer["viewer"]["login"], get(&sim, "user").await.json()["login"]);
    let count = |is_wanted: &dyn Fn(&github_sim::IssueTruth) -> bool| {
        json!(truth.iter().filter(|issue| is_wanted(issue)).count())
    };
    let is_merged = |issue: &github_sim::IssueTruth| issue.events.iter().any(|event| event.kind == EventKind::Merged);
    for (alias, expected) in [
        ("issues", count(&|issue| !issue.is_pull_request)),
        ("open", count(&|issue| !issue.is_pull_request && issue.state == IssueState::Open)),
        ("closed", count(&|issue| !issue.is_pull_request && issue.state == IssueState::Closed)),
        ("pullRequests", count(&|issue| issue.is_pull_request)),
        ("merged", count(&is_merged)),
    ] {
        assert_eq!(graphql[alias]["totalCount"], expected, "{alias}");
    }
}

#[tokio::test]
async fn pull_requests_tell_the_same_as_rest() {
    let sim = serve(generated(300)).await;
    let pages = all_pages(&sim, &format!("{ISSUES}?state=all&sort=updated&direction=desc&per_page=100")).await;
    let rest: Vec<Value> = pages.iter().flat_map(|page| page.json().as_array().unwrap().clone()).collect();
    let rest: Vec<&Value> = rest.iter().filter(|issue| issue.get("pull_request").is_some()).collect();
    let variables = json!({"owner": "sim-org-00", "name": "repo-0000", "first": 100});
    let page = data(&sim, PULL_REQUESTS, variables).await["repository"]["pullRequests"].take();
    assert_eq!(page["totalCount"], rest.len());
    for (graphql, rest) in page["nodes"].as_array().unwrap().iter().zip(rest) {
        for (field, key) in [
            ("id", "node_id"),
            ("number", "number"),
            ("title", "title"),
            ("updatedAt", "updated_at"),
            ("closedAt", "closed_at"),
        ] {
            assert_eq!(graphql[field], rest[key], "{field}");
        }
        let merged_at = &rest["pull_request"]["merged_at"];
        assert_eq!((&graphql["mergedAt"], &graphql["merged"]), (merged_at, &json!(!merged_at.is_null())));
        let state = match (rest["state"].as_str().unwrap(), merged_at.is_null()) {
            ("open", _) => "OPEN",
            (_, true) => "CLOSED",
            (_, false) => "MERGED",
        };
        assert_eq!(graphql["state"], state);
        assert_eq!(graphql["author"].get("login"), rest["user"].get("login"));
    }
}

#[tokio::test]
async fn fragments_aliases_and_directives_shape_the_answer() {
    let sim = serve(plain(2)).await;
    let text = r#"
        query Shapes($no: Boolean!, $yes: Boolean = true) {
          one: repository(owner: "a", name: "b") { ...Names, issue(number: 1) { number @skip(if: $yes) title } }
          two: repository(owner: "a", name: "b") {
            ... @include(if: $no) { isPrivate }
            ... on Repository @include(if: $yes) { issue(number: 2) { title } issue(number: 2) { number } }
            issueOrPullRequest(number: 1) { __typename ... on PullRequest { merged } ... on Issue { number } }
          }
        }
        fragment Names on Repository { name owner { login } }"#;
    let answer = data(&sim, text, json!({"no": false})).await;
    let expected = json!({
        "one": {"name": "b", "owner": {"login": "a"}, "issue": {"title": "issue 1"}},
        "two": {"issue": {"title": "issue 2", "number": 2}, "issueOrPullRequest": {"__typename": "Issue", "number": 1}},
    });
    assert_eq!(answer, expected);
}

#[tokio::test]
async fn the_operation_is_chosen_by_its_name_and_noted() {
    let sim = serve(plain(1)).await;
    let text = "query One { viewer { login } } query Two { rateLimit { limit } }";
    let body = json!({"query": text, "operationName": "Two"}).to_string();
    let reply = send_body(&sim, reqwest::Method::POST, "api/graphql", &[], body).await.unwrap();
    assert_eq!(reply.json()["data"], json!({"rateLimit": {"limit": 5_000}}));
    assert_eq!(reply.header("x-github-media-type"), "github.v4; format=json");
    let record = sim.requests().pop().unwrap();
    assert_eq!((record.operation.as_deref(), record.charged), (Some("Two"), 1));
    let unnamed = query(&sim, text, json!({})).await.json();
    assert!(unnamed.get("data").is_none() && unnamed["errors"][0]["message"].is_string());
}

#[tokio::test]
async fn a_renamed_repository_answers_to_its_old_name_and_keeps_its_ids() {
    let sim = serve(plain(1)).await;
    let text = "query($follow: Boolean) { repository(owner: \"a\", name: \"b\", followRenames: $follow) \
                { id nameWithOwner issue(number: 1) { id url } } }";
    let before = data(&sim, text, json!({})).await;
    sim.world_mut().rename_repository("a/b", "c/d").unwrap();
    let after = data(&sim, text, json!({})).await;
    assert_eq!(after["repository"]["nameWithOwner"], "c/d");
    assert_eq!(after["repository"]["id"], before["repository"]["id"]);
    assert_eq!(after["repository"]["issue"]["id"], before["repository"]["issue"]["id"]);
    assert_eq!(after["repository"]["issue"]["url"], "https://github.com/c/d/issues/1");
    let strict = query(&sim, text, json!({"follow": false})).await.json();
    assert_eq!(strict["errors"][0]["type"], "NOT_FOUND");
}

#[tokio::test]
async fn disabled_issues_are_empty_and_pull_requests_stay() {
    let sim = serve(generated(50)).await;
    sim.world_mut().disable_issues(REPOSITORY).unwrap();
    let variables = json!({"owner": "sim-org-00", "name": "repo-0000"});
    let repository = data(&sim, FACTS, variables).await["repository"].take();
    assert_eq!((&repository["hasIssuesEnabled"], &repository["issues"]["totalCount"]), (&json!(false), &json!(0)));
    assert!(repository["pullRequests"]["totalCount"].as_u64().unwrap() > 5);
}

#[tokio::test]
async fn private_repositories_are_not_found_by_who_may_not_see_them() {
    let options = SimOptions { tokens: vec![Token::new("ghp_all")], ..SimOptions::default() };
    let sim = github_sim::Sim::start(plain(1), options).await.unwrap();
    let id = get(&sim, "repos/a/b/issues/1").await.json()["node_id"].clone();
    sim.world_mut().set_private("a/b", true).unwrap();
    let text = "query($id: ID!) { node(id: $id) { id } repository(owner: \"a\", name: \"b\") { isPrivate } }";
    let body = json!({"query": text, "variables": {"id": id}}).to_string();
    let ask = async |token: &str| {
        let header = [("authorization", token)];
        send_body(&sim, reqwest::Method::POST, "graphql", &header, body.clone()).await.unwrap().json()
    };
    let seen = ask("Bearer ghp_all").await;
    assert_eq!(seen["data"], json!({"node": {"id": id}, "repository": {"isPrivate": true}}));
    let hidden = ask("Bearer ghp_0123456789").await;
    assert_eq!(hidden["data"], json!({"node": null, "repository": null}));
    assert_eq!(hidden["errors"].as_array().unwrap().len(), 2);
}
