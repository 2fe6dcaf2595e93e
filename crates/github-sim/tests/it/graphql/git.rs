use std::time::Duration;

use github_sim::{LimitOptions, NewCommit, Sim, SimOptions, World};
use serde_json::{Value, json};

use crate::client::{data, get, query, serve, time};

const OBJECTS: &str = include_str!("../../graphql/objects.graphql");
const HISTORY: &str = include_str!("../../graphql/history.graphql");

fn world() -> World {
    let mut world = World::new(time("2026-08-01T00:00:00Z"));
    world.add_repository("a/b").unwrap();
    world.set_created_at("a/b", time("2026-01-01T00:00:00Z")).unwrap();
    world.set_description("a/b", None).unwrap();
    world.set_language("a/b", Some("Go")).unwrap();
    world.set_topics("a/b", &["cli", "web"]).unwrap();
    world.set_updated_at("a/b", time("2026-07-31T01:00:00Z")).unwrap();
    world.set_file("a/b", "render.yaml", "services: []\n").unwrap();
    world.set_file("a/b", "src/main.go", "package main\n").unwrap();
    world.set_file("a/b", "latin", b"K\xf6ln").unwrap();
    world.set_file("a/b", "binary", b"\0\x01").unwrap();
    world.set_file("a/b", "large", vec![b'x'; 512_001]).unwrap();
    world.add_repository("a/empty").unwrap();
    world
}

async fn repository(sim: &Sim, name: &str, expression: &str) -> Value {
    let variables = json!({"owner": "a", "name": name, "expression": expression});
    data(sim, OBJECTS, variables).await["repository"].take()
}

#[tokio::test]
async fn a_repository_says_what_it_is() {
    let sim = serve(world()).await;
    let found = repository(&sim, "b", "HEAD:").await;
    let topics = json!([{"topic": {"name": "cli"}}, {"topic": {"name": "web"}}]);
    assert_eq!(found["repositoryTopics"]["nodes"], topics);
    assert_eq!((found["primaryLanguage"]["name"].clone(), found["description"].clone()), (json!("Go"), Value::Null));
    assert_eq!(found["updatedAt"], "2026-07-31T01:00:00Z");
    assert_eq!(found["defaultBranchRef"]["name"], "main");
    let empty = repository(&sim, "empty", "HEAD:").await;
    assert_eq!((empty["defaultBranchRef"].clone(), empty["object"].clone()), (Value::Null, Value::Null));
    assert_eq!((empty["isEmpty"].clone(), found["isEmpty"].clone()), (json!(true), json!(false)));
}

#[tokio::test]
async fn folders_list_their_entries_with_the_ids_of_rest() {
    let sim = serve(world()).await;
    let tree = repository(&sim, "b", "HEAD:").await["object"].take();
    let entries = tree["entries"].as_array().unwrap();
    let names: Vec<&Value> = entries.iter().map(|entry| &entry["name"]).collect();
    assert_eq!(names, ["binary", "large", "latin", "render.yaml", "src"]);
    assert_eq!((entries[4]["type"].clone(), entries[4]["object"].clone()), (json!("tree"), json!({})));
    assert_eq!((entries[3]["type"].clone(), entries[3]["object"]["byteSize"].clone()), (json!("blob"), json!(13)));
    let listed = get(&sim, "repos/a/b/contents").await.json();
    for (entry, listed) in entries.iter().zip(listed.as_array().unwrap()) {
        assert_eq!(entry["oid"], listed["sha"]);
    }
    let inner = repository(&sim, "b", "HEAD:src").await["object"].take();
    assert_eq!(inner["entries"][0]["path"], "src/main.go");
    assert_eq!(repository(&sim, "b", "main:nothing").await["object"], Value::Null);
}

#[tokio::test]
async fn blobs_are_texts_unless_binary_and_end_at_512000_bytes() {
    let sim = serve(world()).await;
    let mut blobs = Vec::new();
    for path in ["render.yaml", "latin", "binary", "large"] {
        blobs.push(repository(&sim, "b", &format!("HEAD:{path}")).await["object"].take());
    }
    let facts = |blob: &Value| (blob["isBinary"].clone(), blob["isTruncated"].clone(), blob["byteSize"].clone());
    assert_eq!(facts(&blobs[0]), (json!(false), json!(false), json!(13)));
    assert_eq!(blobs[0]["text"], "services: []\n");
    assert_eq!(
        (facts(&blobs[1]), blobs[1]["text"].clone()),
        ((json!(false), json!(false), json!(4)), json!("K\u{fffd}ln"))
    );
    assert_eq!((facts(&blobs[2]), blobs[2]["text"].clone()), ((json!(true), json!(false), json!(2)), Value::Null));
    assert_eq!(facts(&blobs[3]), (Value::Null, json!(true), json!(512_001)));
    assert_eq!(blobs[3]["text"].as_str().unwrap().len(), 512_000);
    let oid = &blobs[0]["oid"];
    let by_oid =
        "query($oid: GitObjectID) { repository(owner: \"a\", name: \"b\") { object(oid: $oid) { __typename oid } } }";
    let found = data(&sim, by_oid, json!({"oid": oid})).await;
    assert_eq!(found["repository"]["object"], json!({"__typename": "Blob", "oid": oid}));
}

fn busy() -> World {
    let mut world = world();
    for number in 0..130 {
        let at = time("2026-07-26T00:00:00Z") + chrono::TimeDelta::minutes(number);
        world.add_commit("a/b", &NewCommit::by("sim-dev", at)).unwrap();
    }
    world.add_commit("a/b", &NewCommit::by_bot("renovate", 29_139_614, time("2026-07-30T00:00:00Z"))).unwrap();
    world.add_commit("a/b", &NewCommit::by_email("Ada", "ada@example.org", time("2026-07-31T00:00:00Z"))).unwrap();
    world
}

#[tokio::test]
async fn histories_are_paged_newest_first_and_apps_are_no_users() {
    let sim = serve(busy()).await;
    let mut nodes = Vec::new();
    let mut after = Value::Null;
    loop {
        let variables = json!({"id": node_id(&sim), "since": "2026-07-25T00:00:00Z", "after": after});
        let found = data(&sim, HISTORY, variables).await;
        let history = &found["node"]["defaultBranchRef"]["target"]["history"];
        assert_eq!(history["totalCount"], 132);
        nodes.extend(history["nodes"].as_array().unwrap().clone());
        if history["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = history["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(nodes.len(), 132);
    assert_eq!(nodes[0]["author"], json!({"name": "Ada", "email": "ada@example.org", "user": null}));
    let bot = json!({
        "name": "renovate[bot]", "email": "29139614+renovate[bot]@users.noreply.github.com", "user": null,
    });
    assert_eq!(nodes[1]["author"], bot);
    assert_eq!(nodes[2]["author"]["user"]["login"], "sim-dev");
    let listed = get(&sim, "repos/a/b/commits?since=2026-07-25T00:00:00Z&per_page=100").await.json();
    assert_eq!(listed[2]["sha"], nodes[2]["oid"]);
    assert_eq!(listed[2]["author"]["id"], nodes[2]["author"]["user"]["databaseId"]);
}

fn node_id(sim: &Sim) -> Value {
    json!(format!("R_kgDO{}", sim.world().repository("a/b").unwrap().id()))
}

#[tokio::test]
async fn a_query_for_more_histories_than_its_time_allows_is_broken_off() {
    let limits = LimitOptions { graphql_clock: Duration::from_millis(25), ..LimitOptions::default() };
    let history_latency = Duration::from_millis(10);
    let options = SimOptions { history_latency, limits, ..SimOptions::default() };
    let mut world = busy();
    for name in ["a/c", "a/d"] {
        world.add_repository(name).unwrap();
        world.set_file(name, "x", "").unwrap();
    }
    let sim = Sim::start(world, options).await.unwrap();
    let alias = |name: &str| {
        format!(
            "{name}: repository(owner: \"a\", name: \"{name}\") {{ defaultBranchRef {{ target {{ ... on Commit {{ \
             history(first: 1) {{ totalCount }} }} }} }} }}"
        )
    };
    let two = query(&sim, &format!("{{ {} {} }}", alias("b"), alias("c")), json!({})).await;
    assert_eq!((two.status, two.json().get("errors")), (200, None));
    let three = query(&sim, &format!("{{ {} {} {} }}", alias("b"), alias("c"), alias("d")), json!({})).await;
    assert_eq!((three.status, three.json()["data"].clone()), (502, Value::Null));
    let took: Vec<u64> = sim.requests().iter().map(|one| one.answered_at_ms - one.came_at_ms).collect();
    assert!(took[0] >= 20 && took[1] >= 25, "{took:?}");
}

#[tokio::test]
async fn a_file_that_is_withheld_is_an_error_by_both_ways_and_listed_all_the_same() {
    let sim = serve(world()).await;
    let text = "query { repository(owner: \"a\", name: \"b\") { object(expression: \"HEAD:src/main.go\") { id } } }";
    for is_withheld in [true, false] {
        sim.world_mut().withhold_file("a/b", "src/main.go", is_withheld).unwrap();
        let answer = query(&sim, text, json!({})).await.json();
        assert_eq!(answer["data"]["repository"]["object"].is_null(), is_withheld);
        let path = if is_withheld { json!(["repository", "object"]) } else { Value::Null };
        assert_eq!(answer["errors"][0]["path"], path);
        let status = get(&sim, "repos/a/b/contents/src/main.go").await.status;
        assert_eq!(status, if is_withheld { 500 } else { 200 });
        let folder = get(&sim, "repos/a/b/contents/src").await.json();
        assert_eq!(folder[0]["name"], "main.go");
    }
}
