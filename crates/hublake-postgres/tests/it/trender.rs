//! A database that Trender filled before.

use hublake_postgres::Error;

use crate::server::Database;
use crate::trending::{given, publish_all};

/// Trender's schema before it dropped its table of workflow executions, as far as it matters here.
const SCHEMA: &str = "
CREATE TABLE raw_github_repos (id SERIAL PRIMARY KEY, repo_full_name VARCHAR(255) NOT NULL UNIQUE,
  api_response JSONB NOT NULL, readme_content TEXT, fetch_timestamp TIMESTAMPTZ NOT NULL DEFAULT now(),
  source_language VARCHAR(50), source_type VARCHAR(20));
CREATE TABLE raw_repo_metrics (id SERIAL PRIMARY KEY, repo_full_name VARCHAR(255) NOT NULL,
  metric_type VARCHAR(50) NOT NULL, metric_data JSONB NOT NULL, fetch_timestamp TIMESTAMPTZ NOT NULL DEFAULT now());
CREATE TABLE stg_repos_validated (id SERIAL PRIMARY KEY, repo_full_name VARCHAR(255) UNIQUE NOT NULL,
  repo_url TEXT NOT NULL, language VARCHAR(50) NOT NULL, description TEXT, stars INTEGER NOT NULL,
  created_at TIMESTAMPTZ NOT NULL, updated_at TIMESTAMPTZ NOT NULL, readme_content TEXT,
  loaded_at TIMESTAMPTZ NOT NULL DEFAULT now());
CREATE TABLE stg_render_enrichment (id SERIAL PRIMARY KEY, repo_full_name VARCHAR(255) UNIQUE NOT NULL
  REFERENCES stg_repos_validated (repo_full_name) ON DELETE CASCADE, render_category VARCHAR(50),
  render_services TEXT[], has_blueprint_button BOOLEAN DEFAULT false, render_complexity_score INTEGER,
  deploy_button_url TEXT, service_count INTEGER, loaded_at TIMESTAMPTZ DEFAULT now());
CREATE TABLE dim_languages (language_key SERIAL PRIMARY KEY, language_name VARCHAR(50) UNIQUE NOT NULL,
  language_category VARCHAR(50), ecosystem_size VARCHAR(20));
CREATE TABLE dim_render_services (service_key SERIAL PRIMARY KEY, service_type VARCHAR(50) UNIQUE NOT NULL,
  service_description TEXT);
CREATE TABLE dim_repositories (repo_key SERIAL PRIMARY KEY, repo_full_name VARCHAR(255) NOT NULL,
  repo_url TEXT NOT NULL, description TEXT, readme_content TEXT, language VARCHAR(50) NOT NULL,
  created_at TIMESTAMPTZ NOT NULL, render_category VARCHAR(50), valid_from TIMESTAMPTZ NOT NULL DEFAULT now(),
  valid_to TIMESTAMPTZ, is_current BOOLEAN DEFAULT true);
CREATE TABLE fact_repo_snapshots (snapshot_id SERIAL PRIMARY KEY,
  repo_key INTEGER REFERENCES dim_repositories ON DELETE CASCADE, language_key INTEGER REFERENCES dim_languages,
  snapshot_date DATE NOT NULL, stars INTEGER NOT NULL, star_velocity DECIMAL(7,2), activity_score DECIMAL(7,2),
  momentum_score DECIMAL(7,2), rank_overall INTEGER, rank_in_language INTEGER, created_at TIMESTAMPTZ DEFAULT now(),
  UNIQUE (repo_key, snapshot_date));
CREATE TABLE fact_render_usage (usage_id SERIAL PRIMARY KEY,
  repo_key INTEGER REFERENCES dim_repositories ON DELETE CASCADE,
  service_key INTEGER REFERENCES dim_render_services, snapshot_date DATE NOT NULL, service_count INTEGER DEFAULT 1,
  complexity_score INTEGER, has_blueprint BOOLEAN DEFAULT false, created_at TIMESTAMPTZ DEFAULT now());
CREATE TABLE fact_workflow_executions (execution_id SERIAL PRIMARY KEY, execution_date TIMESTAMPTZ NOT NULL,
  total_duration_seconds DECIMAL(8,2), repos_processed INTEGER, tasks_executed INTEGER,
  parallel_speedup_factor DECIMAL(5,2), success_rate DECIMAL(5,2));
CREATE VIEW analytics_workflow_performance AS SELECT execution_date, parallel_speedup_factor FROM fact_workflow_executions;
CREATE VIEW analytics_trending_repos_current AS SELECT d.repo_full_name, f.stars FROM dim_repositories d JOIN fact_repo_snapshots f USING (repo_key);
CREATE VIEW analytics_repo_history AS SELECT d.repo_full_name, f.snapshot_date FROM dim_repositories d JOIN fact_repo_snapshots f USING (repo_key);
INSERT INTO dim_languages (language_name) VALUES ('Python'), ('render');
INSERT INTO dim_render_services (service_type) VALUES ('web');
";

const ROWS: &str = "
INSERT INTO dim_repositories (repo_full_name, repo_url, language, created_at) VALUES ('ann/tool', 'https://x', 'Python', now());
INSERT INTO fact_repo_snapshots (repo_key, language_key, snapshot_date, stars) VALUES (1, 1, '2026-01-01', 7);
INSERT INTO fact_workflow_executions (execution_date, parallel_speedup_factor) VALUES (now(), 3.0);
";

const RELATIONS: &str = "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class
    WHERE relkind IN ('r', 'v') AND relnamespace = 'public'::regnamespace";

#[tokio::test]
async fn a_database_of_trender_is_taken_over_and_its_rows_are_kept_beside() {
    let database = Database::new().await;
    database.execute(SCHEMA).await;
    database.execute(ROWS).await;
    let published = publish_all(&database, &given()).await.expect("it is published");
    assert_eq!(published.notes.len(), 1, "{:?}", published.notes);
    assert!(published.notes[0].contains("trender_before"), "{:?}", published.notes);

    let relations = database.text(RELATIONS).await;
    assert!(!relations.contains("workflow"), "{relations}");
    assert_eq!(relations.split(' ').count(), 15, "{relations}");
    assert_eq!(database.text("SELECT count(*)::text FROM analytics_repo_history").await, "4");
    let kept = "SELECT concat_ws(' ', repo_full_name, snapshot_date, stars)
        FROM trender_before.fact_repo_snapshots JOIN trender_before.dim_repositories USING (repo_key)";
    assert_eq!(database.text(kept).await, "ann/tool 2026-01-01 7");

    let again = publish_all(&database, &given()).await.expect("it is published");
    assert!(again.notes.is_empty(), "{:?}", again.notes);
}

#[tokio::test]
async fn an_empty_database_of_trender_leaves_nothing_beside() {
    let database = Database::new().await;
    database.execute(SCHEMA).await;
    publish_all(&database, &given()).await.expect("it is published");
    assert_eq!(database.text("SELECT count(*)::text FROM pg_namespace WHERE nspname LIKE 'trender%'").await, "0");
    assert_eq!(database.text(RELATIONS).await.split(' ').count(), 15);
}

#[tokio::test]
async fn the_table_of_executions_goes_even_where_the_rest_is_ours_already() {
    let database = Database::new().await;
    publish_all(&database, &given()).await.expect("it is published");
    database
        .execute(
            "CREATE TABLE fact_workflow_executions (execution_id SERIAL, parallel_speedup_factor DECIMAL(5,2));
             CREATE VIEW analytics_workflow_performance AS SELECT * FROM fact_workflow_executions",
        )
        .await;
    publish_all(&database, &given()).await.expect("it is published");
    assert!(!database.text(RELATIONS).await.contains("workflow"));
}

#[tokio::test]
async fn a_view_of_a_user_over_trenders_tables_is_named_and_nothing_is_moved() {
    let database = Database::new().await;
    database.execute(SCHEMA).await;
    database.execute(ROWS).await;
    database.execute("CREATE SCHEMA mine; CREATE VIEW mine.stars AS SELECT stars FROM fact_repo_snapshots").await;
    let error = publish_all(&database, &given()).await.expect_err("a view reads it");
    assert!(matches!(error, Error::Dependents { .. }), "{error}");
    assert!(error.to_string().contains("mine.stars"), "{error}");
    assert_eq!(database.text("SELECT stars::text FROM mine.stars").await, "7");
    assert!(database.text(RELATIONS).await.contains("workflow"));
}
