use github_sim::{NewCommit, Sim, World};
use serde_json::{Value, json};

use crate::client::{all_pages, get, get_with, serve, time};

const RAW: [(&str, &str); 1] = [("accept", "application/vnd.github.raw+json")];
const OBJECT: [(&str, &str); 1] = [("accept", "application/vnd.github.object+json")];

fn world() -> World {
    let mut world = World::new(time("2026-08-01T00:00:00Z"));
    world.add_repository("a/b").unwrap();
    world.set_created_at("a/b", time("2026-01-01T00:00:00Z")).unwrap();
    world.set_file("a/b", "readme.MD", "# Hello\n").unwrap();
    world.set_file("a/b", "docs/über uns.txt", b"\xff\xfe").unwrap();
    world.set_file("a/b", "docs/deep/x", "").unwrap();
    world.add_repository("a/empty").unwrap();
    world
}

fn names(list: &Value) -> Vec<(&str, &str)> {
    list.as_array().unwrap().iter().map(name).collect()
}

fn name(entry: &Value) -> (&str, &str) {
    (entry["path"].as_str().unwrap(), entry["type"].as_str().unwrap())
}

#[tokio::test]
async fn a_folder_is_a_list_of_entries_without_content() {
    let sim = serve(world()).await;
    let root = get(&sim, "repos/a/b/contents").await.json();
    assert_eq!(names(&root), [("docs", "dir"), ("readme.MD", "file")]);
    assert_eq!((root[0]["size"].clone(), root[0]["download_url"].clone()), (json!(0), Value::Null));
    assert_eq!((root[1]["size"].clone(), root[1].get("content")), (json!(8), None));
    let docs = get(&sim, "repos/a/b/contents/docs").await.json();
    assert_eq!(names(&docs), [("docs/deep", "dir"), ("docs/über uns.txt", "file")]);
    let object = get_with(&sim, "repos/a/b/contents/docs", &OBJECT).await.json();
    assert_eq!((object["type"].clone(), object["entries"].clone()), (json!("dir"), docs));
}

#[tokio::test]
async fn a_file_comes_as_base64_in_lines_or_raw() {
    let sim = serve(world()).await;
    let long = "0123456789".repeat(9);
    sim.world_mut().set_file("a/b", "long", &long).unwrap();
    let file = get(&sim, "repos/a/b/contents/long").await.json();
    let lines: Vec<usize> = file["content"].as_str().unwrap().split('\n').map(str::len).collect();
    assert_eq!((lines, file["encoding"].clone()), (vec![60, 60, 0], json!("base64")));
    let raw = get_with(&sim, "repos/a/b/contents/docs/%C3%BCber%20uns.txt", &RAW).await;
    assert_eq!(raw.body, b"\xff\xfe");
    assert_eq!(raw.header("content-type"), "application/vnd.github.raw+json; charset=utf-8");
    let sha = file["sha"].as_str().unwrap();
    assert_eq!(get(&sim, &format!("repos/a/b/git/blobs/{sha}")).await.json()["content"], file["content"]);
    let raw = get_with(&sim, &format!("repos/a/b/git/blobs/{sha}"), &RAW).await;
    assert_eq!(raw.body, long.as_bytes());
}

#[tokio::test]
async fn a_file_of_more_than_a_megabyte_has_content_only_when_raw() {
    let sim = serve(world()).await;
    sim.world_mut().set_file("a/b", "large", vec![b'x'; 1024 * 1024 + 1]).unwrap();
    let file = get(&sim, "repos/a/b/contents/large").await.json();
    assert_eq!((file["content"].clone(), file["encoding"].clone()), (json!(""), json!("none")));
    assert_eq!(file["size"], 1_048_577);
    assert_eq!(get_with(&sim, "repos/a/b/contents/large", &RAW).await.body.len(), 1_048_577);
}

#[tokio::test]
async fn the_readme_is_found_in_any_case_and_there_can_be_none() {
    let sim = serve(world()).await;
    let readme = get(&sim, "repos/a/b/readme").await.json();
    // From `printf '# Hello\n' | git hash-object --stdin`.
    assert_eq!(
        (readme["path"].clone(), readme["sha"].clone()),
        (json!("readme.MD"), json!("fec56017dc1b1ac87ad6e54e3cb3a20bb8dcc5ab"))
    );
    assert_eq!(readme["content"], "IyBIZWxsbwo=\n");
    let id = sim.world().repository("a/b").unwrap().id();
    assert_eq!(get_with(&sim, &format!("repositories/{id}/readme"), &RAW).await.body, b"# Hello\n");
    assert_eq!(get(&sim, "repos/a/empty/readme").await.status, 404);
}

#[tokio::test]
async fn what_is_not_there_is_404_and_an_empty_repository_says_so() {
    let sim = serve(world()).await;
    assert_eq!(get(&sim, "repos/a/b/contents/nothing").await.status, 404);
    assert_eq!(get(&sim, "repos/a/b/contents/readme.MD?ref=main").await.status, 200);
    assert_eq!(get(&sim, "repos/a/b/contents/readme.MD?ref=other").await.status, 404);
    let empty = get(&sim, "repos/a/empty/contents").await;
    assert_eq!((empty.status, empty.json()["message"].clone()), (404, json!("This repository is empty.")));
    assert_eq!(get(&sim, "repos/a/b/topics").await.json(), json!({"names": []}));
}

#[tokio::test]
async fn a_file_has_another_etag_when_its_bytes_change_and_the_old_blob_stays() {
    let sim = serve(world()).await;
    let first = get(&sim, "repos/a/b/contents/readme.MD").await;
    let etag = [("if-none-match", first.header("etag"))];
    assert_eq!(get_with(&sim, "repos/a/b/contents/readme.MD", &etag).await.status, 304);
    sim.world_mut().set_file("a/b", "readme.MD", "# Bye\n").unwrap();
    assert_eq!(get_with(&sim, "repos/a/b/contents/readme.MD", &etag).await.status, 200);
    let sha = first.json()["sha"].as_str().unwrap().to_owned();
    assert_eq!(get_with(&sim, &format!("repos/a/b/git/blobs/{sha}"), &RAW).await.body, b"# Hello\n");
}

async fn authors(sim: &Sim, target: &str) -> Vec<Value> {
    let pages = all_pages(sim, target).await;
    pages.iter().flat_map(|page| page.json().as_array().unwrap().clone()).collect()
}

#[tokio::test]
async fn commits_are_listed_newest_first_within_their_bounds() {
    let mut world = world();
    let at = |text: &str| time(text);
    world.add_commit("a/b", &NewCommit::by("Sim-Dev", at("2026-07-20T00:00:00Z"))).unwrap();
    world.add_commit("a/b", &NewCommit::by_email("Ada", "Ada@Example.org", at("2026-07-25T00:00:00Z"))).unwrap();
    world.add_commit("a/b", &NewCommit::by_bot("dependabot", 49_699_333, at("2026-07-30T00:00:00Z"))).unwrap();
    world.add_commit("a/b", &NewCommit::by("later", at("2026-08-02T00:00:00Z"))).unwrap();
    let sim = serve(world).await;
    let all = authors(&sim, "repos/a/b/commits?per_page=1").await;
    let logins: Vec<&Value> = all.iter().map(|commit| &commit["author"]["login"]).collect();
    assert_eq!(logins, [&json!("dependabot[bot]"), &Value::Null, &json!("Sim-Dev"), &json!("sim-maintainer")]);
    assert_eq!((all[0]["author"]["type"].clone(), all[0]["author"]["id"].clone()), (json!("Bot"), json!(49_699_333)));
    assert_eq!(all[1]["author"], Value::Null);
    assert_eq!(all[1]["commit"]["author"]["email"], "Ada@Example.org");
    assert_eq!(all[1]["parents"][0]["sha"], all[2]["sha"]);
    let since = authors(&sim, "repos/a/b/commits?since=2026-07-25T00:00:00Z").await;
    assert_eq!(since.len(), 2);
    let until = authors(&sim, "repos/a/b/commits?since=2026-07-20T00:00:00Z&until=2026-07-25T00:00:00Z").await;
    assert_eq!(until, all[1..3]);
}

#[tokio::test]
async fn an_empty_repository_has_no_commits_but_409() {
    let sim = serve(world()).await;
    let reply = get(&sim, "repos/a/empty/commits").await;
    assert_eq!((reply.status, reply.json()["message"].clone()), (409, json!("Git Repository is empty.")));
}

#[tokio::test]
async fn a_path_with_a_slash_at_its_end_is_unknown_but_for_the_root_of_the_contents() {
    let sim = serve(world()).await;
    for (target, status) in [("repos/a/b/", 404), ("repos/a/b/commits/", 404), ("repos/a/b/contents/", 200)] {
        assert_eq!(get(&sim, target).await.status, status, "{target}");
    }
}
