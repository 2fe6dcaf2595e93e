//! The history of stars.

use chrono::TimeDelta;
use github_sim::RequestRecord;
use serde_json::{Value, json};

use super::stage::{Stage, at};
use crate::scene::{REPOSITORY, name};

fn histories(requests: &[RequestRecord]) -> Vec<&str> {
    requests.iter().map(|one| one.target.as_str()).filter(|target| target.contains("/stargazers/history")).collect()
}

/// The sum of the weeks of a repository, and its newest count.
fn sums(stage: &Stage, id: i64) -> Value {
    let sql = format!(
        "SELECT (SELECT sum(total) FROM stg_star_weeks WHERE repo_id = {id}) AS weeks,
            (SELECT max(stars) FROM mart_repository_stats_daily WHERE repo_id = {id}
             AND calendar_date = (SELECT max(calendar_date) FROM mart_repository_stats_daily
                                  WHERE repo_id = {id} AND stars IS NOT NULL)) AS stars"
    );
    stage.scene.hublake.query(&sql).remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_is_asked_for_only_when_the_number_changed_and_an_old_star_taken_back_leaves_its_week() {
    let start = at(8, 5, 10, 0);
    let mut world = super::stage::world(start, 2);
    // Stars of two years: the history of the second repository has four pages.
    let old = start.date_naive() - TimeDelta::weeks(104);
    let of = |weeks: i64, count| (old + TimeDelta::weeks(weeks), count);
    world.set_stars(name(1).as_str(), &[of(0, 7), of(1, 2), of(40, 3), of(80, 4), of(103, 5)]).expect("it is there");
    let mut stage = Stage::of(world, github_sim::SimOptions::default()).await;
    let requests = stage.run_well();
    assert_eq!(histories(&requests).len(), 1 + 4, "{requests:?}");
    assert_eq!(sums(&stage, 502), json!({"weeks": 21, "stars": 21}));
    stage.assert_true();

    let requests = stage.run_at(start + TimeDelta::days(1));
    assert!(histories(&requests).is_empty(), "{requests:?}");

    // New stars are on the first page.
    stage.go_to(start + TimeDelta::days(2));
    stage.scene.github.sim().world_mut().star(name(1).as_str(), 2).expect("it is there");
    let requests = stage.run_well();
    assert_eq!(histories(&requests).len(), 1, "{requests:?}");
    assert!(histories(&requests)[0].contains("/502/"), "{requests:?}");
    assert_eq!(sums(&stage, 502), json!({"weeks": 23, "stars": 23}));
    stage.assert_true();

    // One that is taken back from the oldest week is looked for on all pages.
    stage.go_to(start + TimeDelta::days(3));
    stage.scene.github.sim().world_mut().unstar(name(1).as_str(), old, 3).expect("it is there");
    stage.scene.github.sim().world_mut().star(REPOSITORY, 1).expect("it is there");
    let requests = stage.run_well();
    assert_eq!(histories(&requests).len(), 1 + 4, "{requests:?}");
    assert_eq!(sums(&stage, 502), json!({"weeks": 20, "stars": 20}));
    assert_eq!(sums(&stage, 501), json!({"weeks": 10, "stars": 10}));
    let sql =
        format!("SELECT stars_given FROM mart_repository_stats_daily WHERE repo_id = 502 AND calendar_date = '{old}'");
    assert_eq!(stage.scene.hublake.query(&sql), [json!({"stars_given": 4})]);
    stage.assert_true();
    assert!(histories(&stage.run_at(start + TimeDelta::days(4))).is_empty());
}
