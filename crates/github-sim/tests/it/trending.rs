use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use github_sim::{Access, Sim, TrendingOptions, World};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{all_pages, data, get, post, send_body, serve, time};

const NOW: &str = "2026-08-01T12:00:00Z";

fn world(count: u32, seed: u64) -> World {
    let mut world = World::new(time(NOW));
    world.generate_trending(&TrendingOptions {
        per_language: count,
        render: count,
        seed,
        ..TrendingOptions::default()
    });
    world
}

async fn items(sim: &Sim, target: &str) -> Vec<Value> {
    let pages = all_pages(sim, target).await;
    pages.iter().flat_map(|page| page.json()["items"].as_array().unwrap().clone()).collect()
}

fn names(items: &[Value]) -> BTreeSet<String> {
    items.iter().map(|item| item["full_name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_usual_search_finds_as_many_of_a_language_as_were_asked_for() {
    let sim = serve(world(20, 1)).await;
    for language in ["Python", "TypeScript", "Go"] {
        let query = format!("search/repositories?per_page=100&sort=stars&q=language:{language}");
        let all = items(&sim, &query).await;
        let recent = items(&sim, &format!("{query}+pushed:%3E=2026-07-02+created:%3E=2026-02-02")).await;
        let own = |found: &[Value]| {
            let prefix = format!("/{}-", language.to_lowercase());
            names(found).iter().filter(|name| name.contains(&prefix)).count()
        };
        assert_eq!((own(&all), own(&recent)), (24, 20), "{language}");
        let stars: Vec<u64> = recent.iter().map(|item| item["stargazers_count"].as_u64().unwrap()).collect();
        assert!(stars.is_sorted_by(|left, right| left >= right), "{stars:?}");
    }
}

#[tokio::test]
async fn render_repositories_are_found_by_file_or_topic_and_only_some_by_both() {
    let sim = serve(world(40, 2)).await;
    let code = items(&sim, "search/code?q=filename:render.yaml&per_page=100").await;
    let at_root = |item: &&Value| item["path"] == "render.yaml";
    let name = |item: &Value| item["repository"]["full_name"].as_str().unwrap().to_owned();
    let by_file: BTreeSet<String> = code.iter().filter(at_root).map(name).collect();
    let mut by_topic = names(&items(&sim, "search/repositories?q=topic:render-blueprints&per_page=100").await);
    by_topic.extend(names(&items(&sim, "search/repositories?q=topic:render-blueprint&per_page=100").await));
    assert!(code.len() > by_file.len(), "some lie in folders");
    let both = by_file.intersection(&by_topic).count();
    assert!(both > 0 && both < by_file.len() && both < by_topic.len(), "{both}");
    let all: BTreeSet<&String> = by_file.union(&by_topic).collect();
    assert!(all.iter().all(|name| name.contains("/deploy-")), "{all:?}");
    assert_eq!(all.len(), 40);
    let decoys: BTreeSet<String> = code.iter().map(name).filter(|name| !all.contains(name)).collect();
    assert_eq!(decoys.len(), 2, "{decoys:?}");
}

#[tokio::test]
async fn the_truth_is_what_both_apis_tell() {
    let sim = serve(world(24, 3)).await;
    let until: DateTime<Utc> = time(NOW);
    let since = until - TimeDelta::days(7);
    let since_text = "2026-07-25T12:00:00Z";
    let repositories: Vec<(String, Access)> =
        sim.world().repositories().map(|one| (one.full_name(), one.access())).collect();
    let mut seen = BTreeMap::new();
    for (name, access) in repositories {
        let truth = sim.world().trending_truth(&name).unwrap();
        let listed = all_pages(&sim, &format!("repos/{name}/commits?since={since_text}&per_page=100")).await;
        let is_empty = listed[0].status == 409;
        let commits: usize =
            listed.iter().filter(|_| !is_empty).map(|page| page.json().as_array().unwrap().len()).sum();
        assert_eq!(commits, truth.commits_between(since, until), "{name}");
        let query = "query($id: ID!, $since: GitTimestamp) { node(id: $id) { ... on Repository { stargazerCount pushedAt \
                     defaultBranchRef { target { ... on Commit { history(since: $since) { totalCount } } } } \
                     issues(states: CLOSED) { totalCount } object(expression: \"HEAD:README.md\") { oid } } } }";
        let variables = json!({"id": format!("R_kgDO{}", truth.id), "since": since_text});
        let node = data(&sim, query, variables).await["node"].take();
        let history = &node["defaultBranchRef"]["target"]["history"]["totalCount"];
        assert_eq!(*history, if is_empty { Value::Null } else { json!(commits) }, "{name}");
        assert_eq!(
            (node["stargazerCount"].clone(), node["pushedAt"].clone()),
            (json!(truth.stars), text(truth.pushed_at))
        );
        assert_eq!(node["object"]["oid"], json!(truth.files.get("README.md")), "{name}");
        assert_eq!(node["issues"]["totalCount"], truth.closings.len(), "{name}");
        *seen.entry(("disabled issues", access != Access::Open)).or_insert(0) += 1;
        *seen.entry(("empty", is_empty)).or_insert(0) += 1;
        *seen.entry(("more than a page", commits > 100)).or_insert(0) += 1;
        *seen.entry(("bots", truth.authors_between(since, until).1 > 0)).or_insert(0) += 1;
        *seen.entry(("closings", truth.closings_between(since, until) > 0)).or_insert(0) += 1;
    }
    for kind in ["empty", "more than a page", "bots", "closings", "disabled issues"] {
        assert!(seen.contains_key(&(kind, true)) && seen.contains_key(&(kind, false)), "{kind}: {seen:?}");
    }
}

fn text(at: Option<DateTime<Utc>>) -> Value {
    json!(at.map(|at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string()))
}

#[tokio::test]
async fn generated_worlds_hold_every_kind_of_trouble_and_depend_on_their_seed_alone() {
    let truths = |seed| -> Vec<_> {
        let world = world(30, seed);
        let names: Vec<String> = world.repositories().map(|one| one.full_name()).collect();
        names.into_iter().map(|name| world.trending_truth(&name).unwrap()).collect()
    };
    let first = truths(5);
    assert_eq!(first, truths(5));
    assert_ne!(first, truths(6));
    assert!(first.iter().any(|one| one.description.is_none()));
    assert!(first.iter().any(|one| one.language.is_none()));
    assert!(first.iter().any(|one| one.files.contains_key("deploy/render.yaml")));
    let world = world(30, 5);
    let has = |path: &str, wanted: &dyn Fn(&[u8]) -> bool| {
        first.iter().any(|one| world.file(&one.full_name, path).is_some_and(wanted))
    };
    assert!(has("README.md", &|bytes| std::str::from_utf8(bytes).is_err()));
    assert!(has("package.json", &|bytes| serde_json::from_slice::<Value>(bytes).is_err()));
    assert!(has("worker/Dockerfile", &|bytes| String::from_utf8_lossy(bytes).contains("RENDER_")));
    assert!(has("render.yaml", &<[u8]>::is_empty));
    let touched = world.repositories().flat_map(|one| one.issues().collect::<Vec<_>>());
    let is_late = |closed_at: Option<DateTime<Utc>>| closed_at.is_some_and(|at| at < time("2026-07-25T12:00:00Z"));
    let late: Vec<_> =
        touched.filter(|one| is_late(one.closed_at) && one.updated_at > time("2026-07-25T12:00:00Z")).collect();
    assert!(late.iter().any(|one| one.is_pull_request) && late.iter().any(|one| !one.is_pull_request));
}

#[tokio::test]
async fn trending_repositories_are_nobodys_own() {
    let sim = serve(world(3, 1)).await;
    sim.world_mut().add_repository("a/own").unwrap();
    let own = get(&sim, "user/repos").await.json();
    assert_eq!((own.as_array().unwrap().len(), own[0]["full_name"].clone()), (1, json!("a/own")));
    let other = get(&sim, "repos/python-team-000/python-0000").await.json();
    assert_eq!(other["permissions"]["push"], false);
}

async fn change(sim: &Sim, steps: Value) -> (u16, Value) {
    let reply = send_body(sim, Method::POST, "_sim/change", &[], steps.to_string()).await.unwrap();
    (reply.status, reply.json())
}

#[tokio::test]
async fn repositories_are_changed_from_outside() {
    let sim = serve(world(1, 1)).await;
    let name = "python-team-000/python-0000";
    let steps = json!([
        {"change": "description", "repository": name, "text": "New words"},
        {"change": "topics", "repository": name, "names": ["render-blueprints"]},
        {"change": "file", "repository": name, "path": "render.yaml", "text": "services: []\n"},
        {"change": "file", "repository": name, "path": "x/bytes", "base64": "//4="},
        {"change": "remove_file", "repository": name, "path": "LICENSE"},
        {"change": "commit", "repository": name, "login": "sim-dev-0001", "at": "2026-08-01T11:00:00Z"},
        {"change": "stars", "repository": name, "days": {"2026-07-30": 5}},
        {"change": "star", "repository": name, "count": 3},
        {"change": "times", "repository": name, "created_at": "2026-07-01T00:00:00Z"},
        {"change": "rename", "repository": name, "to": "python-team-000/other"},
        {"change": "add", "repository": "new/one"},
    ]);
    assert_eq!(change(&sim, steps).await, (200, json!({"changed": 11})));
    let found = get(&sim, "repos/python-team-000/other").await.json();
    assert_eq!((found["description"].clone(), found["stargazers_count"].clone()), (json!("New words"), json!(8)));
    assert_eq!(
        (found["topics"].clone(), found["created_at"].clone()),
        (json!(["render-blueprints"]), json!("2026-07-01T00:00:00Z"))
    );
    assert_eq!((found["updated_at"].clone(), found["pushed_at"].clone()), (json!(NOW), json!("2026-08-01T11:00:00Z")));
    let truth = get(&sim, "_sim/trending?repository=python-team-000/other&since=2026-08-01T11:00:00Z").await.json();
    assert_eq!(truth["counts"], json!({"commits": 1, "closings": 0, "people": 1, "bots": 0}));
    assert_eq!(
        (truth["files"].get("LICENSE"), truth["files"]["x/bytes"].clone()),
        (None, json!("46b134b197f35e75e0784bedbf94a8dd124693b1"))
    );
    let (status, wrong) = change(&sim, json!([{"change": "melt", "repository": name}])).await;
    assert_eq!(status, 400, "{wrong}");
    let (status, wrong) = change(&sim, json!([{"change": "file", "repository": "new/one", "path": "x"}])).await;
    assert_eq!(status, 400, "{wrong}");
    assert_eq!(change(&sim, json!([{"change": "delete", "repository": "no/such"}])).await.0, 400);
    assert_eq!(post(&sim, "_sim/generate?trending=2&seed=9", &[]).await.status, 200);
    assert!(get(&sim, "repos/python-team-000/python-0001").await.status == 404);
    assert_eq!(get(&sim, "repos/sim-user-python-0001/python-0001").await.status, 200);
}
