use github_sim::{Sim, World};
use rstest::rstest;
use serde_json::{Value, json};

use crate::client::{Reply, get, get_with, serve, time};

/// Five repositories that differ in everything that is searched by.
fn world() -> World {
    let mut world = World::new(time("2026-08-01T00:00:00Z"));
    let rows = [
        ("a/one", Some("Python"), 50, "2026-07-01T10:00:00Z", "2026-07-31T00:00:00Z", vec!["cli", "render-blueprint"]),
        ("a/two", Some("Python"), 10, "2026-07-02T00:00:00Z", "2026-07-30T00:00:00Z", vec!["cli"]),
        ("b/three", Some("TypeScript"), 30, "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z", vec![]),
        ("b/four", None, 5, "2025-01-01T00:00:00Z", "2026-07-29T00:00:00Z", vec!["web"]),
        ("c/five", Some("Jupyter Notebook"), 20, "2026-06-01T00:00:00Z", "2026-07-28T00:00:00Z", vec![]),
    ];
    for (name, language, stars, created_at, pushed_at, topics) in rows {
        world.add_repository(name).unwrap();
        world.set_language(name, language).unwrap();
        world.set_stars(name, &[(time(created_at).date_naive(), stars)]).unwrap();
        world.set_topics(name, &topics).unwrap();
        world.set_created_at(name, time(created_at)).unwrap();
        world.set_pushed_at(name, time(pushed_at)).unwrap();
    }
    world.set_description("a/two", None).unwrap();
    world
}

async fn find(sim: &Sim, query: &str, rest: &str) -> Vec<String> {
    let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
    let reply = get(sim, &format!("search/repositories?q={query}{rest}")).await;
    assert_eq!(reply.status, 200, "{}", reply.json());
    let names = |item: &Value| item["full_name"].as_str().unwrap().to_owned();
    reply.json()["items"].as_array().unwrap().iter().map(names).collect()
}

#[rstest]
#[case("language:python", &["a/one", "a/two"])]
#[case("language:\"Jupyter Notebook\"", &["c/five"])]
#[case("language:Python language:TypeScript", &["a/one", "b/three", "a/two"])]
#[case("language:Python stars:>=11", &["a/one"])]
#[case("stars:10..30", &["b/three", "c/five", "a/two"])]
#[case("stars:*..10", &["a/two", "b/four"])]
#[case("topic:cli", &["a/one", "a/two"])]
#[case("topic:cli -topic:render-blueprint", &["a/two"])]
#[case("created:2026-07-01", &["a/one"])]
#[case("created:>2026-07-01", &["a/two"])]
#[case("created:>=2026-07-01T10:00:01Z", &["a/two"])]
#[case("created:2026-01-01..2026-06-01", &["b/three", "c/five"])]
#[case("language:Python pushed:>=2026-07-31 created:>=2026-02-02", &["a/one"])]
#[case("user:B", &["b/three", "b/four"])]
#[case("org:a user:c", &["a/one", "c/five", "a/two"])]
#[case("three in:name", &["b/three"])]
#[case("two in:description", &[])]
#[tokio::test]
async fn repositories_are_found_by_their_qualifiers(#[case] query: &str, #[case] expected: &[&str]) {
    let sim = serve(world()).await;
    assert_eq!(find(&sim, query, "&sort=stars&order=desc").await, expected);
}

#[tokio::test]
async fn results_are_sorted_and_forks_are_left_out_unless_asked_for() {
    let sim = serve(world()).await;
    sim.world_mut().set_fork("a/one", true).unwrap();
    sim.world_mut().set_private("b/three", true).unwrap();
    assert_eq!(find(&sim, "stars:>0", "&sort=stars&order=asc").await, ["b/four", "a/two", "c/five"]);
    assert_eq!(find(&sim, "stars:>0 fork:only", "").await, ["a/one"]);
    assert_eq!(find(&sim, "stars:>20 fork:true", "").await, ["a/one"]);
}

#[tokio::test]
async fn an_item_is_a_repository_as_lists_hold_it_with_a_score() {
    let sim = serve(world()).await;
    let reply = get(&sim, "search/repositories?q=two+in:name").await;
    assert_eq!((reply.header("x-ratelimit-resource"), reply.header("etag")), ("search", ""));
    let body = reply.json();
    assert_eq!((body["total_count"].clone(), body["incomplete_results"].clone()), (json!(1), json!(false)));
    let mut item = body["items"][0].clone();
    assert_eq!(item.as_object_mut().unwrap().remove("score"), Some(json!(1.0)));
    let mut alone = get(&sim, "repos/a/two").await.json();
    assert_eq!(item["description"], Value::Null);
    assert_eq!(item["topics"], json!(["cli"]));
    assert_eq!((item["language"].clone(), item["pushed_at"].clone()), (json!("Python"), json!("2026-07-30T00:00:00Z")));
    for key in ["temp_clone_token", "network_count", "subscribers_count", "organization"] {
        alone.as_object_mut().unwrap().remove(key);
    }
    assert_eq!(item, alone);
}

#[rstest]
#[case("search/repositories", "missing")]
#[case("search/repositories?q=", "missing")]
#[case("search/repositories?q=stars:many", "invalid")]
#[case("search/repositories?q=pushed:>=soon", "invalid")]
#[case("search/repositories?q=filename:render.yaml", "invalid")]
#[case("search/code?q=language:python", "invalid")]
#[tokio::test]
async fn a_wrong_search_is_refused_and_costs_quota(#[case] target: &str, #[case] code: &str) {
    let sim = serve(world()).await;
    let reply = get(&sim, target).await;
    assert_eq!((reply.status, reply.json()["errors"][0]["code"].clone()), (422, json!(code)));
    let bucket = if target.starts_with("search/code") { "code_search" } else { "search" };
    assert_eq!(sim.stats().quota_spent[bucket], 1);
}

#[tokio::test]
async fn pages_end_at_a_thousand_results_and_deeper_ones_are_refused_at_a_price() {
    let mut world = World::new(time("2026-08-01T00:00:00Z"));
    for number in 0..1_050 {
        world.add_repository(&format!("many/repo-{number:04}")).unwrap();
    }
    let sim = serve(world).await;
    let page = |number: usize| format!("search/repositories?q=user:many&per_page=100&page={number}");
    let first = get(&sim, &page(1)).await;
    assert_eq!(first.json()["total_count"], 1_050);
    assert!(first.link("last").unwrap().contains("page=10"), "{}", first.header("link"));
    let last = get(&sim, &page(10)).await;
    assert_eq!((last.json()["items"].as_array().unwrap().len(), last.link("next")), (100, None));
    let beyond = get(&sim, &page(11)).await;
    assert_eq!(beyond.status, 422);
    assert_eq!(beyond.json()["message"], "Only the first 1000 search results are available");
    assert_eq!((sim.stats().quota_spent["search"], sim.stats().quota_spent.get("core")), (3, None));
}

#[tokio::test]
async fn searches_have_buckets_of_their_own_and_code_needs_a_token() {
    let sim = serve(world()).await;
    let anonymous = get_with(&sim, "search/code?q=filename:x", &[("authorization", "")]).await;
    assert_eq!((anonymous.status, anonymous.json()["message"].clone()), (401, json!("Requires authentication")));
    for _ in 0..10 {
        assert_eq!(get(&sim, "search/code?q=filename:x").await.status, 200);
    }
    let refused = get(&sim, "search/code?q=filename:x").await;
    assert_eq!((refused.status, refused.header("x-ratelimit-resource")), (403, "code_search"));
    assert_eq!((refused.number("x-ratelimit-limit"), refused.number("x-ratelimit-remaining")), (10, 0));
    let other = get(&sim, "search/repositories?q=stars:1").await;
    assert_eq!((other.number("x-ratelimit-limit"), other.number("x-ratelimit-remaining")), (30, 29));
}

fn with_files() -> World {
    let mut world = world();
    world.set_file("a/one", "render.yaml", "services: []\n").unwrap();
    world.set_file("a/two", "deploy/render.yaml", "services: []\n").unwrap();
    world.set_file("b/three", "My-Render.yaml.bak", "databases: []\n").unwrap();
    world.set_file("b/four", "render.yaml", vec![b'#'; 400 * 1024]).unwrap();
    world.set_file("c/five", "README.md", "render.yaml is not here").unwrap();
    world
}

fn paths(reply: &Reply) -> Vec<String> {
    let body = reply.json();
    let items = body["items"].as_array().unwrap().iter();
    let mut paths: Vec<String> = items
        .map(|item| format!("{}:{}", item["repository"]["full_name"].as_str().unwrap(), item["path"].as_str().unwrap()))
        .collect();
    paths.sort();
    paths
}

#[rstest]
#[case("filename:render.yaml", &["a/one:render.yaml", "a/two:deploy/render.yaml", "b/three:My-Render.yaml.bak"])]
#[case("filename:render.yaml+path:/", &["a/one:render.yaml", "b/three:My-Render.yaml.bak"])]
#[case("filename:render.yaml+path:deploy", &["a/two:deploy/render.yaml"])]
#[case("filename:render.yaml+repo:a/one", &["a/one:render.yaml"])]
#[case("filename:render.yaml+size:>13", &["b/three:My-Render.yaml.bak"])]
#[case("databases", &["b/three:My-Render.yaml.bak"])]
#[case("render.yaml+in:file", &["c/five:README.md"])]
#[tokio::test]
async fn code_is_found_by_parts_of_file_names_and_never_in_large_files(#[case] query: &str, #[case] expected: &[&str]) {
    let sim = serve(with_files()).await;
    assert_eq!(paths(&get(&sim, &format!("search/code?q={query}")).await), expected);
}

#[tokio::test]
async fn a_hit_names_its_blob_and_a_repository_without_dates_or_stars() {
    let sim = serve(with_files()).await;
    let body = get(&sim, "search/code?q=filename:render.yaml+repo:a/one").await.json();
    let item = &body["items"][0];
    // From `printf 'services: []\n' | git hash-object --stdin`.
    assert_eq!(item["sha"], "51ee79b4e4d3dd9a85e7ca6941efd9b15581553f");
    let id = sim.world().repository("a/one").unwrap().id();
    let url = item["url"].as_str().unwrap();
    assert!(url.starts_with(&format!("https://api.github.com/repositories/{id}/contents/render.yaml?ref=")), "{url}");
    let repository = item["repository"].as_object().unwrap();
    assert_eq!((repository["id"].clone(), repository["node_id"].clone()), (json!(id), json!(format!("R_kgDO{id}"))));
    assert_eq!(repository.len(), 46);
    for absent in ["stargazers_count", "created_at", "pushed_at", "topics", "language"] {
        assert!(!repository.contains_key(absent), "{absent}");
    }
}

#[tokio::test]
async fn a_search_that_ran_out_of_time_says_so_and_finds_half() {
    let sim = serve(world()).await;
    sim.set_faults(["/search/repositories next:1 incomplete".parse().unwrap()]);
    let short = get(&sim, "search/repositories?q=stars:>0").await.json();
    assert_eq!((short["incomplete_results"].clone(), short["total_count"].clone()), (json!(true), json!(2)));
    let whole = get(&sim, "search/repositories?q=stars:>0").await.json();
    assert_eq!((whole["incomplete_results"].clone(), whole["total_count"].clone()), (json!(false), json!(5)));
}
