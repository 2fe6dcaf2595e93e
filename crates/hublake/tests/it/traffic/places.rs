//! Repositories that are renamed or removed, traffic beside issues, and the names of the post.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::stage::{Stage, at};
use super::stored::{OF_THE_RUN, stored};
use crate::program::Hublake;
use crate::scene::{REPOSITORY, contents, name};

/// Tables that give the names of repositories.
const NAMED: [&str; 10] = [
    "mart_traffic_daily",
    "mart_traffic_weekly",
    "mart_traffic_monthly",
    "mart_traffic_referrers",
    "mart_traffic_paths",
    "mart_repository_stats_daily",
    "stg_traffic_state",
    "stg_traffic_repositories",
    "stg_star_weeks",
    "stg_repository_names",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_renamed_between_runs_has_one_history_under_its_new_name() {
    let start = at(7, 30, 10, 0);
    let mut stage = Stage::new(start, 2).await;
    stage.run_daily(2);
    stage.scene.github.sim().world_mut().rename_repository(REPOSITORY, "apex/shuttle").expect("the name is free");
    // In another month: the rows of the old one are not written again.
    stage.run_at(start + TimeDelta::days(20));
    stage.assert_true();
    for table in &NAMED[..9] {
        let sql =
            format!("SELECT DISTINCT repo_id, repo_full_name, repo_owner, repo_name FROM {table} ORDER BY repo_id");
        let row = |id: i64, owner: &str, name: &str| json!({"repo_id": id, "repo_full_name": format!("{owner}/{name}"), "repo_owner": owner, "repo_name": name});
        assert_eq!(
            stage.scene.hublake.query(&sql),
            [row(501, "apex", "shuttle"), row(502, "acme", "rocket-2")],
            "{table}"
        );
    }
    for view in ["views", "clones", "views_golden", "clones_golden"] {
        let sql = format!("SELECT DISTINCT repo FROM {view} ORDER BY repo");
        let repos = [json!({"repo": "acme/rocket-2"}), json!({"repo": "apex/shuttle"})];
        assert_eq!(stage.scene.hublake.query(&sql), repos, "{view}");
    }
    let listed = stage.scene.hublake.succeed(&["list", "--format", "json"]);
    assert!(listed.contains("\"apex/shuttle\"") && !listed.contains("\"acme/rocket\""), "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_views_of_the_post_have_a_row_for_each_repository_and_known_day() {
    let mut stage = Stage::new(at(8, 5, 10, 0), 2).await;
    stage.run_daily(2);
    stage.go_to(at(8, 26, 10, 0));
    stage.run_well();
    for measure in ["views", "clones"] {
        let mut known: Vec<Value> = Vec::new();
        let mut golden: Vec<Value> = Vec::new();
        for one in stage.watched() {
            for day in one.mart_daily(None) {
                let (count, uniques) = match measure {
                    "views" => (day.views, day.view_uniques),
                    _ => (day.clones, day.clone_uniques),
                };
                let row = json!({"repo": one.columns.repo_full_name, "uniques": uniques, "count": count,
                                 "timestamp": format!("{}T00:00:00Z", day.calendar_date)});
                known.extend(count.is_some().then(|| row.clone()));
                golden.extend((day.status == "collected").then_some(row));
            }
        }
        assert!(golden.len() < known.len(), "some days are partial");
        for (view, expected) in [(measure.to_owned(), known), (format!("{measure}_golden"), golden)] {
            let rows = stage.scene.hublake.query(&format!("SELECT * FROM {view} ORDER BY repo, timestamp"));
            let columns: Vec<&str> = rows[0].as_object().expect("a row").keys().map(String::as_str).collect();
            assert_eq!(columns.len(), 4, "{columns:?}");
            crate::scene::assert_same(&rows, &expected, &view);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purge_takes_the_traffic_of_one_repository_and_leaves_that_of_the_others() {
    let mut stage = Stage::new(at(7, 20, 10, 0), 3).await;
    stage.run_daily(3);
    stage.run_at(at(8, 4, 10, 0));
    let before = stored(&stage.scene.hublake, OF_THE_RUN);
    stage.scene.hublake.succeed(&["remove", &name(1), "--yes", "--purge"]);
    let after = stored(&stage.scene.hublake, OF_THE_RUN);
    let others: Vec<&String> = before.iter().filter(|row| row.split('|').nth(1) != Some("502")).collect();
    assert!(others.len() < before.len() && others.len() > before.len() / 2, "{} of {}", others.len(), before.len());
    crate::scene::assert_same(&after.iter().collect::<Vec<_>>(), &others, "after the purge");
    for table in &NAMED[..9] {
        let sql = format!("SELECT count(*) AS rows FROM {table} WHERE repo_id = 502");
        assert_eq!(stage.scene.hublake.query(&sql), [json!({"rows": 0})], "{table}");
    }
    // What is left goes on. What comes back is asked for anew, and its raw answers tell its history again.
    stage.go_to(at(8, 10, 10, 0));
    stage.scene.hublake.succeed(&["add", &name(1)]);
    let requests = stage.run_well();
    let again: Vec<_> = requests.iter().filter(|one| one.target.contains("/502/")).collect();
    assert!(again.len() == 7 && again.iter().all(|one| one.status == 200), "{requests:?}");
    stage.assert_true_but(&["mart_repository_stats_daily"]);
}

fn as_of(hublake: &Hublake, sql: &str, instant: &str) -> Value {
    let stdout = hublake.succeed(&["query", sql, "--as-of", instant, "--format", "json"]);
    serde_json::from_str::<Value>(&stdout).expect("JSON")[0].take()
}

#[tokio::test(flavor = "multi_thread")]
async fn issues_and_traffic_side_by_side_are_both_right_now_and_as_of_then() {
    let mut stage = Stage::new(at(8, 5, 10, 0), 2).await;
    stage.scene.hublake.succeed(&["run", "issues"]);
    let issues = contents(&stage.scene.hublake);
    stage.run_well();
    assert_eq!(contents(&stage.scene.hublake), issues, "traffic leaves the issues alone");
    stage.scene.assert_true();
    stage.assert_true();
    let traffic = stored(&stage.scene.hublake, OF_THE_RUN);

    stage.go_to(at(8, 7, 10, 0));
    stage.scene.github.sim().world_mut().close_issue(REPOSITORY, 1).expect("it is there");
    stage.scene.hublake.succeed(&["run", "issues"]);
    assert_eq!(stored(&stage.scene.hublake, OF_THE_RUN), traffic, "issues leave the traffic alone");
    stage.go_to(at(8, 9, 10, 0));
    stage.run_well();
    stage.scene.assert_true();
    stage.assert_true();

    let both = "SELECT
            (SELECT count(*) FROM stg_issue_current WHERE state = 'open' AND NOT is_pull_request) AS open,
            (SELECT max(day) FROM stg_traffic_coverage) AS last";
    for (instant, expected) in [
        ("2026-08-06T00:00:00Z", json!({"open": 1, "last": "2026-08-05"})),
        ("2026-08-08T00:00:00Z", json!({"open": 0, "last": "2026-08-05"})),
        ("2026-08-09T12:00:00Z", json!({"open": 0, "last": "2026-08-09"})),
    ] {
        assert_eq!(as_of(&stage.scene.hublake, both, instant), expected, "{instant}");
    }
    let dense = "SELECT max(calendar_date) AS last FROM mart_traffic_daily";
    assert_eq!(as_of(&stage.scene.hublake, dense, "2026-08-08T00:00:00Z"), json!({"last": "2026-08-08"}));
}
