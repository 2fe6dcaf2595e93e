//! What holds for all embedded models.

use arrow::datatypes::DataType;
use hublake_models::{Action, Kind, Model, Project, plan};

use crate::tables::{register_all_empty, session};

/// What a table or a view of a name of its own begins with.
const REPOSITORY: [&str; 4] = ["repo_id", "repo_full_name", "repo_owner", "repo_name"];

/// Views with the columns that another tool's readers know.
const COLUMNS_OF_OTHERS: [&str; 4] = ["views", "clones", "views_golden", "clones_golden"];

/// Views that models read too, over tables without names.
const WITHOUT_NAMES: [&str; 1] = ["traffic_pieces"];

#[test]
fn every_table_begins_with_its_repository_and_one_stored_by_month_leaves_the_names_to_views() {
    let project = Project::embedded().unwrap();
    for model in project.models().iter().filter(|model| model.kind != Kind::Temporary) {
        let names = names(model);
        if COLUMNS_OF_OTHERS.contains(&model.name.as_str()) {
            assert_eq!(names, ["repo", "uniques", "count", "timestamp"], "{}", model.path);
            continue;
        }
        match model.by_month.is_some() || WITHOUT_NAMES.contains(&model.name.as_str()) {
            true => assert_eq!(names[0], "repo_id", "{}", model.path),
            false => assert_eq!(names[..4], REPOSITORY, "{}", model.path),
        }
        assert_eq!(model.columns[0].data_type, DataType::Int64, "{}", model.path);
        assert_eq!(model.grain[0], "repo_id", "{}", model.path);
    }
}

#[test]
fn a_readers_view_has_the_columns_of_its_table() {
    let project = Project::embedded().unwrap();
    for view in project.reader_views() {
        assert_eq!(view.kind, Kind::View);
        let table = project.model(&view.name).unwrap();
        if table.by_month.is_none() {
            assert_eq!(view.schema(), table.schema());
            continue;
        }
        assert_eq!(names(view)[..4], REPOSITORY, "{}", view.path);
        let of_table = 4..3 + table.columns.len();
        assert_eq!(view.schema().fields()[of_table], table.schema().fields()[1..], "{}", view.path);
    }
}

#[test]
fn a_mart_stored_by_month_has_a_view_that_adds_the_names() {
    let project = Project::embedded().unwrap();
    let marts = project.stored().filter(|model| model.by_month.is_some() && model.name.starts_with("mart_"));
    for mart in marts {
        assert!(project.reader_views().iter().any(|view| view.name == mart.name), "{} has no view", mart.name);
    }
}

fn names(model: &Model) -> Vec<&str> {
    model.columns.iter().map(|column| column.name.as_str()).collect()
}

#[test]
fn the_plan_runs_each_model_after_those_it_reads() {
    let project = Project::embedded().unwrap();
    for pipeline in ["issues", "traffic"] {
        let mut done = project.sources().iter().map(|source| source.name.clone()).collect::<Vec<_>>();
        done.extend(project.stored().map(|model| format!("previous.{}", model.name)));
        for step in plan(&project, pipeline).unwrap() {
            for read in &step.reads {
                assert!(done.contains(read), "{step}");
            }
            match step.action {
                Action::Release => done.retain(|name| *name != step.name),
                _ => done.push(step.name.clone()),
            }
        }
    }
    let steps = plan(&project, "issues").unwrap();
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
    assert_eq!(error, "unknown pipeline isues\nhint: the pipelines are issues, traffic");
}

#[tokio::test]
async fn every_query_gives_the_declared_types() {
    let project = Project::embedded().unwrap();
    let context = session("Asia/Kolkata", 2);
    register_all_empty(&context, &project);
    hublake_models::register_views(
        &context,
        &project,
        &["issues".to_owned(), "traffic".to_owned()],
        "2024-05-01T00:00:00Z".parse().unwrap(),
    )
    .await
    .unwrap();
    for model in project.models().iter().chain(project.reader_views()).filter(|model| model.kind == Kind::View) {
        let planned = context.table(&model.name).await.unwrap();
        for (found, declared) in planned.schema().fields().iter().zip(model.schema().fields()) {
            assert_eq!((found.name(), found.data_type()), (declared.name(), declared.data_type()), "{}", model.name);
        }
    }
}
