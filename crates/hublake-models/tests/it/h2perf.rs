//! TEMPORARY measurement.
use std::time::Instant;

use datafusion::prelude::{SessionConfig, SessionContext};
use hublake_models::{Action, build_model, plan, register_views, audit, Scope};

use crate::tables::{disk, register, register_all_empty, schema_of};

fn fresh() -> SessionContext {
    let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(2));
    let base = crate::tables::session("UTC", 2);
    let state = base.state();
    for udaf in state.aggregate_functions().values() { context.register_udaf(udaf.as_ref().clone()); }
    for udwf in state.window_functions().values() { context.register_udwf(udwf.as_ref().clone()); }
    for udf in state.scalar_functions().values() { context.register_udf(udf.as_ref().clone()); }
    for schema in ["previous", "stored"] {
        let catalog = context.catalog("datafusion").unwrap();
        catalog.register_schema(schema, std::sync::Arc::new(datafusion::catalog::MemorySchemaProvider::new())).unwrap();
    }
    context
}

async fn fill(context: &SessionContext, project: &hublake_models::Project, name: &str, sql: &str) {
    let schema = schema_of(project, name);
    let columns = schema.fields().iter().map(|f| {
        let q = format!("SELECT * FROM ({sql}) LIMIT 0");
        (f.name().clone(), f.data_type().clone(), q)
    }).collect::<Vec<_>>();
    let found = context.sql(&columns[0].2).await.unwrap();
    let have = found.schema().fields().iter().map(|f| f.name().clone()).collect::<Vec<_>>();
    let select = columns.iter().map(|(n, t, _)| {
        let value = if have.contains(n) { format!("\"{n}\"") } else { "NULL".to_owned() };
        format!("arrow_cast({value}, '{t}') AS \"{n}\"")
    }).collect::<Vec<_>>().join(", ");
    let batches = context.sql(&format!("SELECT {select} FROM ({sql})")).await.unwrap().collect().await.unwrap();
    let batches: Vec<_> = batches.into_iter().map(|b| arrow::array::RecordBatch::try_new(schema.clone(), b.columns().to_vec()).unwrap()).collect();
    let one = arrow::compute::concat_batches(&schema, &batches).unwrap();
    register(context, name, schema, (0..one.num_rows()).step_by(8192).map(|at| one.slice(at, 8192.min(one.num_rows() - at))).collect());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h2perf() {
    let project = disk();
    let repos: i64 = std::env::var("REPOS").ok().and_then(|v| v.parse().ok()).unwrap_or(300);
    let import: i64 = std::env::var("IMPORT").ok().and_then(|v| v.parse().ok()).unwrap_or(0);
    let context = fresh();
    register_all_empty(&context, &project);
    let r = format!("(SELECT unnest(generate_series(1, {repos})) AS repo_id)");
    let p = |days: &str| format!("(SELECT repo_id, day, CAST(day AS INT) AS n FROM {r} CROSS JOIN (SELECT CAST(unnest(generate_series(DATE '{days}', INTERVAL '1 day')) AS DATE) AS day))");
    let all = p("2024-01-01', DATE '2024-04-29");
    let names = "'octo/x' AS repo_full_name, 'octo' AS repo_owner, 'x' AS repo_name";
    fill(&context, &project, "repositories", &format!("SELECT repo_id, {names} FROM {r}")).await;
    if import == 0 {
    fill(&context, &project, "previous.stg_traffic_repositories", &format!("SELECT repo_id, {names}, DATE '2014-01-01' AS first_day, DATE '2024-04-29' AS last_day FROM {r}")).await;
    fill(&context, &project, "previous.stg_traffic_daily", &format!("SELECT repo_id, day, n % 7 AS views, n % 3 AS view_uniques, n % 5 AS clones, n % 2 AS clone_uniques, TIMESTAMP '2024-01-01' AS first_seen_at, TIMESTAMP '2024-05-01' AS last_seen_at, 14 AS observation_count, 'github' AS views_source, 'github' AS clones_source FROM {all}")).await;
    fill(&context, &project, "previous.stg_traffic_coverage", &format!("SELECT repo_id, day, 'collected' AS status, 'collected' AS views_status, 'collected' AS clones_status FROM {all}")).await;
    fill(&context, &project, "previous.mart_traffic_daily", &format!("SELECT repo_id, day AS calendar_date, n % 7 AS views, n % 3 AS view_uniques, n % 5 AS clones, n % 2 AS clone_uniques, 'collected' AS status, 'collected' AS views_status, 'collected' AS clones_status FROM {all}")).await;
    fill(&context, &project, "previous.stg_traffic_answers", &format!("SELECT repo_id, measure, 'day' AS per, day AS answered_on, day AS answered_at, 100 AS count, 20 AS uniques FROM {all} CROSS JOIN (SELECT unnest(make_array('views', 'clones')) AS measure)")).await;
    fill(&context, &project, "previous.stg_traffic_weekly", &format!("SELECT repo_id, day AS week_start, 50 AS views, 10 AS view_uniques, 50 AS clones, 10 AS clone_uniques, true AS are_views_whole, true AS are_clones_whole FROM {all} WHERE extract(dow FROM day) = 1")).await;
    fill(&context, &project, "previous.mart_traffic_referrers", &format!("SELECT repo_id, day AS snapshot_date, day AS taken_at, place, 'google' || place AS referrer, 5 AS count, 2 AS uniques, 'github' AS source FROM {all} CROSS JOIN (SELECT unnest(generate_series(1, 10)) AS place)")).await;
    fill(&context, &project, "previous.mart_traffic_paths", &format!("SELECT repo_id, day AS snapshot_date, day AS taken_at, place, 'google' || place AS path, 5 AS count, 2 AS uniques, 'github' AS source FROM {all} CROSS JOIN (SELECT unnest(generate_series(1, 10)) AS place)")).await;
    fill(&context, &project, "previous.mart_repository_stats_daily", &format!("SELECT repo_id, day AS calendar_date, 5 AS stars, 4 AS forks, 'github' AS source, day AS seen_at FROM {all}")).await;
    fill(&context, &project, "previous.stg_star_weeks", &format!("SELECT repo_id, {names}, day AS week_start, 5 AS total, make_array(1,2,3,4,5,6,7) AS days, day AS last_seen_at FROM {}", p("2020-01-01', DATE '2024-04-29"))).await;
    let new = p("2024-04-16', DATE '2024-04-30");
    fill(&context, &project, "decoded_traffic_answers", &format!("SELECT repo_id, stream, 'answer' AS status, TIMESTAMP '2024-04-30 10:00:00' AS answered_at, 100 AS count, 20 AS uniques, 'x' AS etag, 99 AS source_run_seq FROM {r} CROSS JOIN (SELECT unnest(make_array('traffic_views', 'traffic_clones', 'traffic_referrers', 'traffic_paths')) AS stream)")).await;
    fill(&context, &project, "decoded_traffic_counts", &format!("SELECT repo_id, measure, 'day' AS per, day AS starts_on, n % 9 AS count, n % 4 AS uniques, day BETWEEN DATE '2024-04-17' AND DATE '2024-04-29' AS is_whole, TIMESTAMP '2024-04-30 10:00:00' AS seen_at, 'github' AS source, 99 AS source_run_seq FROM {new} CROSS JOIN (SELECT unnest(make_array('views', 'clones')) AS measure)")).await;
    fill(&context, &project, "decoded_traffic_popular", &format!("SELECT repo_id, kind, TIMESTAMP '2024-04-30 10:00:00' AS taken_at, place, 'google' || place AS name, 5 AS count, 2 AS uniques, 'github' AS source, 99 AS source_run_seq FROM {r} CROSS JOIN (SELECT unnest(generate_series(1, 10)) AS place) CROSS JOIN (SELECT unnest(make_array('referrers', 'paths')) AS kind)")).await;
    fill(&context, &project, "decoded_repository_stats", &format!("SELECT repo_id, TIMESTAMP '2024-04-30 10:00:00' AS seen_at, DATE '2024-04-30' AS day, 5 AS stars, 'github' AS source, 99 AS source_run_seq FROM {r}")).await;
    } else {
    fill(&context, &project, "decoded_traffic_counts", &format!("SELECT repo_id, measure, 'day' AS per, day AS starts_on, n % 9 AS count, n % 4 AS uniques, true AS is_whole, TIMESTAMP '2024-04-30 10:00:00' AS seen_at, 'github' AS source, 99 AS source_run_seq FROM {} CROSS JOIN (SELECT unnest(make_array('views', 'clones')) AS measure)", p("2014-05-01', DATE '2024-04-29"))).await;
    }
    if let Ok(q) = std::env::var("EXPLAIN") {
        let run_at = "2024-04-30T12:00:00Z".parse().unwrap();
        for name in ["stg_traffic_observations", "stg_traffic_snapshots"] {
            let model = project.model(name).unwrap();
            register(&context, name, model.schema(), build_model(&context, model, run_at).await.unwrap());
        }
        for q in q.split(';') {
            let started = Instant::now();
            let rows = context.sql(q).await.unwrap().collect().await.unwrap();
            println!("{} ms {}\n{}", started.elapsed().as_millis(), q, if q.starts_with("EXPLAIN") { arrow::util::pretty::pretty_format_batches(&rows).unwrap().to_string() } else { rows.iter().map(|b| b.num_rows()).sum::<usize>().to_string() });
        }
        return;
    }
    let run_at = "2024-04-30T12:00:00Z".parse().unwrap();
    let begun = Instant::now();
    for step in plan(&project, "traffic").unwrap() {
        let Some(model) = project.model(&step.name) else { continue };
        match step.action {
            Action::Compute | Action::Merge { .. } | Action::Replace => {
                let started = Instant::now();
                let rows = build_model(&context, model, run_at).await.unwrap();
                let count = rows.iter().map(|b| b.num_rows()).sum::<usize>();
                println!("{:>6} ms {:>8} rows {}", started.elapsed().as_millis(), count, model.name);
                register(&context, &model.name, model.schema(), rows.clone());
                if model.is_stored() { register(&context, &format!("stored.{}", model.name), model.schema(), rows); }
            }
            Action::View if model.name == "traffic_pieces" => {
                let q = model.query.clone();
                context.deregister_table("traffic_pieces").unwrap();
                context.sql(&format!("CREATE VIEW traffic_pieces AS {q}")).await.unwrap();
            }
            _ => {}
        }
    }
    println!("{:>6} ms models", begun.elapsed().as_millis());
    let begun = Instant::now();
    let found = audit(&context, &project, "traffic", Scope::Repository, run_at).await.unwrap();
    println!("{:>6} ms audits {}", begun.elapsed().as_millis(), found.len());
    for violation in found.iter().take(3) { println!("{violation:?}"); }
    let begun = Instant::now();
    register_views(&context, &project, &["traffic".to_owned()], run_at).await.unwrap();
    println!("{:>6} ms register views", begun.elapsed().as_millis());
    for view in ["mart_traffic_daily", "mart_repository_stats_daily", "mart_traffic_weekly", "views_golden", "traffic_pieces"] {
        let begun = Instant::now();
        let rows = context.sql(&format!("SELECT count(*), count(repo_id) FROM {}", if view == "views_golden" { "(SELECT count AS repo_id FROM views_golden)" } else { view })).await.unwrap().collect().await.unwrap();
        println!("{:>6} ms {view} {:?}", begun.elapsed().as_millis(), rows[0].column(0));
    }
}
