//! A repository that is trending and that is also collected on its own.

use chrono::TimeDelta;
use github_sim::RequestRecord;

use super::stage::Stage;

const REPOSITORY: &str = "acme/busy";

fn run_traffic(stage: &Stage) -> Vec<RequestRecord> {
    stage.scene.github.wait_until_answered();
    stage.scene.github.sim().reset_stats();
    let ended = stage.scene.hublake.call(&["run", "traffic"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    stage.scene.github.sim().requests()
}

fn histories(requests: &[RequestRecord]) -> usize {
    requests.iter().filter(|one| one.target.contains("/stargazers/history")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_trending_asks_of_a_repository_is_not_taken_for_what_its_traffic_runs_asked() {
    let mut stage = Stage::town().await;
    let ended = stage.scene.hublake.call(&["add", REPOSITORY]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(histories(&run_traffic(&stage)) > 0);
    assert!(histories(&stage.run()) > 0);
    // No star came or went: the days of stars are known, today and tomorrow.
    for day in 1..=2 {
        stage.pass(TimeDelta::days(1));
        assert_eq!(histories(&run_traffic(&stage)), 0, "day {day}");
    }
}
