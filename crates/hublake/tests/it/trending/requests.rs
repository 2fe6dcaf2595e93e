//! What a run asks GitHub for.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use github_sim::{LimitOptions, RequestRecord, SecondaryLimits, SimOptions, World};
use serde_json::json;

use super::rules::{Language, Rules};
use super::stage::{Stage, noon, rules};
use super::world::{Plot, build, town};

/// How many requests of each kind there were; asking for the limits is free.
fn kinds(requests: &[RequestRecord]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for request in requests.iter().filter(|one| one.target != "/rate_limit") {
        *counts.entry(kind(&request.target)).or_default() += 1;
    }
    counts
}

fn kind(target: &str) -> &'static str {
    let kinds = [
        ("/graphql", "graphql"),
        ("/search/repositories", "search"),
        ("/search/code", "code search"),
        ("/stargazers/history", "stars"),
    ];
    kinds.iter().find(|(part, _)| target.contains(part)).map_or("other", |(_, kind)| kind)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_asks_for_files_and_stars_once_and_stays_within_the_limits() {
    let limits = LimitOptions { secondary: Some(SecondaryLimits::default()), ..LimitOptions::default() };
    let mut stage = Stage::of(town(noon()), rules(), SimOptions { limits, ..SimOptions::default() }).await;
    let first = kinds(&stage.run());
    let of = |counts: &BTreeMap<&str, usize>, kind: &str| counts.get(kind).copied().unwrap_or_default();
    assert_eq!((of(&first, "search"), of(&first, "code search"), of(&first, "other")), (5, 1, 0), "{first:?}");
    // Python 3, TypeScript 5, Go 4 and Render 7, of which three are among the others.
    assert!((16..=19).contains(&of(&first, "stars")), "{first:?}");
    let stats = stage.scene.github.sim().stats();
    assert_eq!((stats.rejected, stats.statuses.get(&403), stats.statuses.get(&429)), (0, None, None), "{stats:?}");

    // Every file is known, and every repository has a snapshot of its own but the one that is left out for its Next.js.
    stage.pass(TimeDelta::hours(1));
    let second = kinds(&stage.run());
    assert_eq!((of(&second, "search"), of(&second, "code search")), (5, 1), "{second:?}");
    assert!(of(&second, "stars") <= 1, "{second:?}");
    assert!(of(&second, "graphql") < of(&first, "graphql"), "{first:?}, then {second:?}");
    // One new README is asked for, and nothing else but what is asked for each time.
    stage.pass(TimeDelta::hours(1));
    stage.change(|world| world.set_file(701u64, "README.md", "# Another\n").expect("a file"));
    let third = kinds(&stage.run());
    assert_eq!(of(&third, "graphql"), of(&second, "graphql") + 1, "{second:?}, then {third:?}");
    stage.assert_true();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_of_requests_is_printed() {
    let stage = Stage::town().await;
    let (ended, requests) = stage.try_run(&[]);
    let asked = requests.iter().filter(|one| one.target != "/rate_limit").count();
    assert!(ended.stderr.contains(&format!("{asked} requests")), "{asked}: {}", ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_a_search_gives_are_found_by_searching_ranges_each_once() {
    let mut world = World::new(noon());
    for id in 1..=1_030 {
        let name = format!("acme/python-{id}");
        // The most starred are few and far between, the others lie close together.
        let stars = [u32::try_from(if id % 10 == 0 { id * id } else { id }).expect("a number of stars"), 0];
        build(&mut world, &Plot { id, name: &name, language: Some("Python"), age: 40, pushed: 20, stars });
    }
    let languages = vec![Language::of("Python")];
    let rules = Rules { languages, limit: 1_020, batch: 100, topics: Vec::new(), ..Rules::of_default() };
    let mut stage = Stage::of(world, rules, SimOptions::default()).await;
    stage.scene.hublake.set("HUBLAKE_POINTS_PER_MINUTE", "1000000");
    let requests = stage.run();
    let sql = "SELECT count(*) AS repositories, min(stars) AS fewest FROM fact_repo_snapshots";
    // The ten with the fewest stars are 1 to 9 and 11.
    assert_eq!(stage.scene.hublake.query(sql), [json!({"repositories": 1_020, "fewest": 12})]);
    let sql = "SELECT count(*) AS items, count(DISTINCT repo_id) AS repositories FROM raw_github_repos
        WHERE found_by = 'search'";
    let found = &stage.scene.hublake.query(sql)[0];
    let searches = requests.iter().filter(|one| one.target.starts_with("/search/repositories")).count();
    // Where a range ends, others may have as many stars.
    let twice = found["items"].as_u64().expect("a count") - found["repositories"].as_u64().expect("a count");
    assert!(twice <= 5, "{twice} are asked for twice");
    assert!(searches <= 25, "{searches} searches");
    assert!(requests.iter().all(|one| one.status != 422), "no search reaches beyond its end");
}
