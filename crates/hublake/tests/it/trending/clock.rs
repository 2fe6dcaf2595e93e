//! A clock that was ahead once.

use chrono::TimeDelta;
use github_sim::SimOptions;
use serde_json::json;

use super::defects::of_python;
use super::rules::Rules;
use super::stage::{Stage, noon};

#[tokio::test(flavor = "multi_thread")]
async fn after_a_run_of_a_clock_that_was_ahead_the_next_one_is_current_and_its_changes_are_told() {
    let world = of_python(&[(1, 40, [100, 0]), (2, 50, [900, 0])]);
    let mut stage = Stage::of(world, Rules::of_default(), SimOptions::default()).await;
    stage.scene.hublake.set_now(noon() + TimeDelta::days(5));
    stage.run();
    stage.go_to(noon() + TimeDelta::hours(1));
    stage.change(|world| {
        world.rename_repository("acme/python-1", "acme/renamed").expect("it is there");
        world.set_description(1u64, Some("Something else")).expect("it is there");
        world.star(1u64, 5).expect("it is there");
    });
    stage.run();
    let hublake = &stage.scene.hublake;
    let sql =
        "SELECT repo_full_name, description, snapshot_date, stars FROM analytics_trending_repos_current ORDER BY 1";
    let row = |name: &str, description: &str, stars: u32| json!({"repo_full_name": name, "description": description, "snapshot_date": "2026-09-02", "stars": stars});
    let expected = [row("acme/python-2", "What acme/python-2 is for", 900), row("acme/renamed", "Something else", 105)];
    assert_eq!(hublake.query(sql), expected);
    for view in ["analytics_language_rankings", "analytics_language_trends", "analytics_trending_explained"] {
        let days = format!("SELECT DISTINCT snapshot_date FROM {view} WHERE snapshot_date IS NOT NULL");
        assert_eq!(hublake.query(&days), [json!({"snapshot_date": "2026-09-02"})], "{view}");
    }
    let sql = "SELECT repo_full_name FROM stg_repos_validated WHERE repo_id = 1";
    assert_eq!(hublake.query(sql), [json!({"repo_full_name": "acme/renamed"})]);
    let sql = "SELECT repo_key, repo_full_name, valid_from, valid_to, is_current FROM dim_repositories
        WHERE repo_id = 1 ORDER BY 1";
    let (first, second) = ("2026-09-07T12:00:00Z", "2026-09-07T12:00:00.000001Z");
    let expected = [
        json!({"repo_key": 1_000_001, "repo_full_name": "acme/python-1", "valid_from": first, "valid_to": second, "is_current": false}),
        json!({"repo_key": 1_000_002, "repo_full_name": "acme/renamed", "valid_from": second, "valid_to": null, "is_current": true}),
    ];
    assert_eq!(hublake.query(sql), expected);
    let sql = "SELECT snapshot_date, repo_key FROM fact_repo_snapshots WHERE repo_id = 1 ORDER BY 1";
    let row = |day: &str, key: u64| json!({"snapshot_date": day, "repo_key": key});
    assert_eq!(hublake.query(sql), [row("2026-09-02", 1_000_002), row("2026-09-07", 1_000_001)]);
    let told = hublake.succeed(&["trending", "acme/renamed"]);
    assert!(told.contains("2026-09-02") && !told.contains("2026-09-07"), "{told}");
}
