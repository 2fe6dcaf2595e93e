//! Private repositories that the token may see: nothing of them is published.

use chrono::TimeDelta;
use github_sim::{RequestRecord, SimOptions, Token, World};
use rstest::rstest;
use serde_json::json;

use super::assert_says;
use super::blueprints::WEB_AND_DATABASE;
use super::rules::{Language, Rules};
use super::stage::{Stage, noon};
use super::stored::stored;
use super::world::{Plot, build};

const TOKEN: &str = "ghp_sees_all";
const SECRET: &str = "acme/secret";

/// Two repositories of Python that are deployed on Render; the second has more stars.
fn world(is_private: bool) -> World {
    let mut world = World::new(noon());
    for (id, name, stars) in [(1, "acme/shown", [300, 7]), (2, SECRET, [2_000, 14])] {
        build(&mut world, &Plot { id, name, language: Some("Python"), age: 20, pushed: 1, stars });
        world.set_file(id, "README.md", format!("# {name}\n")).expect("a file");
        world.set_file(id, "render.yaml", WEB_AND_DATABASE).expect("a file");
        world.set_topics(id, &["render-blueprint"]).expect("it is there");
    }
    world.set_private(2u64, is_private).expect("it is there");
    world
}

async fn stage(is_private: bool, rules: Rules) -> Stage {
    let options =
        SimOptions { tokens: vec![Token::new(TOKEN)], accept_unlisted_tokens: false, ..SimOptions::default() };
    let mut stage = Stage::of(world(is_private), rules, options).await;
    stage.scene.hublake.set("GITHUB_TOKEN", TOKEN);
    stage
}

fn assert_secret(stage: &Stage) {
    let rows: Vec<String> = stored(&stage.scene.hublake).into_iter().filter(|row| row.contains("secret")).collect();
    assert_eq!(rows, Vec::<String>::new());
    let report = stage.scene.hublake.call(&["report", "trending"]);
    assert!(report.code == Some(0) && !report.stdout.contains("secret"), "{}", report.stdout);
    for table in ["raw_github_files", "raw_repo_listings", "raw_run_tasks"] {
        let text = if table == "raw_run_tasks" { "coalesce(message, '')" } else { "repo_full_name" };
        let sql = format!("SELECT count(*) AS rows FROM {table} WHERE {text} LIKE '%secret%'");
        assert_eq!(stage.scene.hublake.query(&sql), [json!({"rows": 0})], "{table}");
    }
}

#[rstest]
#[case::graphql("graphql")]
#[case::rest("rest")]
#[tokio::test(flavor = "multi_thread")]
async fn what_a_token_may_see_and_others_may_not_is_neither_kept_nor_asked_about(#[case] api: &str) {
    let mut stage = stage(true, Rules { languages: vec![Language::of("Python")], ..Rules::of_default() }).await;
    let requests = stage.run_with(&["--api", api]);
    stage.assert_true();
    assert_secret(&stage);
    let sql = "SELECT DISTINCT repo_id FROM raw_github_repos";
    assert_eq!(stage.scene.hublake.query(sql), [json!({"repo_id": 1})]);
    assert!(!requests.iter().any(|one| one.target.contains("/repositories/2")), "{requests:?}");

    // Once it is public it is found.
    stage.pass(TimeDelta::days(1));
    stage.change(|world| world.set_private(2u64, false).expect("it is there"));
    stage.run_with(&["--api", api]);
    stage.assert_true();
}

#[rstest]
#[case::graphql("graphql")]
#[case::rest("rest")]
#[tokio::test(flavor = "multi_thread")]
async fn what_goes_private_between_search_and_details_is_not_published(#[case] api: &str) {
    let rules =
        || Rules { languages: vec![Language::of("Python")], topics: Vec::new(), code_hits: 0, ..Rules::of_default() };
    let options = ["--api", api];
    // Nothing is asked for but a search, and then the details.
    let (_, requests) = stage(false, rules()).await.try_run(&options);
    let is_search = |one: &&RequestRecord| one.target.starts_with("/search/");
    let search = requests.iter().find(is_search).expect("a search").number;
    let mut stage = stage(false, rules()).await;
    // The answer to the search is made, and not sent yet.
    stage.scene.github.sim().on_request(search, |world| world.set_private(2u64, true).expect("it is there"));
    let (ended, _) = stage.try_run(&options);
    assert_says(&ended, 0, &["went private"]);
    assert!(!ended.stderr.contains("secret"), "{}", ended.stderr);
    stage.note();
    stage.assert_true();
    assert_secret(&stage);

    stage.pass(TimeDelta::days(1));
    stage.run_with(&options);
    stage.assert_true();
    assert_secret(&stage);
}
