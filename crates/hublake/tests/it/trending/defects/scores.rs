//! Ranks.

use github_sim::SimOptions;
use serde_json::json;

use super::of_python;
use crate::trending::rules::Rules;
use crate::trending::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn defect_02_ranks_follow_momentum() {
    // Half of 1,000 of 1,000 stars and nothing for 100 days; half of a tenth and of 1; half of a half and of 0.75.
    let world = of_python(&[(1, 100, [993, 7]), (2, 10, [86, 14]), (3, 45, [500, 0])]);
    let mut stage = Stage::of(world, Rules::of_default(), SimOptions::default()).await;
    stage.run();
    let sql = "SELECT repo_full_name, stars, star_velocity, momentum_score, rank_overall, rank_in_language
        FROM analytics_trending_repos_current ORDER BY momentum_score DESC";
    let row = |name: &str, stars: i64, velocity: f64, momentum: f64, rank: i64| {
        json!({"repo_full_name": name, "stars": stars, "star_velocity": velocity, "momentum_score": momentum,
            "rank_overall": rank, "rank_in_language": rank})
    };
    let expected = [
        row("acme/python-3", 500, 0.0, 0.625, 1),
        row("acme/python-2", 100, 2.0, 0.55, 2),
        row("acme/python-1", 1_000, 1.0, 0.5, 3),
    ];
    let rows = stage.scene.hublake.query(sql);
    assert_eq!(rows, expected);

    let sql = "SELECT language_name, repo_full_name, rank_in_language FROM analytics_language_rankings
        ORDER BY rank_in_language";
    let ranking =
        |name: &str, rank: i64| json!({"language_name": "Python", "repo_full_name": name, "rank_in_language": rank});
    let expected = [ranking("acme/python-3", 1), ranking("acme/python-2", 2), ranking("acme/python-1", 3)];
    assert_eq!(stage.scene.hublake.query(sql), expected);

    let sql = "SELECT count(*) AS rows FROM analytics_trending_repos_current WHERE activity_score IS NULL";
    assert_eq!(stage.scene.hublake.query(sql), [json!({"rows": 0})], "the score of activity is known");
}
