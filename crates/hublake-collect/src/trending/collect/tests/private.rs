//! Private repositories, which a token may see: nothing of them is kept.

use serde_json::{Value, json};

use super::render::{answer, found_by, hit, node, of_nodes, render_only, rest};
use super::server::{Asked, Server, rate};
use super::*;

#[tokio::test]
async fn what_a_hit_says_is_private_is_neither_kept_nor_asked_about() {
    for api in [Api::Graphql, Api::Rest] {
        let hits = vec![hit(1, false), hit(2, true)];
        let server = Server::start(move |asked| match asked.path.as_str() {
            "/repositories/1" => (200, rest(1, false)),
            _ => answer(asked, &hits, || of_nodes(&[node(1, false)], &[])),
        })
        .await;
        let ran = run(&server, &Options { api, ..render_only() }, HashMap::new()).await;
        assert_eq!((found_by(&ran, "code").await, found_by(&ran, "node").await), (vec!["1".into()], vec!["1".into()]));
        let is_of_two = |asked: &Asked| asked.path.contains("/2") || asked.body.to_string().contains("R_2");
        assert!(!server.asked().iter().any(is_of_two), "{api:?}");
    }
}

#[tokio::test]
async fn what_is_private_once_it_is_completed_is_not_taken_and_not_asked_further() {
    for api in [Api::Graphql, Api::Rest] {
        let hits = vec![hit(1, false), hit(2, false)];
        let server = Server::start(move |asked| match asked.path.as_str() {
            "/repositories/1" => (200, rest(1, false)),
            "/repositories/2" => (200, rest(2, true)),
            _ => answer(asked, &hits, || of_nodes(&[node(1, false), node(2, true)], &[])),
        })
        .await;
        let ran = run(&server, &Options { api, ..render_only() }, HashMap::new()).await;
        assert_eq!(found_by(&ran, "node").await, ["1"], "{api:?}");
        assert_eq!(ran.collection.branches[0].found, 1, "{api:?}");
        assert_eq!(server.count("/repositories/2/stargazers/history"), 0, "{api:?}");
    }
}

#[tokio::test]
async fn every_search_for_repositories_asks_for_public_ones() {
    let server = Server::start(|asked| answer(asked, &[], || of_nodes(&[], &[]))).await;
    run(&server, &options(), HashMap::new()).await;
    let asked = server.asked();
    let searches: Vec<&str> =
        asked.iter().filter(|one| one.path == "/search/repositories").map(|one| one.parameter("q")).collect();
    assert_eq!(searches.len(), 5);
    assert!(searches.iter().all(|words| words.split(' ').any(|word| word == "is:public")), "{searches:?}");
}

/// Repositories 1 and 2 are found by a search; 2 was public then if `was_public`, and is private now.
fn of_language(asked: &Asked, was_public: bool) -> (u16, Value) {
    let page = json!({"hasNextPage": false, "endCursor": null});
    match asked.path.as_str() {
        "/search/repositories" => {
            let items = [rest(1, false), rest(2, !was_public)];
            (200, json!({"total_count": 2, "incomplete_results": false, "items": items}))
        }
        "/graphql" => {
            let mut data = serde_json::Map::from_iter([("rateLimit".to_owned(), rate())]);
            for (alias, full_name) in asked.aliases() {
                let id: i64 = full_name.rsplit('t').next().unwrap().parse().unwrap();
                let value = match alias.chars().next().unwrap() {
                    'r' => node(id, id == 2),
                    't' => json!({"databaseId": id, "object": {"entries": [
                        {"name": "README.md", "type": "blob", "oid": format!("readme{id}"), "object": {"byteSize": 4}},
                    ]}}),
                    'i' => json!({"databaseId": id, "isPrivate": id == 2, "issues": {"pageInfo": page, "nodes": []}}),
                    _ => json!({"databaseId": id, "object": {
                        "oid": format!("readme{id}"), "byteSize": 4, "isBinary": false, "isTruncated": false,
                        "text": "text",
                    }}),
                };
                data.insert(alias, value);
            }
            (200, json!({"data": data}))
        }
        "/repositories/1" => (200, rest(1, false)),
        "/repositories/2" => (200, rest(2, true)),
        path if path.ends_with("/contents") || path.ends_with("/issues") => (200, json!([])),
        _ => (404, json!({"message": "Not Found"})),
    }
}

fn one_list(api: Api) -> Options {
    let language = Language { name: "Go".to_owned(), query: "language:Go".to_owned(), limit: 5, needs_next: false };
    Options { languages: vec![language], render: None, api, ..options() }
}

#[tokio::test]
async fn what_a_search_says_is_private_is_neither_kept_nor_asked_about() {
    for api in [Api::Graphql, Api::Rest] {
        let server = Server::start(|asked| of_language(asked, false)).await;
        let ran = run(&server, &one_list(api), HashMap::new()).await;
        assert_eq!(found_by(&ran, "search").await, ["1"], "{api:?}");
        assert_eq!(ran.collection.branches[0].found, 1, "{api:?}");
        let is_of_two = |asked: &Asked| asked.path.contains("/2") || asked.body.to_string().contains("t2");
        assert!(!server.asked().iter().any(is_of_two), "{api:?}");
    }
}

#[tokio::test]
async fn of_what_went_private_before_its_details_nothing_is_kept_but_that() {
    for (api, expected) in [(Api::Graphql, r#"{"isPrivate":true}"#), (Api::Rest, r#"{"private":true}"#)] {
        let server = Server::start(|asked| of_language(asked, true)).await;
        let ran = run(&server, &one_list(api), HashMap::new()).await;
        let details = ran.rows("raw_github_repos", "found_by, repo_id, payload").await;
        let of_two: Vec<&String> = details.iter().filter(|row| row.starts_with("detail 2")).collect();
        assert_eq!(of_two, [&format!("detail 2 {expected}")]);
        assert_eq!(ran.rows("raw_repo_listings", "repo_id").await, ["1"], "{api:?}");
        assert_eq!(ran.rows("raw_repo_metrics", "DISTINCT repo_id").await, ["1"], "{api:?}");
        if api == Api::Graphql {
            // By REST the folder of the first is empty.
            assert_eq!(ran.rows("raw_github_files", "repo_id").await, ["1"]);
        }
        let asked = server.asked();
        assert!(!asked.iter().any(|one| one.path.starts_with("/repositories/2/contents")), "{api:?}");
        let problems = ran.collection.problems();
        assert!(problems.iter().any(|problem| problem.contains("went private")), "{problems:?}");
        assert!(!problems.iter().any(|problem| problem.contains("acme/t2")), "no name is told: {problems:?}");
    }
}
