//! Repositories whose traffic the token may not read.

use github_sim::{PushAccess, SimOptions, Token};
use rstest::rstest;
use serde_json::json;

use super::stage::{Stage, at, world};
use crate::scene::{REPOSITORY, name};

/// A token that may read the traffic of the first repository alone.
fn limited(text: &str) -> Token {
    Token { push_access: PushAccess::Only(vec![REPOSITORY.to_owned()]), ..Token::new(text) }
}

fn options() -> SimOptions {
    let tokens = ["ghp_limited", "github_pat_limited", "ghs_limited"].map(limited).to_vec();
    SimOptions { tokens, ..SimOptions::default() }
}

#[rstest]
#[case::of_a_person("ghp_limited", "push access to the repository")]
#[case::fine_grained("github_pat_limited", "\"Administration: read\" of the fine-grained token")]
#[case::of_an_app("ghs_limited", "\"Administration: read\" of the GitHub App")]
#[tokio::test(flavor = "multi_thread")]
async fn a_missing_right_is_recorded_the_others_are_collected_and_the_next_run_with_the_right_collects(
    #[case] token: &str,
    #[case] missing: &str,
) {
    let second = name(1);
    let mut stage = Stage::of(world(at(8, 3, 6, 0), 3), options()).await;
    stage.scene.hublake.set("GITHUB_TOKEN", token);
    stage.refuses(&[&second, &name(2)]);
    for day in [3, 4, 5] {
        let requests = stage.run_at(at(8, day, 6, 0));
        let refused: Vec<_> = requests.iter().filter(|one| one.status == 403).collect();
        assert_eq!(refused.len(), 4, "two requests tell it of a repository: {refused:?}");
        assert!(refused.iter().all(|one| one.refusal.is_none()), "no limit refused: {refused:?}");
    }
    stage.assert_true();
    let sql = "SELECT repo_id, missing_permission FROM stg_traffic_repositories ORDER BY 1";
    let said = stage.scene.hublake.query(sql);
    assert!(said[0]["missing_permission"].is_null(), "{said:?}");
    for row in &said[1..] {
        assert!(row["missing_permission"].as_str().is_some_and(|text| text.starts_with(missing)), "{said:?}");
    }
    let sql = "SELECT count(*) AS days FROM mart_traffic_daily WHERE repo_id = 502
        AND (status <> 'not permitted' OR views IS NOT NULL OR clones IS NOT NULL)";
    assert_eq!(stage.scene.hublake.query(sql), [json!({"days": 0})]);

    stage.scene.hublake.set("GITHUB_TOKEN", "ghp_test");
    stage.refuses(&[]);
    stage.run_at(at(8, 20, 6, 0));
    stage.assert_true();
    let sql = "SELECT status, count(*) AS days, min(calendar_date) AS first FROM mart_traffic_daily
        WHERE repo_id = 502 AND calendar_date >= '2026-08-01' GROUP BY status ORDER BY first";
    // After the right came, its first answer reaches back to the 7th, and to a part of the 6th.
    let run = |status: &str, days: i64, first: &str| json!({"status": status, "days": days, "first": first});
    assert_eq!(
        stage.scene.hublake.query(sql)[..3],
        [run("not permitted", 5, "2026-08-01"), run("partial", 2, "2026-08-06"), run("collected", 13, "2026-08-07")]
    );
    let sql = "SELECT count(*) AS missing FROM stg_traffic_repositories WHERE missing_permission IS NOT NULL";
    assert_eq!(stage.scene.hublake.query(sql), [json!({"missing": 0})]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_that_is_taken_away_leaves_what_was_collected_and_days_that_came_after_are_not_permitted() {
    let mut stage = Stage::new(at(8, 3, 6, 0), 2).await;
    stage.run_daily(2);
    let collected = "SELECT * FROM stg_traffic_daily WHERE repo_id = 501 ORDER BY day";
    let before = stage.scene.hublake.query(collected);
    stage.scene.github.sim().world_mut().set_push(REPOSITORY, false).expect("it is there");
    stage.refuses(&[REPOSITORY]);
    stage.run_at(at(8, 5, 6, 0));
    let requests = stage.run_at(at(8, 6, 6, 0));
    assert_eq!(requests.iter().filter(|one| one.status == 403).count(), 2, "{requests:?}");
    assert_eq!(stage.scene.hublake.query(collected), before);
    stage.assert_true();
    let sql = "SELECT calendar_date AS day, status FROM mart_traffic_daily
        WHERE repo_id = 501 AND calendar_date >= '2026-08-03' ORDER BY 1";
    let day = |day: &str, status: &str| json!({"day": day, "status": status});
    let days = [
        day("2026-08-03", "collected"),
        day("2026-08-04", "partial"),
        day("2026-08-05", "not permitted"),
        day("2026-08-06", "not permitted"),
    ];
    assert_eq!(stage.scene.hublake.query(sql), days);

    stage.scene.github.sim().world_mut().set_push(REPOSITORY, true).expect("it is there");
    stage.refuses(&[]);
    let requests = stage.run_at(at(8, 7, 6, 0));
    assert!(requests.iter().all(|one| one.status < 400), "{requests:?}");
    stage.assert_true();
}
