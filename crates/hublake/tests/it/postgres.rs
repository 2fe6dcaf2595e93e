//! What is published to PostgreSQL, held against what readers of the lake see.

use std::process::Command;

use chrono::TimeDelta;
use github_sim::{SimOptions, TrendingOptions, World};
use serde_json::Value;

use crate::program::Hublake;
use crate::scene::{Scene, beginning};
use crate::server::Database;

/// The views with the columns that Trender gave them, and what puts their rows in order.
const VIEWS: [(&str, &str, &str); 6] = [
    (
        "analytics_trending_repos_current",
        "repo_full_name, repo_url, \"language\", description, readme_content, render_category, stars, star_velocity, activity_score, momentum_score, rank_overall, rank_in_language, snapshot_date, last_updated",
        "repo_full_name",
    ),
    (
        "analytics_render_showcase",
        "repo_full_name, render_category, stars, momentum_score, render_services, service_count, render_complexity_score, has_blueprint_button, deploy_button_url",
        "repo_full_name",
    ),
    (
        "analytics_language_rankings",
        "language_name, repo_full_name, stars, momentum_score, rank_in_language, snapshot_date, render_adoption_count",
        "repo_full_name",
    ),
    (
        "analytics_render_services_adoption",
        "service_type, service_description, repos_using_service, total_service_instances, avg_complexity_score, blueprints_with_service",
        "service_type",
    ),
    (
        "analytics_language_trends",
        "language_name, language_category, total_repos, total_stars, avg_stars, avg_momentum, render_projects, render_adoption_percentage",
        "language_name",
    ),
    (
        "analytics_repo_history",
        "repo_full_name, \"language\", snapshot_date, stars, star_velocity, momentum_score, activity_score, rank_overall, rank_in_language",
        "repo_full_name, snapshot_date",
    ),
];

async fn trending() -> Scene {
    let mut world = World::new(beginning());
    world.generate_trending(&TrendingOptions { per_language: 4, render: 8, seed: 11, ..TrendingOptions::default() });
    let scene = Scene::of(world, SimOptions::default()).await;
    scene.hublake.succeed(&["run", "trending"]);
    scene
}

fn publish(hublake: &Hublake, database: &Database, options: &[&str]) -> Vec<Value> {
    let reader = format!("reader_{}", database.name);
    let fixed = ["publish", "postgres", "--url", &database.url, "--reader", &reader, "--format", "json"];
    let answer = hublake.succeed(&[&fixed[..], options].concat());
    serde_json::from_str(&answer).expect("an array")
}

/// Inserted, updated and deleted rows of all tables, and the number of tables that were read.
fn totals(tables: &[Value]) -> (u64, u64, u64, usize) {
    let sum = |name: &str| tables.iter().filter_map(|table| table[name].as_u64()).sum();
    let read = tables.iter().filter(|table| table["was_read"] == true).count();
    (sum("inserted"), sum("updated"), sum("deleted"), read)
}

async fn rows(database: &Database, query: &str) -> Vec<Value> {
    let texts = database.texts(&format!("SELECT row_to_json(t)::text FROM ({query}) AS t")).await;
    texts.iter().map(|text| serde_json::from_str(text).expect("an object")).collect()
}

/// Sums of floating numbers depend on their order in the last digits.
fn assert_close(one: &Value, other: &Value, place: &str) {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            assert_eq!(one.len(), other.len(), "{place}");
            for (name, value) in one {
                assert_close(value, &other[name], &format!("{place} {name}"));
            }
        }
        (Value::Number(one), Value::Number(other)) => {
            let (one, other) = (one.as_f64().unwrap_or(f64::NAN), other.as_f64().unwrap_or(f64::NAN));
            assert!((one - other).abs() <= 1e-9 * one.abs().max(1.0), "{place}: {one} and {other}");
        }
        _ => assert_eq!(one, other, "{place}"),
    }
}

async fn assert_same_answers(hublake: &Hublake, database: &Database) {
    for (view, columns, order) in VIEWS {
        let query = format!("SELECT {columns} FROM {view} ORDER BY {order}");
        let (lake, published) = (hublake.query(&query), rows(database, &query).await);
        assert!(!lake.is_empty(), "{view}");
        assert_eq!(lake.len(), published.len(), "{view}");
        for (place, (one, other)) in lake.iter().zip(&published).enumerate() {
            assert_close(one, other, &format!("{view} {place}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn psql_shows_nine_tables_and_the_views_answer_as_in_the_lake() {
    let database = Database::new().await;
    let mut scene = trending().await;
    let tables = publish(&scene.hublake, &database, &[]);
    assert_eq!(tables.len(), 9);
    let listed = Command::new("psql").args([&database.url, "-Atc", "\\dt"]).output().expect("psql runs");
    let listed = String::from_utf8(listed.stdout).expect("UTF-8");
    assert_eq!(listed.lines().count(), 9, "{listed}");
    let check = "SELECT \"language\", COUNT(*) AS count FROM dim_repositories WHERE is_current GROUP BY 1 ORDER BY 1";
    assert_eq!(rows(&database, check).await, scene.hublake.query(check));
    assert_same_answers(&scene.hublake, &database).await;

    // Every raw row is there once, whatever was published before.
    scene.pass(TimeDelta::days(1));
    scene.hublake.succeed(&["run", "trending"]);
    publish(&scene.hublake, &database, &[]);
    assert_same_answers(&scene.hublake, &database).await;
    for table in
        ["raw_github_repos", "raw_repo_metrics", "fact_repo_snapshots", "fact_render_usage", "dim_repositories"]
    {
        let count = format!("SELECT COUNT(*) AS count FROM {table}");
        assert_eq!(rows(&database, &count).await, scene.hublake.query(&count), "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_publication_reads_nothing_and_one_after_a_run_writes_what_is_new() {
    let database = Database::new().await;
    let mut scene = trending().await;
    publish(&scene.hublake, &database, &[]);
    assert_eq!(totals(&publish(&scene.hublake, &database, &[])), (0, 0, 0, 0));
    let (inserted, updated, deleted, read) = totals(&publish(&scene.hublake, &database, &["--full"]));
    assert_eq!((inserted, updated, deleted, read), (0, 0, 0, 9));

    scene.pass(TimeDelta::days(1));
    scene.hublake.succeed(&["run", "trending"]);
    let tables = publish(&scene.hublake, &database, &[]);
    let facts = tables.iter().find(|table| table["table"] == "fact_repo_snapshots").expect("it is published");
    let days = "SELECT snapshot_date, COUNT(*) AS count FROM fact_repo_snapshots GROUP BY 1 ORDER BY 1";
    let days = scene.hublake.query(days);
    assert_eq!(days.len(), 2);
    assert_eq!((&facts["inserted"], &facts["unchanged"]), (&days[1]["count"], &days[0]["count"]));
    assert_eq!((facts["updated"].as_u64(), facts["deleted"].as_u64()), (Some(0), Some(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn marts_of_issues_are_published_on_demand_with_their_keys() {
    let database = Database::new().await;
    let scene = Scene::published(&[30, 5]).await;
    let refused = scene.hublake.call(&["publish", "postgres", "--url", &database.url]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("nothing of trending is published yet"), "{}", refused.stderr);
    assert!(!refused.stderr.contains("geheim") && !refused.stderr.contains(&database.url), "{}", refused.stderr);

    let tables = publish(&scene.hublake, &database, &["--tables", "issues"]);
    assert!(tables.len() >= 8, "{tables:?}");
    for table in &tables {
        let name = table["table"].as_str().expect("a name");
        let count = format!("SELECT COUNT(*) AS count FROM {name}");
        assert_eq!(rows(&database, &count).await, scene.hublake.query(&count), "{name}");
    }
    let open = "SELECT repo_full_name, COUNT(*) AS count FROM mart_issue_lifecycle GROUP BY 1 ORDER BY 1";
    assert_eq!(rows(&database, open).await, scene.hublake.query(open));
    let keys = "SELECT count(*)::text FROM pg_constraint WHERE contype = 'p' AND connamespace = 'public'::regnamespace";
    assert_eq!(database.text(keys).await, tables.len().to_string());

    let unknown = scene.hublake.call(&["publish", "postgres", "--url", &database.url, "--tables", "mart_unknown"]);
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.stderr.contains("there is no table mart_unknown"), "{}", unknown.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_the_way_is_told_with_the_way_out_and_without_the_password() {
    let database = Database::own().await;
    let scene = Scene::published(&[5]).await;
    let options = ["--tables", "mart_issue_lifecycle"];
    publish(&scene.hublake, &database, &options);
    let call = |more: &[&str]| {
        let fixed = ["publish", "postgres", "--url", &database.url, "--full"];
        scene.hublake.call(&[&fixed[..], &options, more].concat())
    };
    database.execute("ALTER TABLE mart_issue_lifecycle RENAME COLUMN title TO heading").await;
    let refused = call(&[]);
    assert_eq!(refused.code, Some(1));
    for words in ["mart_issue_lifecycle", "column title", "hint: ", "--replace", "Nothing was changed"] {
        assert!(refused.stderr.contains(words), "{words} in {}", refused.stderr);
    }
    let replaced = call(&["--replace"]);
    assert_eq!(replaced.code, Some(0), "{}", replaced.stderr);
    assert!(replaced.stdout.contains("1 table and 0 views"), "{}", replaced.stdout);

    database.server().kill();
    let gone = call(&[]);
    database.server().go();
    assert_eq!(gone.code, Some(1));
    assert!(gone.stderr.contains("cannot be reached") && gone.stderr.contains("hint: "), "{}", gone.stderr);
    for ended in [refused, replaced, gone] {
        assert!(!format!("{ended:?}").contains("geheim"), "{ended:?}");
    }
    assert_eq!(call(&[]).code, Some(0));
}
