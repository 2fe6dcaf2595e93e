//! Files, languages, categories and counts.

use std::collections::BTreeMap;

use github_sim::SimOptions;
use serde_json::{Value, json};

use crate::trending::blueprints::{EVERY_TYPE, PROJECTS, WEB_AND_DATABASE};
use crate::trending::rules::Rules;
use crate::trending::stage::{Stage, noon, rules};
use crate::trending::world::{Plot, build, town};

fn of(hublake: &crate::program::Hublake, sql: &str) -> BTreeMap<String, Value> {
    let name = |row: &Value| row["key"].as_str().expect("a text").to_owned();
    hublake.query(sql).into_iter().map(|row| (name(&row), row["value"].clone())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn defect_01_render_yaml_is_fetched_and_parsed() {
    let mut stage = Stage::town().await;
    stage.run();
    let hublake = &stage.scene.hublake;
    let sql = "SELECT repo_full_name AS key, concat_ws('/', service_count, coalesce(render_complexity_score, -1),
        coalesce(blueprint_quality_score, -1)) AS value FROM stg_render_enrichment";
    let expected = [
        // A web service and a database: two of one type.
        ("render-examples/py-web", "2/3/4"),
        // Seven types, of which three count.
        ("acme/next-render", "7/8/10"),
        // Four services of three types, and two databases.
        ("bigco/blue", "6/8/10"),
        // Two of two types; the variable of one of their Dockerfiles.
        ("staffer/tool", "2/5/9"),
        // A folder's file is no Blueprint, a topic neither.
        ("acme/topic-only", "-1/-1"),
        ("acme/broken-yaml", "-1/-1"),
        // The Dockerfile at the root speaks of both.
        ("someone/docker", "2/5/6"),
    ];
    let expected: BTreeMap<String, Value> =
        expected.iter().map(|(name, text)| ((*name).to_owned(), json!(text))).collect();
    assert_eq!(of(hublake, sql), expected);

    let sql = "SELECT service_type AS key, concat_ws('/', repos_using_service, total_service_instances) AS value
        FROM analytics_render_services_adoption";
    let expected = [
        ("web", "5/6"),
        ("worker", "3/3"),
        ("cron", "1/1"),
        ("private", "1/1"),
        ("static", "1/1"),
        ("postgres", "3/4"),
        ("redis", "2/2"),
        ("workflow", "1/1"),
    ];
    let expected: BTreeMap<String, Value> =
        expected.iter().map(|(name, text)| ((*name).to_owned(), json!(text))).collect();
    assert_eq!(of(hublake, sql), expected);

    let broken = "SELECT error_line > 0 AS has_place, length(parse_error) > 0 AS has_text
        FROM stg_render_enrichment WHERE repo_id = 718";
    assert_eq!(hublake.query(broken), [json!({"has_place": true, "has_text": true})]);
    for table in ["raw_repo_metrics", "raw_github_files", "raw_github_repos", "fact_render_usage"] {
        let rows = hublake.query(&format!("SELECT count(*) > 0 AS are_there FROM {table}"));
        assert_eq!(rows, [json!({"are_there": true})], "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn defect_05_the_real_language_stays() {
    let mut stage = Stage::town().await;
    for _ in 0..2 {
        stage.run();
        let hublake = &stage.scene.hublake;
        let sql = "SELECT language, repo_language, is_render, branches FROM stg_repos_validated WHERE repo_id = 705";
        let both = json!({"language": "render", "repo_language": "Python", "is_render": true, "branches": ["Python", "render"]});
        assert_eq!(hublake.query(sql), [both]);
        let sql =
            "SELECT language, repo_language FROM dim_repositories WHERE repo_id IN (705, 714, 715) ORDER BY repo_id";
        let row = |real: Option<&str>| json!({"language": "render", "repo_language": real});
        assert_eq!(hublake.query(sql), [row(Some("Python")), row(None), row(Some("Go"))]);
        stage.pass(chrono::TimeDelta::hours(1));
    }
    let sql = "SELECT language, count(*) AS repositories FROM dim_repositories WHERE is_current GROUP BY 1 ORDER BY 1";
    let row = |language: &str, count: i64| json!({"language": language, "repositories": count});
    let expected = [row("Go", 3), row("Python", 2), row("TypeScript", 3), row("render", 7)];
    assert_eq!(stage.scene.hublake.query(sql), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn defect_06_categories_and_databases() {
    let mut world = github_sim::World::new(noon());
    for (id, name) in [
        (1, "Render-Examples/first"),
        (2, "RENDER/second"),
        (3, "renderfan/third"),
        (4, "acme/fourth"),
        (5, "Paul/fifth"),
        (6, "paulina/sixth"),
    ] {
        let stars = [10 * u32::try_from(id).expect("a small id"), 1];
        build(&mut world, &Plot { id, name, language: Some("Go"), age: 400, pushed: 300, stars });
        let file = if id == 3 { EVERY_TYPE } else { PROJECTS };
        world.set_file(id, "render.yaml", if id == 4 { WEB_AND_DATABASE } else { file }).expect("a file");
    }
    // An owner is more than a topic, a topic more than an owner who works there.
    world.set_topics(2u64, &["render-blueprints"]).expect("it is there");
    world.set_topics(4u64, &["render-blueprint"]).expect("it is there");
    let readme = "See [the button](https://render.com/deploy?repo=https://github.com/acme/fourth).\n";
    world.set_file(4u64, "README.md", readme).expect("a file");
    let rules = Rules { employee_owners: vec!["paul", "acme"], ..Rules::of_default() };
    let mut stage = Stage::of(world, rules, SimOptions::default()).await;
    stage.run();
    let hublake = &stage.scene.hublake;
    let sql = "SELECT repo_full_name AS key, render_category AS value FROM analytics_render_showcase";
    let expected = [
        ("Render-Examples/first", "official"),
        ("RENDER/second", "official"),
        ("renderfan/third", "community"),
        ("acme/fourth", "blueprint"),
        ("Paul/fifth", "employee"),
        ("paulina/sixth", "community"),
    ];
    let expected: BTreeMap<String, Value> =
        expected.iter().map(|(name, text)| ((*name).to_owned(), json!(text))).collect();
    assert_eq!(of(hublake, sql), expected);

    let sql = "SELECT repo_id, service_type, service_count, has_blueprint FROM fact_render_usage
        JOIN dim_render_services USING (service_key) WHERE repo_id IN (1, 3, 4) ORDER BY repo_id, service_type";
    let row = |id: i64, kind: &str, count: i64, has: bool| json!({"repo_id": id, "service_type": kind, "service_count": count, "has_blueprint": has});
    let mut expected: Vec<Value> = [("postgres", 2), ("redis", 1), ("web", 2), ("worker", 1)]
        .map(|(kind, count)| row(1, kind, count, false))
        .into();
    let every = ["cron", "private", "redis", "static", "web", "worker", "workflow"];
    expected.extend(every.map(|kind| row(3, kind, 1, false)));
    expected.extend(["postgres", "web"].map(|kind| row(4, kind, 1, true)));
    assert_eq!(hublake.query(sql), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn defect_07_counts_of_the_window() {
    let mut stage = Stage::of(town(noon()), rules(), SimOptions::default()).await;
    stage.run();
    let sql = "SELECT repo_id, commits_last_7_days AS commits, issues_closed_last_7_days AS closed,
        active_contributors AS people, active_bots AS bots FROM stg_repos_validated
        WHERE repo_id IN (701, 711, 712, 713, 719) ORDER BY repo_id";
    let row = |id: i64, commits: i64, closed: i64, people: i64, bots: i64| json!({"repo_id": id, "commits": commits, "closed": closed, "people": people, "bots": bots});
    let expected = [
        // Ann under two names, Bob, Cara in two ways of writing, Zoe by her private e-mail; an App.
        row(701, 7, 2, 4, 1),
        // More than a page of each; every tenth of 120 is a pull request.
        row(711, 130, 108, 4, 0),
        row(712, 0, 0, 0, 0),
        // Nothing was ever pushed to it.
        row(713, 0, 0, 0, 0),
        row(719, 1, 0, 0, 1),
    ];
    assert_eq!(stage.scene.hublake.query(sql), expected);
    let sql = "SELECT activity_score FROM fact_repo_snapshots WHERE repo_id = 701";
    let score = stage.scene.hublake.query(sql)[0]["activity_score"].as_f64().expect("a number");
    assert!((score - (0.4 * 7.0 + 0.3 * 2.0 + 0.3 * 4.0)).abs() < 1e-9, "{score}");
}
