//! What is looked for, and how it is scored, is a matter of settings.

use chrono::TimeDelta;
use github_sim::{SimOptions, World};
use serde_json::json;

use super::rules::{Language, Momentum, Rules};
use super::stage::{Stage, noon};
use super::world::{Plot, build};

/// Rust, Java and Python, of several ages.
fn world() -> World {
    let mut world = World::new(noon());
    for (id, language, age, stars) in [
        (1, "Rust", 10, [500, 20]),
        (2, "Rust", 100, [2_000, 3]),
        (3, "Java", 50, [700, 0]),
        (4, "Python", 25, [90, 9]),
        (5, "Rust", 65, [40, 0]),
    ] {
        let name = format!("acme/project-{id}");
        build(&mut world, &Plot { id, name: &name, language: Some(language), age, pushed: 1, stars });
    }
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn another_language_is_one_line() {
    let languages = ["Rust", "Java"].map(Language::of).to_vec();
    let mut stage = Stage::of(world(), Rules { languages, ..Rules::of_default() }, SimOptions::default()).await;
    stage.run();
    stage.assert_true();
    let sql = "SELECT language_name, language_category, ecosystem_size, language_key > 1000 AS is_other
        FROM dim_languages WHERE language_key > 4 ORDER BY 1";
    let row = |name: &str| json!({"language_name": name, "language_category": "general", "ecosystem_size": "medium", "is_other": true});
    assert_eq!(stage.scene.hublake.query(sql), [row("Java"), row("Rust")]);
    let sql = "SELECT count(*) AS rows FROM analytics_language_rankings WHERE language_name = 'Rust'";
    assert_eq!(stage.scene.hublake.query(sql), [json!({"rows": 3})]);
}

#[tokio::test(flavor = "multi_thread")]
async fn scores_follow_the_settings_and_those_of_before_stay_as_they_were() {
    let languages = ["Rust", "Python"].map(Language::of).to_vec();
    let first = Rules { languages, momentum: Momentum::recent(), ..Rules::of_default() };
    let mut stage = Stage::of(world(), first.clone(), SimOptions::default()).await;
    stage.run();
    stage.assert_true();
    let sql = "SELECT momentum_name, momentum_score, rank_overall FROM fact_repo_snapshots WHERE repo_id = 1";
    let row = &stage.scene.hublake.query(sql)[0];
    // 0.3 of 520 of 2,003 stars, and 0.7 of 1 for ten days.
    let score = row["momentum_score"].as_f64().expect("a number");
    assert!((score - (0.3 * 520.0 / 2_003.0 + 0.7)).abs() < 1e-9, "{row}");
    assert_eq!((&row["momentum_name"], &row["rank_overall"]), (&json!("recent"), &json!(1)));

    let of_day = "SELECT * FROM fact_repo_snapshots WHERE snapshot_date = '2026-09-02' ORDER BY repo_id";
    let before = stage.scene.hublake.query(of_day);
    let steps = vec![(7, 1.0), (70, 0.25)];
    let own = Momentum { name: "own", star_weight: 0.9, recency_weight: 0.1, steps, after: 0.05 };
    stage.set_rules(Rules { momentum: own, ..first });
    stage.pass(TimeDelta::days(1));
    stage.run();
    assert_eq!(stage.scene.hublake.query(of_day), before, "a day that is over is not scored again");
    let sql =
        "SELECT repo_id, momentum_score FROM fact_repo_snapshots WHERE snapshot_date = '2026-09-03' ORDER BY 2 DESC";
    let rows = stage.scene.hublake.query(sql);
    let scores: Vec<(i64, f64)> = rows
        .iter()
        .map(|row| (row["repo_id"].as_i64().expect("an id"), row["momentum_score"].as_f64().expect("a number")))
        .collect();
    let share = |stars: f64| 0.9 * stars / 2_003.0;
    let expected = [
        (2, 0.9 + 0.1 * 0.05),
        (1, share(520.0) + 0.1 * 0.25),
        (4, share(99.0) + 0.1 * 0.25),
        (5, share(40.0) + 0.1 * 0.25),
    ];
    assert_eq!(scores.len(), expected.len());
    for ((id, score), (expected_id, expected_score)) in scores.iter().zip(&expected) {
        assert_eq!(id, expected_id);
        assert!((score - expected_score).abs() < 1e-9, "{id}: {score}, expected {expected_score}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_score_is_explained_so_that_it_can_be_added_up_by_hand() {
    let languages = ["Rust", "Python"].map(Language::of).to_vec();
    let mut stage = Stage::of(world(), Rules { languages, ..Rules::of_default() }, SimOptions::default()).await;
    stage.run();
    let rows = stage.scene.hublake.query("SELECT * FROM analytics_trending_explained");
    assert_eq!(rows.len(), 4);
    for row in &rows {
        let number = |column: &str| row[column].as_f64().unwrap_or_else(|| panic!("{column} of {row}"));
        let sum = number("star_weight") * number("stars") / number("stars_most")
            + number("recency_weight") * number("recency_score");
        assert!((sum - number("momentum_score")).abs() < 1e-9, "{row}");
        let words = row["explanation"].as_str().expect("a sentence");
        for column in ["stars", "stars_most", "age_days"] {
            let digits: String = words.chars().filter(|letter| *letter != ',').collect();
            assert!(digits.contains(&row[column].to_string()), "{column} is not in {words}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn owners_that_are_excluded_make_room_for_others_at_a_search_more() {
    let mut world = World::new(noon());
    for (id, name, stars) in [
        (1, "big/one", 5_000),
        (2, "acme/two", 400),
        (3, "Big/three", 300),
        (4, "acme/four", 200),
        (5, "acme/five", 100),
    ] {
        build(&mut world, &Plot { id, name, language: Some("Rust"), age: 20, pushed: 1, stars: [stars, 0] });
    }
    let languages = vec![Language::of("Rust")];
    let (limit, excluded_owners) = (2, vec!["big"]);
    let rules = Rules { languages, limit, excluded_owners, topics: Vec::new(), code_hits: 0, ..Rules::of_default() };
    let mut stage = Stage::of(world, rules, SimOptions::default()).await;
    let requests = stage.run();
    stage.assert_true();
    let rows = stage.scene.hublake.query("SELECT repo_id FROM analytics_trending_repos_current ORDER BY 1");
    assert_eq!(rows, [json!({"repo_id": 2}), json!({"repo_id": 4})]);
    // One more for each that was of an excluded owner, where that came last.
    let searches = requests.iter().filter(|one| one.target.starts_with("/search/repositories")).count();
    assert!((2..=3).contains(&searches), "{searches}");
}
