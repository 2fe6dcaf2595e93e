//! What holds for all embedded models.

use arrow::datatypes::DataType;
use hublake_models::{Action, Kind, Project, plan};

use crate::tables::{register_all_empty, session};

#[test]
fn every_stored_table_begins_with_its_repository() {
    let project = Project::embedded().unwrap();
    for model in project.models().iter().filter(|model| model.kind != Kind::Temporary) {
        let names = model.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>();
        assert_eq!(names[..4], ["repo_id", "repo_full_name", "repo_owner", "repo_name"], "{}", model.path);
        assert_eq!(model.columns[0].data_type, DataType::Int64, "{}", model.path);
        assert_eq!(model.grain[0], "repo_id", "{}", model.path);
    }
}

#[test]
fn a_readers_view_has_the_columns_of_its_table() {
    let project = Project::embedded().unwrap();
    for view in project.reader_views() {
        assert_eq!(view.schema(), project.model(&view.name).unwrap().schema());
        assert_eq!(view.kind, Kind::View);
    }
}

#[test]
fn the_plan_runs_each_model_after_those_it_reads() {
    let project = Project::embedded().unwrap();
    let steps = plan(&project, "issues").unwrap();
    let mut done = project.sources().iter().map(|source| source.name.clone()).collect::<Vec<_>>();
    for step in &steps {
        for read in &step.reads {
            assert!(done.contains(read), "{step}");
        }
        match step.action {
            Action::Release => done.retain(|name| *name != step.name),
            _ => done.push(step.name.clone()),
        }
    }
    let text = steps.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(text[0], "compute stg_issue_changes <- decoded_issues, repositories");
    assert!(text.contains(&"release stg_issue_changes".to_owned()), "{text:?}");
    assert!(
        text.contains(&"audit daily_flow_without_gaps (error, per repository) <- mart_issue_daily_flow".to_owned())
    );
}

#[test]
fn an_unknown_pipeline_is_named_with_the_known_ones() {
    let error = plan(&Project::embedded().unwrap(), "isues").unwrap_err().to_string();
    assert_eq!(error, "unknown pipeline isues\nhint: the pipelines are issues");
}

#[tokio::test]
async fn every_query_gives_the_declared_types() {
    let project = Project::embedded().unwrap();
    let context = session("Asia/Kolkata", 2);
    register_all_empty(&context, &project);
    hublake_models::register_views(&context, &project, "2024-05-01T00:00:00Z".parse().unwrap()).await.unwrap();
    for model in project.models().iter().chain(project.reader_views()).filter(|model| model.kind == Kind::View) {
        let planned = context.table(&model.name).await.unwrap();
        for (found, declared) in planned.schema().fields().iter().zip(model.schema().fields()) {
            assert_eq!((found.name(), found.data_type()), (declared.name(), declared.data_type()), "{}", model.name);
        }
    }
}
