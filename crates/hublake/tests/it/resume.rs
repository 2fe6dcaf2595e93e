//! A first load that is killed goes on where the lake ends.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use github_sim::RequestRecord;

use crate::scene::{REPOSITORY, Scene, assert_same, beginning, contents};

/// Far longer than anything here takes.
const TOO_LONG: Duration = Duration::from_secs(60);

/// Starts `hublake run issues` and kills it when GitHub has the answer to its `last`-th request ready; the answer
/// to the `held`-th is held back until a group is in the lake and the control store knows it.
fn killed_run(scene: &Scene, held: u64, last: u64) {
    let home = scene.hublake.home();
    scene.github.wait_until_answered();
    scene.github.sim().on_request(held, move |_| wait_for_group(&home));
    let process = Arc::new(AtomicU32::new(0));
    let victim = Arc::clone(&process);
    scene.github.sim().on_request(last, move |_| kill(victim.load(Ordering::SeqCst)));
    let mut child = scene
        .hublake
        .command(&["run", "issues"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    process.store(child.id(), Ordering::SeqCst);
    let ended = child.wait().expect("it can be waited for");
    assert_eq!(ended.code(), None, "it ended before its {last}th request");
}

/// The control store learns of a group after the lake has it.
fn wait_for_group(home: &Path) {
    let log = home.join("control.db-wal");
    let size = || std::fs::metadata(&log).map(|found| found.len()).unwrap_or_default();
    let (before, started) = (size(), Instant::now());
    while size() == before {
        assert!(started.elapsed() < TOO_LONG, "no group was committed");
        std::thread::yield_now();
    }
}

fn kill(process: u32) {
    let killed = Command::new("kill").args(["-9", &process.to_string()]).status().expect("kill is there");
    assert!(killed.success());
}

fn since(request: &RequestRecord) -> Option<DateTime<Utc>> {
    let (_, rest) = request.target.split_once("since=")?;
    let text = rest.split('&').next()?.replace("%3A", ":");
    Some(text.parse().expect("an instant"))
}

/// Pages of the list; between them the events of their issues are asked for.
fn lists(requests: &[RequestRecord]) -> usize {
    requests.iter().filter(|request| request.method == "GET").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_first_load_goes_on_by_time_while_300_issues_changed() {
    let mut scene = Scene::new(&[1_000]).await;
    scene.add_all();
    // The probe and three pages are in the lake, two more have come and are lost.
    killed_run(&scene, 8, 10);
    let committed = scene.github.sim().world().repository(REPOSITORY).expect("it is there").issue(300);
    let committed_at = committed.expect("issue 300 is there").updated_at;
    assert!(scene.hublake.try_query("SELECT 1").is_err(), "nothing is published");

    assert_eq!(scene.change(300, 1).len(), 300);
    let left = scene.github.sim().world().issues(REPOSITORY);
    let left = left.iter().filter(|issue| issue.updated_at >= committed_at).count();
    let requests = scene.run_well(&[]);
    assert_eq!(since(&requests[0]), Some(committed_at), "{requests:#?}");
    assert_eq!(lists(&requests), left.div_ceil(100), "{requests:#?}");
    scene.assert_true();
    assert_same(&contents(&scene.hublake), &scene.undisturbed(), "resumed");

    scene.run_well(&[]);
    assert_eq!(scene.run_well(&[]).len(), 1);
    scene.assert_true();
    let modes =
        scene.hublake.query("SELECT run_id, mode, since FROM raw_runs WHERE stream = 'issues' ORDER BY run_seq");
    assert_eq!(modes[0]["mode"], "resumed", "{modes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_load_killed_twice_loses_nothing() {
    let mut scene = Scene::new(&[600]).await;
    scene.add_all();
    killed_run(&scene, 3, 4);
    scene.change(50, 1);
    killed_run(&scene, 3, 4);
    scene.change(50, 1);
    scene.run_well(&[]);
    scene.assert_true();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_first_load_is_begun_anew_by_full() {
    let scene = Scene::new(&[300]).await;
    scene.add_all();
    killed_run(&scene, 3, 4);
    let requests = scene.run_well(&["--full"]);
    assert!(requests.iter().all(|request| since(request).is_none()), "{requests:#?}");
    assert_eq!(lists(&requests), 4);
    scene.assert_true();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_incremental_run_is_begun_anew_from_what_is_published() {
    let mut scene = Scene::published(&[500]).await;
    let before = contents(&scene.hublake);
    scene.change(350, 1);
    killed_run(&scene, 3, 4);
    assert_same(&contents(&scene.hublake), &before, "after the kill");
    scene.change(20, 1);
    scene.run_well(&[]);
    scene.assert_true();
    assert_same(&contents(&scene.hublake), &scene.undisturbed(), "after the next run");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_row_of_a_killed_run_is_not_there_and_its_raw_rows_count_only_once_the_load_is_complete() {
    let scene = Scene::new(&[300]).await;
    scene.add_all();
    killed_run(&scene, 4, 4);
    scene.run_well(&[]);
    let runs = scene.hublake.query("SELECT run_id, status, max_issue_updated_at FROM raw_runs WHERE stream = 'issues'");
    assert_eq!(runs.len(), 1, "{runs:?}");
    assert_eq!((runs[0]["run_id"].as_str(), runs[0]["status"].as_str()), (Some("run-00000002"), Some("success")));
    assert_eq!(runs[0]["max_issue_updated_at"], json_instant(beginning() - TimeDelta::days(1)));
    let listed: serde_json::Value =
        serde_json::from_str(&scene.hublake.succeed(&["runs", "--format", "json"])).expect("JSON");
    assert_eq!((&listed[0]["state"], &listed[1]["state"]), (&"done".into(), &"interrupted".into()), "{listed:#}");
    scene.assert_true();
}

fn json_instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
