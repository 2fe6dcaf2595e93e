use hublake_postgres::{Published, TableSpec, publish, trending};
use sqlx::Executor;

use crate::given::{Given, counts, server};
use crate::server::Database;

/// Two repositories, one of which was renamed and belongs to Render, on two days.
const ROWS: [(&str, &str); 9] = [
    (
        "raw_github_repos",
        r#"{"id":10000001,"repo_full_name":"ann/tool","api_response":"{\"id\": 1}","fetch_timestamp":"2026-11-21T08:00:00Z","source_language":"Python","repo_id":1,"run_id":"r1","run_seq":1,"found_by":"search"}"#,
    ),
    (
        "raw_repo_metrics",
        r#"{"id":10000001,"repo_full_name":"ann/tool","metric_type":"commits","metric_data":"{\"totalCount\": 3}","fetch_timestamp":"2026-11-21T08:00:00Z","repo_id":1,"run_id":"r1","run_seq":1,"page_number":1,"outcome":"answer"}"#,
    ),
    (
        "stg_repos_validated",
        r#"{"repo_id":1,"repo_full_name":"ann/tool","repo_url":"https://github.com/ann/tool","language":"Python","repo_language":"Python","stars":100,"created_at":"2026-11-01T00:00:00Z","updated_at":"2026-11-22T00:00:00Z","loaded_at":"2026-11-22T09:00:00Z","uses_render":false,"data_quality_score":1.0,"topics":["a"]}
           {"repo_id":2,"repo_full_name":"bob/site-two","repo_url":"https://github.com/bob/site-two","language":"render","repo_language":"Python","stars":50,"created_at":"2026-09-01T00:00:00Z","updated_at":"2026-11-22T00:00:00Z","loaded_at":"2026-11-22T09:00:00Z","uses_render":true,"data_quality_score":0.9}"#,
    ),
    (
        "stg_render_enrichment",
        r#"{"repo_id":2,"repo_full_name":"bob/site-two","render_category":"community","render_services":["postgres","web"],"has_blueprint_button":true,"render_complexity_score":4,"service_count":3,"loaded_at":"2026-11-22T09:00:00Z","is_render":true}"#,
    ),
    (
        "dim_languages",
        r#"{"language_key":1,"language_name":"Python","language_category":"general","ecosystem_size":"large"}
           {"language_key":3,"language_name":"Go","language_category":"systems","ecosystem_size":"large"}
           {"language_key":4,"language_name":"render","language_category":"platform","ecosystem_size":"medium"}"#,
    ),
    (
        "dim_render_services",
        r#"{"service_key":1,"service_type":"web","service_description":"Web service"}
           {"service_key":3,"service_type":"cron","service_description":"Cron job"}
           {"service_key":6,"service_type":"postgres","service_description":"Database"}"#,
    ),
    (
        "dim_repositories",
        r#"{"repo_key":1000001,"repo_id":1,"repo_full_name":"ann/tool","repo_url":"https://github.com/ann/tool","language":"Python","repo_language":"Python","is_render":false,"created_at":"2026-11-01T00:00:00Z","valid_from":"2026-11-21T08:00:00Z","is_current":true}
           {"repo_key":2000001,"repo_id":2,"repo_full_name":"bob/site","repo_url":"https://github.com/bob/site","language":"Python","repo_language":"Python","is_render":false,"created_at":"2026-09-01T00:00:00Z","valid_from":"2026-11-21T08:00:00Z","valid_to":"2026-11-22T08:00:00Z","is_current":false}
           {"repo_key":2000002,"repo_id":2,"repo_full_name":"bob/site-two","repo_url":"https://github.com/bob/site-two","language":"render","repo_language":"Python","is_render":true,"render_category":"community","created_at":"2026-09-01T00:00:00Z","valid_from":"2026-11-22T08:00:00Z","is_current":true}"#,
    ),
    (
        "fact_repo_snapshots",
        r#"{"snapshot_id":120778,"repo_id":1,"repo_key":1000001,"language_key":1,"snapshot_date":"2026-11-21","source_run_seq":6,"stars":90,"momentum_score":1.0,"rank_overall":1,"rank_in_language":1}
           {"snapshot_id":220778,"repo_id":2,"repo_key":2000001,"language_key":1,"snapshot_date":"2026-11-21","source_run_seq":6,"stars":45,"momentum_score":0.5,"rank_overall":2,"rank_in_language":2}
           {"snapshot_id":120779,"repo_id":1,"repo_key":1000001,"language_key":1,"snapshot_date":"2026-11-22","source_run_seq":7,"stars":100,"momentum_score":1.0,"star_velocity":10.0,"rank_overall":1,"rank_in_language":1}
           {"snapshot_id":220779,"repo_id":2,"repo_key":2000002,"language_key":4,"snapshot_date":"2026-11-22","source_run_seq":7,"stars":50,"momentum_score":0.75,"star_velocity":5.0,"rank_overall":2,"rank_in_language":1}"#,
    ),
    (
        "fact_render_usage",
        r#"{"usage_id":22077901,"repo_id":2,"repo_key":2000002,"service_key":1,"snapshot_date":"2026-11-22","source_run_seq":7,"service_count":2,"complexity_score":4,"has_blueprint":true}
           {"usage_id":22077906,"repo_id":2,"repo_key":2000002,"service_key":6,"snapshot_date":"2026-11-22","source_run_seq":7,"service_count":1,"complexity_score":4,"has_blueprint":true}"#,
    ),
];

/// The tables of trending with these rows.
pub fn given() -> Given {
    let mut given = Given::default();
    for table in trending::tables() {
        let rows = ROWS.iter().find(|(name, _)| *name == table.name).expect("each table has rows").1;
        given.set(&table, rows);
    }
    given
}

/// Publishes tables and views of trending.
pub async fn publish_all(database: &Database, given: &Given) -> Result<Published, hublake_postgres::Error> {
    let mut plan = given.plan(database);
    plan.views = trending::views();
    publish(&server(&database.url), &plan, given).await
}

#[tokio::test]
async fn nine_tables_and_six_views_stand_under_their_names() {
    let database = Database::new().await;
    publish_all(&database, &given()).await.expect("it is published");
    let relations = "SELECT relkind::text || ' ' || relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v') ORDER BY 1";
    assert_eq!(
        database.texts(relations).await,
        [
            "r dim_languages",
            "r dim_render_services",
            "r dim_repositories",
            "r fact_render_usage",
            "r fact_repo_snapshots",
            "r raw_github_repos",
            "r raw_repo_metrics",
            "r stg_render_enrichment",
            "r stg_repos_validated",
            "v analytics_language_rankings",
            "v analytics_language_trends",
            "v analytics_render_services_adoption",
            "v analytics_render_showcase",
            "v analytics_repo_history",
            "v analytics_trending_repos_current",
        ]
    );
    let check =
        "SELECT concat_ws(' ', language, COUNT(*)) FROM dim_repositories WHERE is_current GROUP BY language ORDER BY 1";
    assert_eq!(database.texts(check).await, ["Python 1", "render 1"]);
}

#[tokio::test]
async fn keys_and_conditions_reject_what_is_wrong() {
    let database = Database::new().await;
    publish_all(&database, &given()).await.expect("it is published");
    let mut connection = database.connect().await;
    let wrong = [
        ("UPDATE dim_repositories SET render_category = 'unknown'", "23514"),
        ("UPDATE stg_render_enrichment SET render_category = ''", "23514"),
        ("UPDATE stg_render_enrichment SET render_complexity_score = 11", "23514"),
        ("UPDATE stg_repos_validated SET stars = -1", "23514"),
        ("UPDATE raw_repo_metrics SET metric_type = 'stars'", "23514"),
        ("UPDATE dim_repositories SET is_current = true", "23514"),
        ("UPDATE dim_repositories SET is_current = true, valid_to = NULL", "23505"),
        ("INSERT INTO dim_languages VALUES (9, 'Go')", "23505"),
        ("UPDATE fact_repo_snapshots SET snapshot_date = '2026-11-22'", "23505"),
        ("SET CONSTRAINTS ALL IMMEDIATE; UPDATE fact_repo_snapshots SET language_key = 2", "23503"),
        ("SET CONSTRAINTS ALL IMMEDIATE; DELETE FROM dim_repositories", "23503"),
        ("SET CONSTRAINTS ALL IMMEDIATE; DELETE FROM stg_repos_validated", "23503"),
    ];
    for (statement, code) in wrong {
        let within = format!("BEGIN; {statement}; COMMIT");
        let error = sqlx::raw_sql(&within).execute(&mut connection).await.expect_err(statement);
        let found = error.as_database_error().and_then(|error| error.code()).map(|code| code.into_owned());
        assert_eq!(found.as_deref(), Some(code), "{statement}: {error}");
        connection.execute("ROLLBACK").await.expect("the end of the trial");
    }
}

#[tokio::test]
async fn indexes_serve_the_questions_they_are_for() {
    let database = Database::new().await;
    publish_all(&database, &given()).await.expect("it is published");
    let questions = [
        ("SELECT FROM stg_render_enrichment WHERE render_services @> '{web}'", "render_services_idx"),
        (
            "SELECT FROM stg_repos_validated WHERE language = 'render' ORDER BY stars DESC",
            "stg_repos_validated_render_idx",
        ),
        ("SELECT FROM fact_repo_snapshots WHERE repo_id = 1 ORDER BY snapshot_date DESC", "repo_id_idx"),
        ("SELECT FROM dim_repositories WHERE repo_id = 1 AND is_current", "current_idx"),
        (
            "SELECT snapshot_date FROM fact_repo_snapshots ORDER BY source_run_seq DESC LIMIT 1",
            "fact_repo_snapshots_source_run_seq_idx",
        ),
    ];
    for (question, index) in questions {
        let mut connection = database.connect().await;
        connection.execute("SET enable_seqscan = off; SET enable_sort = off").await.expect("settings");
        let rows: Vec<(String,)> =
            sqlx::query_as(&format!("EXPLAIN {question}")).fetch_all(&mut connection).await.expect("a plan");
        let plan = rows.into_iter().map(|row| row.0).collect::<Vec<_>>().join("\n");
        assert!(plan.contains(index), "{question}\n{plan}");
    }
}

#[tokio::test]
async fn the_views_answer_as_worked_out_by_hand() {
    let database = Database::new().await;
    publish_all(&database, &given()).await.expect("it is published");
    let answers = [
        (
            "SELECT concat_ws('|', repo_full_name, language, stars, momentum_score, rank_overall, last_updated) FROM analytics_trending_repos_current",
            vec!["ann/tool|Python|100|1|1|2026-11-22", "bob/site-two|render|50|0.75|2|2026-11-22"],
        ),
        (
            "SELECT concat_ws('|', repo_full_name, render_category, render_services, service_count, render_complexity_score, has_blueprint_button) FROM analytics_render_showcase",
            vec!["bob/site-two|community|{postgres,web}|3|4|t"],
        ),
        (
            // One Render repository is written in Python.
            "SELECT concat_ws('|', language_name, repo_full_name, rank_in_language, render_adoption_count) FROM analytics_language_rankings",
            vec!["Python|ann/tool|1|1", "render|bob/site-two|1|1"],
        ),
        (
            "SELECT concat_ws('|', service_type, repos_using_service, total_service_instances, coalesce(avg_complexity_score, -1), blueprints_with_service) FROM analytics_render_services_adoption",
            vec!["web|1|2|4|1", "postgres|1|1|4|1", "cron|0|0|-1|0"],
        ),
        (
            "SELECT concat_ws('|', language_name, total_repos, total_stars, coalesce(avg_momentum, -1), render_projects, coalesce(render_adoption_percentage, -1)) FROM analytics_language_trends",
            vec!["Python|1|100|1|1|50", "render|1|50|0.75|1|100", "Go|0|0|-1|0|-1"],
        ),
        (
            // The first day of the renamed repository stands under its name of today, in the language of that day.
            "SELECT concat_ws('|', repo_full_name, language, snapshot_date, stars, rank_overall) FROM analytics_repo_history",
            vec![
                "ann/tool|Python|2026-11-22|100|1",
                "bob/site-two|render|2026-11-22|50|2",
                "ann/tool|Python|2026-11-21|90|1",
                "bob/site-two|Python|2026-11-21|45|2",
            ],
        ),
    ];
    for (query, rows) in answers {
        assert_eq!(database.texts(query).await, rows, "{query}");
    }
}

#[tokio::test]
async fn the_newest_runs_day_is_current_though_a_clock_that_was_ahead_made_a_later_one() {
    let database = Database::new().await;
    publish_all(&database, &given()).await.expect("it is published");
    let current = [
        "SELECT row_to_json(v)::text FROM analytics_trending_repos_current v",
        "SELECT row_to_json(v)::text FROM analytics_render_showcase v",
        "SELECT row_to_json(v)::text FROM analytics_language_rankings v",
        "SELECT row_to_json(v)::text FROM analytics_language_trends v",
        "SELECT row_to_json(v)::text FROM analytics_render_services_adoption v",
    ];
    let mut before = Vec::new();
    for query in current {
        before.push(database.texts(query).await);
    }
    database.execute("UPDATE fact_repo_snapshots SET snapshot_date = '2031-01-01' WHERE source_run_seq = 6").await;
    let usage = "INSERT INTO fact_render_usage
        SELECT 7, repo_key, 1, '2031-01-01', 5, 9, true, created_at, repo_id, 6 FROM fact_render_usage LIMIT 1";
    database.execute(usage).await;
    for (query, rows) in current.into_iter().zip(before) {
        assert_eq!(database.texts(query).await, rows, "{query}");
    }
}

#[tokio::test]
async fn trenders_columns_come_first_and_in_its_order() {
    let database = Database::new().await;
    publish_all(&database, &given()).await.expect("it is published");
    let promised = [
        (
            "analytics_trending_repos_current",
            "repo_full_name, repo_url, language, description, readme_content, render_category, stars, star_velocity, activity_score, momentum_score, rank_overall, rank_in_language, snapshot_date, last_updated",
        ),
        (
            "analytics_language_rankings",
            "language_name, repo_full_name, repo_url, description, readme_content, render_category, stars, momentum_score, star_velocity, rank_in_language, snapshot_date, render_adoption_count",
        ),
        (
            "analytics_render_services_adoption",
            "service_type, service_description, repos_using_service, total_service_instances, avg_complexity_score, blueprints_with_service",
        ),
        (
            "analytics_language_trends",
            "language_name, language_category, total_repos, total_stars, avg_stars, avg_momentum, render_projects, render_adoption_percentage",
        ),
        (
            "analytics_repo_history",
            "repo_full_name, language, snapshot_date, stars, star_velocity, momentum_score, activity_score, rank_overall, rank_in_language",
        ),
        (
            "stg_repos_validated",
            "id, repo_full_name, repo_url, language, description, stars, created_at, updated_at, readme_content, loaded_at",
        ),
        (
            "dim_repositories",
            "repo_key, repo_full_name, repo_url, description, readme_content, language, created_at, render_category, valid_from, valid_to, is_current",
        ),
        (
            "fact_repo_snapshots",
            "snapshot_id, repo_key, language_key, snapshot_date, stars, star_velocity, activity_score, momentum_score, rank_overall, rank_in_language, created_at",
        ),
        ("raw_github_repos", "id, repo_full_name, api_response, readme_content, fetch_timestamp, source_language"),
    ];
    for (relation, columns) in promised {
        let query = format!(
            "SELECT string_agg(attname::text, ', ' ORDER BY attnum) FROM pg_attribute
             WHERE attrelid = '{relation}'::regclass AND attnum > 0"
        );
        let found = database.text(&query).await;
        assert!(found.starts_with(columns), "{relation}: {found}");
    }
}

#[tokio::test]
async fn a_second_publication_of_the_same_reads_nothing_and_leaves_views_alone() {
    let database = Database::new().await;
    let given = given();
    publish_all(&database, &given).await.expect("it is published");
    given.asked();
    let views =
        "SELECT relname || ' ' || oid FROM pg_class WHERE relkind = 'v' AND relname LIKE 'analytics%' ORDER BY 1";
    let writers =
        "SELECT relname || ' ' || xmin FROM pg_class WHERE relkind = 'v' AND relname LIKE 'analytics%' ORDER BY 1";
    let before = (database.texts(views).await, database.texts(writers).await);
    publish_all(&database, &given).await.expect("it is published");
    assert!(given.asked().is_empty());
    assert_eq!((database.texts(views).await, database.texts(writers).await), before);

    // A view that somebody replaced is put back.
    database.execute("DROP VIEW analytics_repo_history; CREATE VIEW analytics_repo_history AS SELECT 1 AS mine").await;
    publish_all(&database, &given).await.expect("it is published");
    assert_eq!(database.text("SELECT count(*)::text FROM analytics_repo_history").await, "4");
}

#[tokio::test]
async fn history_survives_a_change_of_the_description() {
    let database = Database::new().await;
    let mut given = given();
    publish_all(&database, &given).await.expect("it is published");
    let dims: &TableSpec = &trending::tables()[6];
    assert_eq!(dims.name, "dim_repositories");
    let rows = ROWS[6].1.replace(
        r#""valid_from":"2026-11-21T08:00:00Z","is_current":true}"#,
        r#""valid_from":"2026-11-21T08:00:00Z","valid_to":"2026-11-22T08:00:00Z","is_current":false}
           {"repo_key":1000002,"repo_id":1,"repo_full_name":"ann/tool","description":"new","repo_url":"https://github.com/ann/tool","language":"Python","repo_language":"Python","is_render":false,"created_at":"2026-11-01T00:00:00Z","valid_from":"2026-11-22T08:00:00Z","is_current":true}"#,
    );
    given.set(dims, &rows);
    let published = publish_all(&database, &given).await.expect("it is published");
    assert_eq!(counts(&published, "dim_repositories"), Some((1, 1, 0, 2)));
    let history = "SELECT count(*)::text FROM analytics_repo_history WHERE repo_full_name = 'ann/tool'";
    assert_eq!(database.text(history).await, "2");
}
