//! Whole builds over a batch session.

use chrono::{DateTime, Utc};
use datafusion::prelude::SessionContext;
use hublake_models::{Project, Scope, Severity, audit, build, register_views};
use serde_json::{Value, json};

use crate::tables::{batch, query, register, register_all_empty, rows, schema_of, session};

fn run_at() -> DateTime<Utc> {
    "2024-03-10T12:00:00Z".parse().unwrap()
}

/// Three issues of one repository, the last of them fetched twice.
fn decoded() -> Vec<Value> {
    let issue = |id: i64, state: &str, created: &str, closed: Option<&str>, page: i64| {
        json!({
            "repo_id": 7, "issue_id": id, "issue_number": id, "state": state, "is_pull_request": false, "comment_count": 0,
            "created_at": created, "updated_at": "2024-03-01T00:00:00Z", "closed_at": closed,
            "labels": [{"label_id": 1, "label_name": "bug"}], "assignees": [], "source_run_id": "run-00000001",
            "source_run_seq": 1, "source_recorded_at": "2024-03-09T00:00:00Z", "source_page_number": page, "source_item_index": id,
        })
    };
    vec![
        issue(1, "open", "2024-02-29T23:30:00Z", None, 1),
        issue(2, "closed", "2024-02-28T00:30:00Z", Some("2024-03-01T00:15:00Z"), 1),
        issue(3, "open", "2024-03-01T00:00:00Z", None, 1),
        issue(3, "open", "2024-03-01T00:00:00Z", None, 2),
    ]
}

fn batch_session(time_zone: &str, partitions: usize, project: &Project, decoded: &[Value]) -> SessionContext {
    let context = session(time_zone, partitions);
    register_all_empty(&context, project);
    let repositories = json!({"repo_id": 7, "repo_full_name": "octo/new", "repo_owner": "octo", "repo_name": "new"});
    let closing = json!({
        "repo_id": 7, "event_node_id": "a", "issue_number": 2, "event_type": "closed",
        "created_at": "2024-03-01T00:15:00Z", "source_run_seq": 1,
    });
    let run = json!({"repo_id": 7, "run_id": "run-00000001", "run_seq": 1, "stream": "issues", "repo_full_name": "octo/new", "started_at": "2024-03-09T00:00:00Z", "finished_at": "2024-03-09T00:01:00Z"});
    for (table, table_rows) in [
        ("repositories", &[repositories][..]),
        ("decoded_issues", decoded),
        ("decoded_issue_events", &[closing]),
        ("completed_runs", &[run]),
    ] {
        let schema = schema_of(project, table);
        register(&context, table, schema.clone(), vec![batch(&schema, table_rows)]);
    }
    context
}

#[tokio::test]
async fn a_build_is_the_same_in_every_time_zone_and_with_any_parallelism() {
    let project = Project::embedded().unwrap();
    let mut results = Vec::new();
    for (time_zone, partitions) in [("UTC", 1), ("Pacific/Auckland", 3), ("America/Los_Angeles", 2)] {
        let context = batch_session(time_zone, partitions, &project, &decoded());
        let built = build(&context, &project, "issues", run_at()).await.unwrap();
        results.push(built.into_iter().map(|(name, batches)| (name, rows(&batches))).collect::<Vec<_>>());
    }
    assert_eq!(results[0], results[1]);
    assert_eq!(results[0], results[2]);
}

#[tokio::test]
async fn results_have_the_declared_schema_and_stand_in_both_schemas() {
    let project = Project::embedded().unwrap();
    let context = batch_session("Pacific/Auckland", 2, &project, &decoded());
    let built = build(&context, &project, "issues", run_at()).await.unwrap();
    assert_eq!(built.keys().collect::<Vec<_>>(), {
        let of_issues = project.stored().filter(|model| model.pipeline == "issues");
        let mut names = of_issues.map(|model| &model.name).collect::<Vec<_>>();
        names.sort();
        names
    });
    for (name, batches) in &built {
        for batch in batches {
            assert_eq!(batch.schema(), project.model(name).unwrap().schema(), "{name}");
        }
        for table in [name.clone(), format!("stored.{name}")] {
            assert_eq!(rows(batches), query(&context, &format!("SELECT * FROM {table}")).await, "{table}");
        }
    }
    assert!(!context.table_exist("stg_issue_changes").unwrap(), "the temporary table is released");
    let swings =
        query(&context, "SELECT calendar_date, swing_rank_positive FROM mart_issue_swing_days ORDER BY 1").await;
    assert_eq!(
        swings,
        [
            json!({"calendar_date": "2024-02-28", "swing_rank_positive": 1}),
            json!({"calendar_date": "2024-02-29", "swing_rank_positive": 1}),
            json!({"calendar_date": "2024-03-01", "swing_rank_positive": 3}),
        ]
    );
}

#[tokio::test]
async fn readers_see_the_daily_flow_up_to_the_day_of_reading_and_the_stored_table_as_it_lies() {
    let project = Project::embedded().unwrap();
    let context = batch_session("Pacific/Auckland", 2, &project, &decoded());
    build(&context, &project, "issues", run_at()).await.unwrap();
    register_views(&context, &project, &["issues".to_owned()], run_at()).await.unwrap();
    let last = "SELECT CAST(max(calendar_date) AS VARCHAR) AS day, count(*) AS days FROM";
    assert_eq!(
        query(&context, &format!("{last} mart_issue_daily_flow")).await,
        [json!({"day": "2024-03-10", "days": 12})]
    );
    assert_eq!(
        query(&context, &format!("{last} stored.mart_issue_daily_flow")).await,
        [json!({"day": "2024-03-01", "days": 3})]
    );
    let open = query(&context, "SELECT open_count, oldest_issue_number FROM mart_issue_open_age").await;
    assert_eq!(open, [json!({"open_count": 2, "oldest_issue_number": 1})]);
}

#[tokio::test]
async fn a_sound_batch_passes_all_audits_and_a_faulty_repository_is_named() {
    let project = Project::embedded().unwrap();
    let context = batch_session("Pacific/Auckland", 2, &project, &decoded());
    build(&context, &project, "issues", run_at()).await.unwrap();
    for scope in [Scope::Repository, Scope::Table] {
        assert_eq!(audit(&context, &project, "issues", scope, run_at()).await.unwrap(), []);
    }
    let mut faulty = decoded();
    faulty[0]["state"] = json!("merged");
    faulty[1]["closed_at"] = json!("2024-02-28T00:00:00Z");
    let context = batch_session("Pacific/Auckland", 2, &project, &faulty);
    build(&context, &project, "issues", run_at()).await.unwrap();
    let found = audit(&context, &project, "issues", Scope::Repository, run_at()).await.unwrap();
    let found = found
        .iter()
        .map(|found| (found.audit.as_str(), found.severity, found.repo_id, found.count))
        .collect::<Vec<_>>();
    assert_eq!(
        found,
        [
            ("closed_shortly_before_created", Severity::Warning, Some(7), 1),
            ("closed_without_event", Severity::Warning, Some(7), 1),
            ("state_is_known", Severity::Error, Some(7), 1),
        ]
    );
}

#[tokio::test]
async fn a_query_that_fails_names_its_model() {
    let project = Project::embedded().unwrap();
    let context = batch_session("UTC", 2, &project, &decoded());
    context.deregister_table("previous.stg_sync_state").unwrap();
    let error = build(&context, &project, "issues", run_at()).await.unwrap_err().to_string();
    assert!(error.starts_with("stg_sync_state: ") && error.contains("previous.stg_sync_state"), "{error}");
}
