//! temporary
use crate::tables::*;
use hublake_models::*;
use serde_json::json;
#[tokio::test]
async fn scale() {
    let project = Project::embedded().unwrap();
    for n in [20_000, 100_000_i64] {
        let context = session("UTC", 2);
        let rt = datafusion::execution::runtime_env::RuntimeEnvBuilder::new().with_memory_pool(std::sync::Arc::new(datafusion::execution::memory_pool::FairSpillPool::new(32_000_000))).build_arc().unwrap();
        let context = { let c = datafusion::prelude::SessionContext::new_with_config_rt(datafusion::prelude::SessionConfig::new().with_target_partitions(2), rt); c.register_udaf(crate::percentile::percentile_exact()); for schema in ["previous", "stored"] { c.catalog("datafusion").unwrap().register_schema(schema, std::sync::Arc::new(datafusion::catalog::MemorySchemaProvider::new())).unwrap(); } drop(context); c };
        register_all_empty(&context, &project);
        let reps = (0..10).map(|i| json!({"repo_id": i, "repo_full_name": format!("octo/{i}"), "repo_owner":"octo","repo_name":i.to_string()})).collect::<Vec<_>>();
        let rows = (0..n).map(|i| json!({"repo_id": i % 10, "issue_id": i, "issue_number": i, "title": "x".repeat(60), "html_url": "y".repeat(60), "api_url": "y".repeat(60), "is_pull_request": i % 3 == 0, "state": if i % 2 == 0 {"closed"} else {"open"}, "closed_at": if i % 2 == 0 {Some("2024-03-01T00:00:00Z")} else {None}, "created_at": format!("20{:02}-01-{:02}T00:00:00Z", 15 + i % 9, 1 + i % 28), "updated_at": "2024-03-02T00:00:00Z", "comment_count": 1, "labels": [{"label_id": i % 7, "label_name": format!("l{}", i % 7)}, {"label_id": 9, "label_name": "nine"}], "assignees": [{"assignee_login": "ada"}]})).collect::<Vec<_>>();
        for (t, r) in [("repositories", &reps), ("decoded_issues", &rows)] {
            let s = schema_of(&project, t);
            let b = batch(&s, r);
            let parts = (0..b.num_rows()).step_by(8192).map(|o| b.slice(o, 8192.min(b.num_rows() - o))).collect();
            register(&context, t, s, parts);
        }
        let at: chrono::DateTime<chrono::Utc> = "2024-04-01T00:00:00Z".parse().unwrap();
        let mut tables = project.models().iter().filter(|m| m.kind != Kind::View);
        for m in &mut tables {
            let t = std::time::Instant::now();
            let out = build_model(&context, m, at).await.unwrap();
            eprintln!("{n} {} {} rows {} ms", m.name, out.iter().map(|b| b.num_rows()).sum::<usize>(), t.elapsed().as_millis());
            register(&context, &m.name, m.schema(), out.clone());
            if m.is_stored() { register(&context, &format!("stored.{}", m.name), m.schema(), out); }
        }
        let t = std::time::Instant::now();
        audit(&context, &project, "issues", Scope::Repository, at).await.unwrap();
        eprintln!("{n} audits {} ms", t.elapsed().as_millis());
        register_views(&context, &project, at).await.unwrap();
        let t = std::time::Instant::now();
        query(&context, "SELECT repo_full_name, sum(opened_count) FROM mart_issue_daily_flow GROUP BY 1 ORDER BY 2 DESC LIMIT 20").await;
        eprintln!("{n} reader {} ms", t.elapsed().as_millis());
        for r in query(&context, "EXPLAIN SELECT repo_full_name, sum(opened_count) FROM mart_issue_daily_flow WHERE repo_id = 3 AND calendar_date > DATE '2024-01-01' GROUP BY 1").await { if n == 10_000 { eprintln!("{}", r["plan"].as_str().unwrap()); } }
    }
}
