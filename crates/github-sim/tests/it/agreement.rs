//! REST and GraphQL tell the same of every repository of a world.

mod git;
mod issues;

use std::collections::BTreeMap;

use chrono::TimeDelta;
use github_sim::{Access, NewCommit, Repository, Sim, SimOptions, Token, TrendingOptions, World};
use serde_json::{Map, Value, json};

use crate::client::{Reply, TOKEN, all_pages, data, get, time};

const NOW: &str = "2026-08-01T12:00:00Z";

const REPOSITORY: &str = "query($id: ID!) { node(id: $id) { ... on Repository {
    id databaseId name nameWithOwner url description isPrivate isFork isArchived isEmpty hasIssuesEnabled
    stargazerCount forkCount diskUsage createdAt updatedAt pushedAt
    primaryLanguage { name } owner { ...owner }
    repositoryTopics(first: 20) { nodes { topic { name } } } watchers { totalCount }
    openIssues: issues(states: OPEN) { totalCount } openPulls: pullRequests(states: OPEN) { totalCount }
    closedIssues: issues(states: CLOSED) { totalCount }
    defaultBranchRef { name } } } }
    fragment owner on RepositoryOwner {
        __typename id login url ... on User { databaseId } ... on Organization { databaseId } }";

/// Generated repositories, and some that nothing generates.
fn world() -> World {
    let mut world = World::new(time(NOW));
    let options = TrendingOptions { per_language: 20, render: 20, seed: 11, ..TrendingOptions::default() };
    world.generate_trending(&options);
    for (id, name) in [(1, "Acme-Labs/first"), (2, "acme-labs/second"), (3, "RENDER-EXAMPLES/third"), (4, "a/fourth")] {
        world.add_repository_with_id(name, id).unwrap();
        for (number, state) in [(1, "open"), (2, "closed"), (3, "open"), (4, "closed"), (5, "closed")] {
            let mut issue = json!({
                "number": number, "title": format!("\u{1f680} \"{number}\""), "state": state,
                "created_at": "2026-07-01T00:00:00Z", "updated_at": "2026-07-02T00:00:00Z",
                "user": {"login": "ann", "id": 7, "node_id": "U_7", "type": "User",
                    "html_url": "https://github.com/ann"},
            });
            if state == "closed" {
                issue["closed_at"] = json!("2026-07-02T00:00:00Z");
            }
            if number > 2 {
                issue["pull_request"] = json!({"merged_at": (number == 5).then_some("2026-07-02T00:00:00Z")});
            }
            world.upsert_issue(id, issue).unwrap();
            world.label_issue(id, number, "good first issue").unwrap();
        }
    }
    world.rename_repository("a/fourth", "ACME-LABS/fourth").unwrap();
    world.disable_issues(1u64).unwrap();
    for hour in 0..150 {
        let at = time(NOW) - TimeDelta::hours(hour);
        world.add_commit(4u64, &NewCommit::by("ann", at)).unwrap();
    }
    world.set_archived(2u64, true).unwrap();
    world.set_fork(2u64, true).unwrap();
    world.set_private(3u64, true).unwrap();
    world.set_subscribers(3u64, 12).unwrap();
    world.set_language(3u64, None).unwrap();
    world.set_description(3u64, None).unwrap();
    world.set_topics(3u64, &["b", "a"]).unwrap();
    world.set_file(3u64, "a folder/\u{e4}.bin", [0xff, 0, 1]).unwrap();
    world.add_commit(3u64, &NewCommit::by_bot("dependabot", 49_699_333, time("2026-07-30T00:00:00Z"))).unwrap();
    world.add_commit(3u64, &NewCommit::by_email("Cara", "Cara@Example.org", time("2026-07-31T00:00:00Z"))).unwrap();
    world
}

/// The world for who sees all of it.
async fn sim() -> Sim {
    let options = SimOptions { tokens: vec![Token::new(TOKEN)], ..SimOptions::default() };
    Sim::start(world(), options).await.unwrap()
}

/// Full names and ids.
fn repositories(sim: &Sim) -> Vec<(String, u64)> {
    sim.world().repositories().map(|one| (one.full_name(), one.id())).collect()
}

async fn node(sim: &Sim, query: &str, id: u64, more: Value) -> Value {
    let mut variables = more;
    variables["id"] = json!(format!("R_kgDO{id}"));
    data(sim, query, variables).await["node"].take()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The items of all pages of a list.
fn items(pages: &[Reply]) -> Vec<Value> {
    pages.iter().flat_map(|page| list(&page.json()).to_vec()).collect()
}

/// The items of all pages of a search.
fn items_of(pages: &[Reply]) -> Vec<Value> {
    pages.iter().flat_map(|page| list(&page.json()["items"]).to_vec()).collect()
}

/// These keys under other names.
fn picked(from: &Value, keys: &[(&str, &str)]) -> Map<String, Value> {
    keys.iter().map(|(key, name)| ((*name).to_owned(), from[*key].clone())).collect()
}

/// A repository by REST, in words of neither.
fn by_rest(told: &Value) -> Value {
    let mut facts = picked(
        told,
        &[
            ("id", "id"),
            ("node_id", "node"),
            ("name", "name"),
            ("full_name", "full name"),
            ("html_url", "page"),
            ("description", "description"),
            ("private", "private"),
            ("fork", "fork"),
            ("archived", "archived"),
            ("has_issues", "with issues"),
            ("stargazers_count", "stars"),
            ("forks_count", "forks"),
            ("size", "size"),
            ("created_at", "created"),
            ("updated_at", "updated"),
            ("pushed_at", "pushed"),
            ("language", "language"),
            ("topics", "topics"),
            ("subscribers_count", "watchers"),
            ("open_issues_count", "open"),
        ],
    );
    let owner = &told["owner"];
    let keys = [("login", "login"), ("id", "id"), ("node_id", "node"), ("html_url", "page"), ("type", "type")];
    facts.insert("owner".to_owned(), picked(owner, &keys).into());
    facts.into()
}

/// A repository by GraphQL, in words of neither.
fn by_graphql(told: &Value) -> Value {
    let mut facts = picked(
        told,
        &[
            ("databaseId", "id"),
            ("id", "node"),
            ("name", "name"),
            ("nameWithOwner", "full name"),
            ("url", "page"),
            ("description", "description"),
            ("isPrivate", "private"),
            ("isFork", "fork"),
            ("isArchived", "archived"),
            ("hasIssuesEnabled", "with issues"),
            ("stargazerCount", "stars"),
            ("forkCount", "forks"),
            ("diskUsage", "size"),
            ("createdAt", "created"),
            ("updatedAt", "updated"),
            ("pushedAt", "pushed"),
        ],
    );
    let topics = list(&told["repositoryTopics"]["nodes"]).iter().map(|node| node["topic"]["name"].clone()).collect();
    let open = ["openIssues", "openPulls"].map(|key| told[key]["totalCount"].as_u64().unwrap());
    let keys = [("login", "login"), ("databaseId", "id"), ("id", "node"), ("url", "page"), ("__typename", "type")];
    facts.insert("language".to_owned(), told["primaryLanguage"]["name"].clone());
    facts.insert("topics".to_owned(), topics);
    facts.insert("watchers".to_owned(), told["watchers"]["totalCount"].clone());
    facts.insert("open".to_owned(), json!(open[0] + open[1]));
    facts.insert("owner".to_owned(), picked(&told["owner"], &keys).into());
    facts.into()
}

/// Every key of `part` is in `whole` with the same value.
fn assert_within(part: &Value, whole: &Value, name: &str) {
    for (key, value) in part.as_object().unwrap().iter().filter(|(key, _)| *key != "score") {
        assert_eq!(*value, whole[key], "{key} of {name}");
    }
}

/// Holds every repository as its own address tells it against GraphQL, both searches and the truth.
async fn assert_same(sim: &Sim) {
    let found = items_of(&all_pages(sim, "search/repositories?q=fork:true&per_page=100").await);
    let mut found: BTreeMap<u64, Value> = found.into_iter().map(|item| (item["id"].as_u64().unwrap(), item)).collect();
    let hits = items_of(&all_pages(sim, "search/code?q=filename:render.yaml&per_page=100").await);
    assert!(hits.len() > 10);
    for (name, id) in repositories(sim) {
        let own = get(sim, &format!("repos/{name}")).await.json();
        let told = node(sim, REPOSITORY, id, json!({})).await;
        assert_eq!(by_rest(&own), by_graphql(&told), "{name}");
        assert_within(&found.remove(&id).unwrap(), &own, &name);
        for hit in hits.iter().filter(|hit| hit["repository"]["id"] == id) {
            assert_within(&hit["repository"], &own, &name);
        }
        assert_names_and_counts_agree(&own, &name);
        let branch = &told["defaultBranchRef"]["name"];
        assert!(*branch == own["default_branch"] || (branch.is_null() && told["isEmpty"] == true), "{name}");
        let states = ["openIssues", "closedIssues"].map(|key| told[key]["totalCount"].as_u64().unwrap());
        assert!(own["has_issues"] == true || states == [0, 0], "{name}");
        let truth = sim.world().trending_truth(id).unwrap();
        let has = ["full_name", "open_issues_count", "stargazers_count", "forks_count"].map(|key| own[key].clone());
        let wanted = [json!(truth.full_name), json!(truth.open_issues), json!(truth.stars), json!(truth.forks)];
        assert_eq!(has, wanted, "{name}");
    }
    assert!(found.is_empty(), "{found:?}");
}

fn assert_names_and_counts_agree(own: &Value, name: &str) {
    let parts = ["login", "name"].map(|key| own["owner"].get(key).unwrap_or(&own[key]).as_str().unwrap());
    assert_eq!((&own["full_name"], name), (&json!(parts.join("/")), &*parts.join("/")));
    assert!(!own["organization"].is_object() || own["organization"] == own["owner"], "{name}");
    for (key, same) in [
        ("watchers_count", "stargazers_count"),
        ("watchers", "stargazers_count"),
        ("forks", "forks_count"),
        ("open_issues", "open_issues_count"),
        ("network_count", "forks_count"),
    ] {
        assert_eq!(own[key], own[same], "{key} of {name}");
    }
}

#[tokio::test]
async fn repositories_are_the_same_by_rest_by_search_and_by_graphql() {
    let sim = sim().await;
    assert_same(&sim).await;
    let is_off = |one: &&Repository| one.access() == Access::IssuesDisabled;
    assert!(sim.world().repositories().filter(is_off).count() > 2);
}

#[tokio::test]
async fn changed_repositories_are_the_same_too() {
    let sim = sim().await;
    let ids: Vec<u64> = repositories(&sim).into_iter().map(|(_, id)| id).collect();
    {
        let mut world = sim.world_mut();
        world.advance(TimeDelta::hours(30));
        let today = world.now().date_naive();
        for (place, id) in (0_u32..).zip(ids) {
            let name = world.repository(id).unwrap().full_name();
            let number = world.repository(id).unwrap().numbers().next();
            match (place % 12, number) {
                (0, _) => world.star(id, place + 1).unwrap(),
                (1, _) => world.set_forks(id, &[(today, u64::from(place))]).unwrap(),
                (2, _) => world.set_description(id, None).unwrap(),
                (3, _) => world.set_topics(id, &["z", "a"]).unwrap(),
                (4, _) => world.rename_repository(&name, &format!("STUDIO-001/other-{id}")).unwrap(),
                (5, _) => world.disable_issues(id).unwrap(),
                (6, _) => world.open_repository(id).unwrap(),
                (7, Some(number)) => world.delete_issue(id, number).unwrap(),
                (8, Some(number)) => world.close_issue(id, number).unwrap(),
                (9, Some(number)) => world.reopen_issue(id, number).unwrap(),
                (10, _) => world.set_archived(id, true).unwrap(),
                _ => world.set_file(id, "render.yaml", "services: []\n").unwrap(),
            }
        }
    }
    assert_same(&sim).await;
    assert!(sim.world().repositories().any(|one| one.full_name().starts_with("studio-001/other-")));
}

#[tokio::test]
async fn an_owner_has_one_way_of_writing_and_some_are_not_in_lower_case() {
    let sim = sim().await;
    let mut owners: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for repository in sim.world().repositories() {
        let login = repository.owner().to_owned();
        owners.entry(login.to_lowercase()).or_default().push(login);
    }
    assert_eq!(owners["acme-labs"], ["Acme-Labs"; 3]);
    assert_eq!(owners["render-examples"], ["render-examples"; 4]);
    assert_eq!(
        (&*owners["render"], &*owners["renderinc"]),
        (&["Render".to_owned()][..], &["RenderInc".to_owned()][..])
    );
    // Whoever is recorded later writes as the names of the repositories do.
    let issue = json!({"number": 9, "user": {"login": "acme-LABS", "id": 9, "node_id": "O_9", "type": "Organization"}});
    sim.world_mut().upsert_issue(1u64, issue).unwrap();
    let own = get(&sim, "repos/acme-labs/FIRST").await.json();
    assert_eq!((&own["owner"]["login"], &own["owner"]["id"]), (&json!("Acme-Labs"), &json!(9)));
    assert_names_and_counts_agree(&own, "Acme-Labs/first");
}
