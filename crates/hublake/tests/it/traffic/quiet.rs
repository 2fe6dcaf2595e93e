//! Repositories that nobody visits.

use github_sim::{SimOptions, TrafficKind};
use serde_json::json;

use super::stage::{Stage, at, world};
use crate::scene::REPOSITORY;

#[tokio::test(flavor = "multi_thread")]
async fn thirty_days_without_visits_are_answered_304_cost_no_quota_and_are_collected_with_0() {
    let mut world = world(at(8, 1, 8, 0), 1);
    for kind in [TrafficKind::Views, TrafficKind::Clones] {
        world.set_visits(REPOSITORY, kind, &[]).expect("it is there");
    }
    let mut stage = Stage::of(world, SimOptions::default()).await;
    for day in 1..=30 {
        let requests = stage.run_at(at(8, day, 8, 0));
        let asked: Vec<_> = requests.iter().filter(|one| one.target.contains("/traffic/")).collect();
        // The weeks are asked for on the first day and on Mondays.
        let is_weekly = day == 1 || day % 7 == 3;
        assert_eq!(asked.len(), if is_weekly { 6 } else { 4 }, "{asked:?}");
        if day > 1 {
            assert!(asked.iter().all(|one| one.status == 304 && one.charged == 0), "{asked:?}");
            assert_eq!(stage.scene.github.sim().stats().quota_spent.get("core"), None);
        }
    }
    stage.assert_true();
    let sql = "SELECT count(*) AS days, sum(views + view_uniques + clones + clone_uniques) AS visits
        FROM mart_traffic_daily WHERE calendar_date BETWEEN '2026-07-19' AND '2026-08-29' AND status = 'collected'";
    assert_eq!(stage.scene.hublake.query(sql), [json!({"days": 42, "visits": 0})]);
    let sql = "SELECT count(*) AS weeks FROM mart_traffic_weekly
        WHERE is_complete AND views = 0 AND view_uniques = 0 AND clones = 0 AND clone_uniques = 0";
    // From 20 July to 23 August.
    assert_eq!(stage.scene.hublake.query(sql), [json!({"weeks": 5})]);
}
