//! How runs go, and what is told of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::DateTime;
use github_sim::{LimitOptions, SimOptions, Token, World};
use serde_json::{Value, json};

use super::of_python;
use crate::trending::assert_says;
use crate::trending::blueprints::WEB_AND_DATABASE;
use crate::trending::rules::Rules;
use crate::trending::stage::{Stage, noon, rules};
use crate::trending::world::{Plot, build, town};

#[tokio::test(flavor = "multi_thread")]
async fn defect_08_runs_are_measured() {
    let mut stage = Stage::town().await;
    let started = Instant::now();
    let requests = stage.run();
    let elapsed = started.elapsed();
    let hublake = &stage.scene.hublake;
    let tasks = hublake.query("SELECT * FROM raw_run_tasks ORDER BY branch, task");
    let of_branch = |branch: &str| -> Vec<&str> {
        tasks.iter().filter(|task| task["branch"] == branch).filter_map(|task| task["task"].as_str()).collect()
    };
    for branch in ["Go", "Python", "TypeScript", "render"] {
        let names = of_branch(branch);
        assert!(names.contains(&"discover") && names.contains(&"details"), "{branch}: {names:?}");
    }
    assert!(tasks.iter().all(|task| task["status"] == "success" && task["message"].is_null()), "{tasks:?}");
    let sum = |column: &str| tasks.iter().filter_map(|task| task[column].as_i64()).sum::<i64>();
    let asked = requests.iter().filter(|one| one.target != "/rate_limit").count();
    assert_eq!(sum("requests"), i64::try_from(asked).expect("a small number"), "{tasks:?}");
    assert_eq!(sum("failed"), 0);
    let instant = |task: &Value, column: &str| {
        DateTime::parse_from_rfc3339(task[column].as_str().unwrap_or_default()).expect("an instant")
    };
    for task in &tasks {
        let took = instant(task, "finished_at") - instant(task, "started_at");
        let took = took.to_std().expect("it ends after it began");
        assert!(took <= elapsed, "{task}: the whole run took {elapsed:?}");
        let asked_for = task["requests"].as_i64().unwrap_or_default();
        assert!(asked_for == 0 || took > Duration::ZERO, "{task}: requests take time");
    }
    let discovered: BTreeMap<&str, i64> = tasks
        .iter()
        .filter(|task| task["task"] == "discover")
        .filter_map(|task| Some((task["branch"].as_str()?, task["repositories"].as_i64()?)))
        .collect();
    assert_eq!(discovered, BTreeMap::from([("Go", 4), ("Python", 3), ("TypeScript", 5), ("render", 7)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn defect_09_each_bucket_has_its_own_limit() {
    // Fewer than a hundred are ever left of searches; who waited for more would wait at every search.
    let mut stage = Stage::town().await;
    stage.scene.hublake.set("HUBLAKE_MAX_WAIT_SECONDS", "0");
    let started = Instant::now();
    stage.run();
    assert!(started.elapsed() < Duration::from_secs(40), "it waited: {:?}", started.elapsed());
    let spent = stage.scene.github.sim().stats().quota_spent;
    assert_eq!((spent.get("search"), spent.get("code_search")), (Some(&5), Some(&1)), "{spent:?}");

    // Nothing is left of one, all of the others.
    let limits = LimitOptions { code_search: 0, ..LimitOptions::default() };
    let mut stage = Stage::of(town(noon()), rules(), SimOptions { limits, ..SimOptions::default() }).await;
    stage.scene.hublake.set("HUBLAKE_MAX_WAIT_SECONDS", "0");
    let (ended, requests) = stage.try_run(&[]);
    assert_says(&ended, 3, &["render", "hint: "]);
    let searches = requests.iter().filter(|one| one.target.starts_with("/search/repositories")).count();
    assert!(searches >= 3, "the others are not kept from searching: {searches}");
    stage.note().failed.insert("render".to_owned());
    stage.assert_true();
}

#[tokio::test(flavor = "multi_thread")]
async fn defect_10_errors_are_told_and_more_than_a_page_is_read() {
    let mut world = World::new(noon());
    for id in 1..=120 {
        let name = format!("acme/python-{id}");
        let stars = [u32::try_from(id).expect("a small id"), 0];
        build(&mut world, &Plot { id, name: &name, language: Some("Python"), age: 40, pushed: 20, stars });
    }
    let rules = Rules { limit: 110, ..Rules::of_default() };
    let mut stage = Stage::of(world, rules, SimOptions::default()).await;
    stage.run();
    let sql = "SELECT count(*) AS repositories, min(stars) AS fewest FROM analytics_trending_repos_current";
    assert_eq!(stage.scene.hublake.query(sql), [json!({"repositories": 110, "fewest": 11})]);

    stage.pass(chrono::TimeDelta::days(1));
    stage.faults(&["/search/repositories always status:422"]);
    let before = stage.scene.hublake.query("SELECT * FROM analytics_repo_history");
    let (ended, _) = stage.try_run(&[]);
    assert_ne!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stderr.contains("Python: search for") && ended.stderr.contains("hint: "), "{}", ended.stderr);
    assert_eq!(stage.scene.hublake.query("SELECT * FROM analytics_repo_history"), before);
}

fn files_with(folder: &Path, secret: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with(&path, secret));
        } else if std::fs::read(&path).expect("a file").windows(secret.len()).any(|part| part == secret.as_bytes()) {
            found.push(path.display().to_string());
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn defect_12_a_token_without_scopes_suffices_and_is_shown_nowhere() {
    const TOKEN: &str = "ghp_Tr3ndIngSeCrEtThAtNoBoDyMaYsEe5678";
    let token = Token { scopes: Vec::new(), ..Token::new(TOKEN) };
    let options = SimOptions { tokens: vec![token], accept_unlisted_tokens: false, ..SimOptions::default() };
    let mut stage = Stage::of(town(noon()), rules(), options).await;
    stage.scene.hublake.set("GITHUB_TOKEN", TOKEN);
    stage.scene.hublake.set("HUBLAKE_LOG", "trace");
    for arguments in [["-vv", "run", "trending"], ["-vv", "report", "trending"]] {
        let ended = stage.scene.hublake.call(&arguments);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert!(!ended.stdout.contains(TOKEN) && !ended.stderr.contains(TOKEN), "{arguments:?} shows the token");
    }
    assert_eq!(files_with(stage.scene.hublake.working_folder(), TOKEN), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn defect_13_the_most_starred_of_both_ways_are_in_the_list_of_render() {
    let mut world = World::new(noon());
    for (id, stars, way) in [(1, 10, "file"), (2, 900, "topic"), (3, 500, "file"), (4, 700, "file"), (5, 20, "topic")] {
        let name = format!("acme/deployed-{id}");
        build(&mut world, &Plot { id, name: &name, language: Some("Ruby"), age: 700, pushed: 200, stars: [stars, 0] });
        match way {
            "file" => world.set_file(id, "render.yaml", WEB_AND_DATABASE).expect("a file"),
            _ => world.set_topics(id, &["render-blueprint"]).expect("it is there"),
        }
    }
    let mut stage = Stage::of(world, Rules { render_limit: 3, ..Rules::of_default() }, SimOptions::default()).await;
    stage.run();
    let rows = stage.scene.hublake.query("SELECT repo_id FROM analytics_render_showcase ORDER BY stars DESC");
    let ids: Vec<i64> = rows.iter().filter_map(|row| row["repo_id"].as_i64()).collect();
    assert_eq!(ids, [2, 4, 3]);
    stage.assert_true();
}

#[tokio::test(flavor = "multi_thread")]
async fn defect_14_an_owner_is_excluded_by_its_whole_name() {
    let mut world = of_python(&[(1, 40, [100, 0])]);
    for (id, name) in [(2, "vercel/next"), (3, "vercelfan/next"), (4, "Vercel/Other"), (5, "my/vercel")] {
        let stars = [100 * u32::try_from(id).expect("a small id"), 0];
        build(&mut world, &Plot { id, name, language: Some("Python"), age: 20, pushed: 1, stars });
    }
    world.set_file(4u64, "render.yaml", WEB_AND_DATABASE).expect("a file");
    let rules = Rules { excluded_owners: vec!["VERCEL"], ..Rules::of_default() };
    let mut stage = Stage::of(world, rules, SimOptions::default()).await;
    stage.run();
    let rows = stage.scene.hublake.query("SELECT repo_full_name FROM analytics_trending_repos_current ORDER BY 1");
    let names: Vec<&str> = rows.iter().filter_map(|row| row["repo_full_name"].as_str()).collect();
    assert_eq!(names, ["acme/python-1", "my/vercel", "vercelfan/next"]);
    stage.assert_true();
    let raw = "SELECT count(DISTINCT repo_id) AS found FROM raw_github_repos WHERE found_by = 'search'";
    assert_eq!(stage.scene.hublake.query(raw), [json!({"found": 5})], "raw keeps what was found");
}
