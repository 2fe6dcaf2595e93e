//! What comes in part: what could not be had stays as it was known, and the rest goes on.

use chrono::TimeDelta;
use github_sim::World;
use rstest::rstest;
use serde_json::{Value, json};

use super::blueprints::STATIC_SITE;
use super::stage::Stage;
use crate::program::Ended;

/// Repositories of the town: of Render with a README, left out by a rule, of Render, and with Dockerfiles.
const WEB: u64 = 705;
const OLD_NEXT: u64 = 707;
const RENDER_ALONE: u64 = 710;
const DOCKERED: u64 = 715;
const DOCKER: u64 = 719;

/// Runs when files of these repositories cannot be had, and notes that.
fn run_without(stage: &mut Stage, api: &str, ids: &[u64]) -> Ended {
    let (ended, _) = stage.try_run(&["--api", api]);
    let look = stage.note();
    for seen in look.seen.iter_mut().filter(|seen| ids.contains(&seen.truth.id)) {
        seen.has_files = false;
    }
    assert!(matches!(ended.code, Some(0 | 3)), "{ended:?}");
    ended
}

/// What follows from files, of these repositories.
fn known(stage: &Stage, ids: &[u64]) -> Vec<Vec<Value>> {
    let ids: Vec<String> = ids.iter().map(u64::to_string).collect();
    let of = |columns: &str, table: &str| {
        let ids = ids.join(", ");
        let sql = format!("SELECT repo_id, {columns} FROM {table} WHERE repo_id IN ({ids}) ORDER BY 1, 2, 3");
        stage.scene.hublake.query(&sql)
    };
    vec![
        of("readme_sha256, is_render, branches", "stg_repos_validated"),
        of("render_services, service_count, render_complexity_score, documentation_score", "stg_render_enrichment"),
        of("role, path, blob_sha, next_major, files_digest", "stg_repo_files"),
        of("position, service_name, service_type", "stg_render_services"),
        of("repo_key, readme_sha256, render_category", "dim_repositories"),
    ]
}

fn usage(stage: &Stage, day: &str) -> Vec<Value> {
    let sql = format!(
        "SELECT repo_id, service_key, service_count, complexity_score, has_blueprint FROM fact_render_usage
        WHERE snapshot_date = '{day}' ORDER BY 1, 2"
    );
    stage.scene.hublake.query(&sql)
}

fn star(world: &mut World) {
    for id in [WEB, OLD_NEXT, RENDER_ALONE, DOCKERED, DOCKER] {
        world.star(id, 3).expect("it is there");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_folder_that_could_not_be_had_leaves_what_was_known_of_the_files() {
    let ids = [WEB, OLD_NEXT, RENDER_ALONE, DOCKERED, DOCKER];
    let mut stage = Stage::town().await;
    stage.run_with(&["--api", "rest"]);
    let (before, used) = (known(&stage, &ids), usage(&stage, "2026-09-02"));
    assert!(used.len() > 8, "{used:?}");
    let faults: Vec<String> = ids.iter().map(|id| format!("/repositories/{id}/contents always status:422")).collect();
    stage.faults(&faults.iter().map(String::as_str).collect::<Vec<_>>());
    for (hours, day) in [(1, "2026-09-02"), (24, "2026-09-03")] {
        stage.pass(TimeDelta::hours(hours));
        stage.change(star);
        let ended = run_without(&mut stage, "rest", &ids);
        assert!(ended.stderr.contains("render-examples/py-web"), "it is told:\n{}", ended.stderr);
        assert_eq!(known(&stage, &ids), before, "{day}");
        assert_eq!(usage(&stage, day), used, "{day}");
        stage.assert_true();
    }
    // Once they can be had, what changed counts.
    stage.faults(&[]);
    stage.pass(TimeDelta::hours(1));
    stage.change(|world| world.remove_file(WEB, "README.md").expect("it is there"));
    stage.run_with(&["--api", "rest"]);
    stage.assert_true();
    assert_ne!(known(&stage, &ids), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_readme_that_could_not_be_had_leaves_what_was_known_of_the_files() {
    let mut stage = Stage::town().await;
    stage.run();
    let (before, used) = (known(&stage, &[DOCKER]), usage(&stage, "2026-09-02"));
    stage.pass(TimeDelta::hours(1));
    stage.change(|world| {
        star(world);
        world.set_file(DOCKER, "README.md", "# Another one\n").expect("a file");
        world.set_file(DOCKER, "render.yaml", STATIC_SITE).expect("a file");
        world.withhold_file(DOCKER, "README.md", true).expect("it is there");
    });
    let ended = run_without(&mut stage, "graphql", &[DOCKER]);
    assert!(ended.stderr.contains("someone/docker: README.md"), "it is told:\n{}", ended.stderr);
    assert_eq!((known(&stage, &[DOCKER]), usage(&stage, "2026-09-02")), (before.clone(), used));
    stage.assert_true();

    stage.pass(TimeDelta::hours(1));
    stage.change(|world| world.withhold_file(DOCKER, "README.md", false).expect("it is there"));
    stage.run();
    stage.assert_true();
    assert_ne!(known(&stage, &[DOCKER]), before);
}

#[rstest]
#[case::graphql("graphql", &[])]
#[case::rest("rest", &["/repositories/715/contents/docker always status:422"])]
#[tokio::test(flavor = "multi_thread")]
async fn a_dockerfile_that_could_not_be_had_is_not_taken_for_gone(#[case] api: &str, #[case] faults: &[&str]) {
    let mut stage = Stage::town().await;
    stage.run_with(&["--api", api]);
    let before = known(&stage, &[DOCKERED]);
    stage.pass(TimeDelta::hours(1));
    stage.change(|world| world.withhold_file(DOCKERED, "docker/web.Dockerfile", true).expect("it is there"));
    stage.faults(faults);
    let ended = run_without(&mut stage, api, &[DOCKERED]);
    assert!(ended.stderr.contains("staffer/tool: "), "it is told:\n{}", ended.stderr);
    assert_eq!(known(&stage, &[DOCKERED]), before);
    stage.assert_true();
    // What is gone, is.
    stage.faults(&[]);
    stage.pass(TimeDelta::hours(1));
    stage.change(|world| world.remove_file(DOCKERED, "docker/web.Dockerfile").expect("it is there"));
    stage.run_with(&["--api", api]);
    stage.assert_true();
    assert_ne!(known(&stage, &[DOCKERED]), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_that_could_not_be_had_are_those_of_the_morning_and_unknown_on_the_next_day() {
    let mut stage = Stage::town().await;
    let row = |day: &str, commits: Option<i64>, people: Option<i64>| json!({"snapshot_date": day, "commits": commits, "people": people, "has_score": commits.is_some()});
    let snapshots = |stage: &Stage| {
        let sql = "SELECT snapshot_date, commits_last_7_days AS commits, active_contributors AS people,
            activity_score IS NOT NULL AS has_score FROM fact_repo_snapshots WHERE repo_id = 701 ORDER BY 1";
        stage.scene.hublake.query(sql)
    };
    stage.run_with(&["--api", "rest"]);
    let morning = row("2026-09-02", Some(7), Some(4));
    assert_eq!(snapshots(&stage), std::slice::from_ref(&morning));
    stage.faults(&["/repositories/701 always status:422"]);
    for hours in [1, 1, 24] {
        stage.pass(TimeDelta::hours(hours));
        let (ended, _) = stage.try_run(&["--api", "rest"]);
        assert!(ended.stderr.contains("acme/flask-kit"), "it is told:\n{}", ended.stderr);
        for seen in stage.note().seen.iter_mut().filter(|seen| seen.truth.id == 701) {
            (seen.has_files, seen.has_activity) = (false, false);
        }
        stage.assert_true();
    }
    assert_eq!(snapshots(&stage), [morning, row("2026-09-03", None, None)]);
}
