//! What is said of a run before it is what the run then takes.

use chrono::TimeDelta;
use github_sim::{GenerateOptions, LimitOptions, SimOptions, World};
use rstest::rstest;
use serde_json::{Value, json};

use crate::scene::{REPOSITORY, Scene, beginning, name, text, world};

/// The estimate may be off by this part of the truth.
const MARGIN: f64 = 0.10;

/// `hublake plan issues ... --format json`
fn plan(scene: &Scene, options: &[&str]) -> Value {
    let stdout = scene.hublake.succeed(&[&["plan", "issues", "--format", "json"], options].concat());
    let mut plans: Vec<Value> = serde_json::from_str(&stdout).expect("a JSON array");
    assert_eq!(plans.len(), 1);
    plans.remove(0)["forecast"].take()
}

/// Plans, runs, and fails unless the run took what the plan said; gives the plan.
fn assert_foreseen(scene: &Scene, options: &[&str]) -> Value {
    let plan = plan(scene, options);
    let sent = scene.run_well(options).len();
    let runs: Value = serde_json::from_str(&scene.hublake.succeed(&["runs", "--format", "json"])).expect("JSON");
    let run = &runs[0];
    assert_eq!(run["requests"], json!(sent), "{run}");
    let total = &plan["total"];
    let foreseen = |key: &str| total[key].as_f64().expect("a number");
    for (what, foreseen, truth) in [
        ("requests", foreseen("requests"), &run["requests"]),
        ("not modified", foreseen("not_modified"), &run["not_modified"]),
        ("quota and points", foreseen("core") + foreseen("graphql"), &run["quota"]),
    ] {
        let truth = truth.as_f64().expect("a number");
        assert!((foreseen - truth).abs() <= MARGIN * truth, "{what}: {foreseen} foreseen, {truth} taken; {plan:#}");
    }
    assert_eq!(plan["suffices"], json!(true), "{plan:#}");
    plan
}

/// A thousand issues and pull requests with about six state events each.
fn thousand(repos: u32) -> World {
    let mut world = World::new(beginning());
    world.generate_with_events(&GenerateOptions { repos, issues: 1_000, seed: 7, ..GenerateOptions::default() }, 6);
    world
}

async fn first(repos: u32) -> Scene {
    let scene = Scene::of(thousand(repos), SimOptions::default()).await;
    scene.add_all();
    scene
}

#[rstest]
#[case::by_graphql(&[])]
#[case::by_rest(&["--api", "rest"])]
#[case::in_full(&["--full"])]
#[case::in_full_by_rest(&["--full", "--api", "rest"])]
#[tokio::test(flavor = "multi_thread")]
async fn a_first_load_takes_what_the_plan_says(#[case] options: &[&str]) {
    let scene = first(1).await;
    let plan = assert_foreseen(&scene, options);
    assert_eq!(plan["repositories"][0]["outlook"], json!("first_load"));
    assert_eq!(plan["repositories"][0]["items"], json!(1_000));
}

#[rstest]
#[case::by_graphql(&["", "--sweep", "--full"])]
#[case::by_rest(&["--api rest", "--full --api rest"])]
#[case::down_to_an_instant(&["--overlap 400d", "--since 2026-01-01"])]
#[tokio::test(flavor = "multi_thread")]
async fn a_run_over_250_changed_items_takes_what_the_plan_says(#[case] all: &[&str]) {
    let mut scene = first(1).await;
    scene.run_well(&[]);
    for options in all {
        scene.change(250, 1);
        let outlook = if options.contains("--full") { "full_load" } else { "changed" };
        let options: Vec<&str> = options.split_whitespace().collect();
        let plan = assert_foreseen(&scene, &options);
        assert_eq!(plan["repositories"][0]["outlook"], json!(outlook), "{options:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_over_an_idle_repository_takes_what_the_plan_says() {
    let scene = first(1).await;
    scene.run_well(&[]);
    let all: [&[&str]; 5] = [&["--api", "rest"], &[], &["--sweep"], &["--sweep", "--api", "rest"], &["--full"]];
    for options in all {
        assert_foreseen(&scene, options);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn planning_an_idle_run_takes_no_quota() {
    let scene = first(1).await;
    scene.run_well(&[]);
    // It looks for vanished issues, which is due once a week.
    scene.run_well(&[]);
    scene.github.sim().reset_stats();
    let plan = plan(&scene, &[]);
    assert_eq!(scene.github.sim().stats().quota_spent.values().sum::<u64>(), 0);
    let no_quota = json!({"requests": 1, "not_modified": 1, "core": 0, "graphql": 0});
    assert_eq!(plan["total"], no_quota);
    assert_eq!((&plan["planning"]["core"], &plan["planning"]["graphql"]), (&json!(0), &json!(0)));
    assert_eq!(plan["repositories"][0]["outlook"], json!("unchanged"));
}

#[rstest]
#[case::by_graphql(&[])]
#[case::by_rest(&["--api", "rest"])]
#[tokio::test(flavor = "multi_thread")]
async fn the_weekly_search_and_the_weekly_repair_are_foreseen(#[case] options: &[&str]) {
    let mut scene = Scene::published(&[1_000]).await;
    scene.pass(TimeDelta::days(8));
    assert_foreseen(&scene, options);
    scene.pass(TimeDelta::days(8));
    scene.change(250, 1);
    assert_foreseen(&scene, options);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_repositories_are_foreseen_each_for_itself() {
    let mut scene = Scene::of(world(&[350, 100, 101, 0, 1, 730]), SimOptions::default()).await;
    scene.add_all();
    let plan = assert_foreseen(&scene, &[]);
    let items: Vec<_> = plan["repositories"].as_array().expect("rows").iter().map(|row| row["items"].clone()).collect();
    assert_eq!(items, [350, 100, 101, 0, 1, 730].map(|count| json!(count)));
    assert_eq!(plan["planning"]["graphql"], json!(1), "one query counts them all");
    scene.change(400, 3);
    assert_foreseen(&scene, &[]);
    scene.change(30, 6);
    assert_foreseen(&scene, &["--repo", REPOSITORY, "--repo", &name(5)]);
    assert_foreseen(&scene, &[]);
}

#[rstest]
#[case::by_rest(&["--api", "rest"])]
#[case::by_default(&[])]
#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_a_plan_counts_against_the_small_limit(#[case] options: &[&str]) {
    let mut scene = first(1).await;
    scene.hublake.set("GITHUB_TOKEN", "");
    let plan = plan(&scene, options);
    assert_eq!((&plan["api"], &plan["suffices"]), (&json!("rest"), &json!(false)), "{plan:#}");
    assert_eq!(plan["limits"][0]["limit"], json!(60));
    let ended = scene.hublake.call(&["plan", "issues", "--api", "graphql"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("needs a token") && ended.stderr.contains("hint: "), "{}", ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_does_not_suffice_is_said_before_the_run() {
    let limits = LimitOptions { core: 10, graphql: 1_000, ..LimitOptions::default() };
    let scene = Scene::of(thousand(1), SimOptions { limits, ..SimOptions::default() }).await;
    scene.add_all();
    let plan = plan(&scene, &[]);
    let core = &plan["limits"][0];
    assert_eq!((&core["resource"], &core["needed"], &core["limit"]), (&json!("core"), &json!(11), &json!(10)));
    // One is spent by adding the repository, one is the floor.
    assert_eq!((&core["available"], &core["floor"], &core["suffices"]), (&json!(8), &json!(1), &json!(false)));
    assert_eq!(core["waits_until"], json!(text(beginning() + TimeDelta::hours(1))));
    assert_eq!(plan["suffices"], json!(false));
    assert!(plan["expected_seconds"].as_f64().expect("a number") > 3_500.0, "{plan:#}");
    let said = scene.hublake.succeed(&["plan", "issues"]);
    assert!(said.contains("core: 3 requests short; a run would wait until 2026-09-01 13:00 UTC"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_limit_is_used_up_a_plan_does_not_wait_and_says_what_it_cannot_know() {
    let mut scene = first(1).await;
    scene.run_well(&[]);
    scene.change(250, 1);
    scene.github.sim().set_limits(LimitOptions { core: 1, ..LimitOptions::default() });
    let first = plan(&scene, &[]);
    assert_eq!((&first["repositories"][0]["outlook"], &first["suffices"]), (&json!("changed"), &json!(false)));
    let second = plan(&scene, &[]);
    let row = &second["repositories"][0];
    assert_eq!(
        (&row["outlook"], &row["items"], &row["is_approximate"]),
        (&json!("unknown"), &json!(null), &json!(true))
    );
    assert!(row["message"].as_str().is_some_and(|message| message.contains("used up until")), "{row}");
    assert_eq!((&second["limits"][0]["available"], &second["suffices"]), (&json!(0), &json!(false)), "{second:#}");
    let said = scene.hublake.succeed(&["plan", "issues"]);
    assert!(said.contains("not known") && said.contains("1 request short"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn planning_changes_nothing() {
    let mut scene = first(2).await;
    let (kept, other) = ("sim-org-00/repo-0000", "sim-org-00/repo-0001");
    scene.hublake.succeed(&["remove", other, "--yes"]);
    scene.run_well(&[]);
    scene.change(30, 1);
    let before = (scene.hublake.succeed(&["list"]), scene.hublake.succeed(&["runs"]), scene.delta_versions());
    plan(&scene, &["--full", "--sweep"]);
    plan(&scene, &[]);
    let both = plan(&scene, &["--repo", kept, "--repo", other]);
    assert_eq!(both["repositories"].as_array().map(Vec::len), Some(2), "{both:#}");
    let after = (scene.hublake.succeed(&["list"]), scene.hublake.succeed(&["runs"]), scene.delta_versions());
    assert_eq!(after, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_can_be_asked_about_before_there_is_a_home() {
    let scene = Scene::new(&[350]).await;
    let plan = plan(&scene, &["--repo", REPOSITORY]);
    assert_eq!(plan["total"], json!({"requests": 9, "not_modified": 0, "core": 5, "graphql": 4}));
    assert!(!scene.hublake.home().exists(), "a plan makes no home");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_steps_are_told_whatever_github_says() {
    let mut scene = first(1).await;
    let steps = scene.hublake.succeed(&["plan", "issues", "--steps"]);
    let as_json: Value =
        serde_json::from_str(&scene.hublake.succeed(&["plan", "issues", "--steps", "--format", "json"])).expect("JSON");
    assert_eq!((&as_json[0]["steps"][0]["name"], &as_json[0]["forecast"]), (&json!("collect"), &json!(null)));
    scene.github.sim().world_mut().block_repository("sim-org-00/repo-0000").expect("it is there");
    let refused = scene.hublake.call(&["plan", "issues"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("blocked for legal reasons"), "{}", refused.stderr);
    scene.hublake.set("GITHUB_TOKEN", "no-such-token");
    let unknown = scene.hublake.call(&["plan", "issues"]);
    assert_eq!(unknown.code, Some(1), "{unknown:?}");
    assert!(unknown.stderr.contains("GitHub does not accept the token"), "{}", unknown.stderr);
    scene.hublake.set("GITHUB_API_URL", "http://127.0.0.1:9/");
    assert_eq!(scene.hublake.succeed(&["plan", "issues", "--steps"]), steps);
    let offline = scene.hublake.call(&["plan", "issues"]);
    assert_eq!(offline.code, Some(1));
    assert!(
        offline.stdout.contains("step collect") && offline.stderr.contains("hint: check the network"),
        "{offline:?}"
    );
}
