//! What was, stays.

use chrono::TimeDelta;
use github_sim::SimOptions;
use serde_json::{Value, json};

use super::of_python;
use crate::trending::rules::Rules;
use crate::trending::stage::{Stage, noon};

#[tokio::test(flavor = "multi_thread")]
async fn defect_03_what_was_not_seen_today_has_no_snapshot_of_today() {
    let mut world = of_python(&[(1, 40, [100, 0]), (2, 50, [900, 0])]);
    world.set_pushed_at(2u64, noon() - TimeDelta::days(30)).expect("it is there");
    let mut stage = Stage::of(world, Rules::of_default(), SimOptions::default()).await;
    stage.run();
    stage.run_at(noon() + TimeDelta::days(1));
    let hublake = &stage.scene.hublake;
    let sql = "SELECT repo_id, snapshot_date, rank_overall, stars_most FROM fact_repo_snapshots ORDER BY 2, 1";
    let row = |id: i64, day: &str, rank: i64, most: i64| json!({"repo_id": id, "snapshot_date": day, "rank_overall": rank, "stars_most": most});
    let expected = [row(1, "2026-09-02", 2, 900), row(2, "2026-09-02", 1, 900), row(1, "2026-09-03", 1, 100)];
    assert_eq!(hublake.query(sql), expected);
    let sql = "SELECT repo_full_name FROM analytics_trending_repos_current";
    assert_eq!(hublake.query(sql), [json!({"repo_full_name": "acme/python-1"})]);
    stage.assert_true();
}

#[tokio::test(flavor = "multi_thread")]
async fn defect_04_history_survives_a_change_of_description() {
    let mut stage = Stage::of(of_python(&[(1, 40, [100, 0])]), Rules::of_default(), SimOptions::default()).await;
    stage.run();
    stage.go_to(noon() + TimeDelta::days(1));
    stage.change(|world| world.set_description(1u64, Some("Something else")).expect("it is there"));
    stage.run();
    stage.go_to(noon() + TimeDelta::days(2));
    stage.change(|world| world.set_file(1u64, "README.md", "# Now with a text\n").expect("a file"));
    stage.run();
    stage.run_at(noon() + TimeDelta::days(3));
    let hublake = &stage.scene.hublake;
    let sql = "SELECT snapshot_date FROM analytics_repo_history WHERE repo_full_name = 'acme/python-1' ORDER BY 1";
    let days: Vec<Value> = hublake.query(sql).iter().map(|row| row["snapshot_date"].clone()).collect();
    assert_eq!(days, ["2026-09-02", "2026-09-03", "2026-09-04", "2026-09-05"], "views join on the lasting id");

    let held = "SELECT s.snapshot_date, d.description, d.readme_content, d.is_current FROM fact_repo_snapshots s
        JOIN dim_repositories d USING (repo_key) ORDER BY 1";
    let row = |day: &str, description: &str, readme: Option<&str>, is_current: bool| json!({"snapshot_date": day, "description": description, "readme_content": readme, "is_current": is_current});
    let text = Some("# Now with a text\n");
    let expected = [
        row("2026-09-02", "What acme/python-1 is for", None, false),
        row("2026-09-03", "Something else", None, false),
        row("2026-09-04", "Something else", text, true),
        row("2026-09-05", "Something else", text, true),
    ];
    assert_eq!(hublake.query(held), expected);
    let sql = "SELECT s.snapshot_date, count(*) AS versions FROM fact_repo_snapshots s JOIN dim_repositories d
        ON d.repo_id = s.repo_id AND d.valid_from <= s.seen_at AND (d.valid_to IS NULL OR d.valid_to > s.seen_at)
        WHERE d.repo_key = s.repo_key GROUP BY 1";
    let rows = hublake.query(sql);
    assert!(rows.len() == 4 && rows.iter().all(|row| row["versions"] == 1), "{rows:?}");
    stage.assert_true();
}

#[tokio::test(flavor = "multi_thread")]
async fn defect_11_raw_is_appended_to() {
    let mut stage = Stage::of(of_python(&[(1, 40, [100, 0])]), Rules::of_default(), SimOptions::default()).await;
    stage.run();
    let first = "SELECT * FROM raw_github_repos WHERE run_id = 'run-00000001' ORDER BY found_by, item_index";
    let before = stage.scene.hublake.query(first);
    assert!(!before.is_empty());
    stage.go_to(noon() + TimeDelta::hours(1));
    stage.change(|world| world.star(1u64, 5).expect("it is there"));
    stage.run();
    let hublake = &stage.scene.hublake;
    assert_eq!(hublake.query(first), before);
    let sql = "SELECT run_id, count(*) > 0 AS are_there FROM raw_github_repos GROUP BY 1 ORDER BY 1";
    let row = |run: &str| json!({"run_id": run, "are_there": true});
    assert_eq!(hublake.query(sql), [row("run-00000001"), row("run-00000002")]);
    let payloads =
        hublake.query("SELECT DISTINCT run_id, payload FROM raw_github_repos WHERE found_by = 'search' ORDER BY 1");
    let stars: Vec<Value> = payloads
        .iter()
        .map(|row| row["payload"].as_str().and_then(|text| serde_json::from_str::<Value>(text).ok()).expect("JSON"))
        .map(|payload| payload["stargazers_count"].clone())
        .collect();
    assert_eq!(stars, [100, 105], "each run keeps what it was told");
}
