//! What holds for all embedded models.

use std::collections::BTreeSet;

use arrow::datatypes::DataType;
use hublake_models::{Action, Kind, Model, Project, plan};

use crate::tables::{query, register, register_all_empty, session};

/// What a table or a view of a name of its own begins with.
const REPOSITORY: [&str; 4] = ["repo_id", "repo_full_name", "repo_owner", "repo_name"];

/// Views with the columns that another tool's readers know.
const COLUMNS_OF_OTHERS: [&str; 4] = ["views", "clones", "views_golden", "clones_golden"];

/// Views over tables without names.
const WITHOUT_NAMES: [&str; 2] = ["traffic_pieces", "readme_contents"];

/// Views that are about no one repository, and those whose first columns another tool's readers know.
const FIRST_COLUMNS: [(&str, &[&str]); 9] = [
    ("analytics_newest_day", &["snapshot_date"]),
    ("dim_languages", &["language_key", "language_name", "language_category", "ecosystem_size"]),
    ("dim_render_services", &["service_key", "service_type", "service_description"]),
    (
        "analytics_trending_repos_current",
        &[
            "repo_full_name",
            "repo_url",
            "language",
            "description",
            "readme_content",
            "render_category",
            "stars",
            "star_velocity",
            "activity_score",
            "momentum_score",
            "rank_overall",
            "rank_in_language",
            "snapshot_date",
            "last_updated",
        ],
    ),
    (
        "analytics_render_showcase",
        &[
            "repo_full_name",
            "repo_url",
            "language",
            "description",
            "readme_content",
            "render_category",
            "stars",
            "star_velocity",
            "activity_score",
            "momentum_score",
            "rank_overall",
            "rank_in_language",
            "snapshot_date",
            "last_updated",
            "render_services",
            "service_count",
            "render_complexity_score",
            "has_blueprint_button",
            "deploy_button_url",
        ],
    ),
    (
        "analytics_language_rankings",
        &[
            "language_name",
            "repo_full_name",
            "repo_url",
            "description",
            "readme_content",
            "render_category",
            "stars",
            "momentum_score",
            "star_velocity",
            "rank_in_language",
            "snapshot_date",
            "render_adoption_count",
        ],
    ),
    (
        "analytics_render_services_adoption",
        &[
            "service_type",
            "service_description",
            "repos_using_service",
            "total_service_instances",
            "avg_complexity_score",
            "blueprints_with_service",
        ],
    ),
    (
        "analytics_language_trends",
        &[
            "language_name",
            "language_category",
            "total_repos",
            "total_stars",
            "avg_stars",
            "avg_momentum",
            "render_projects",
            "render_adoption_percentage",
        ],
    ),
    (
        "analytics_repo_history",
        &[
            "repo_full_name",
            "language",
            "snapshot_date",
            "stars",
            "star_velocity",
            "momentum_score",
            "activity_score",
            "rank_overall",
            "rank_in_language",
        ],
    ),
];

/// Tables that readers see with other columns: language is what a repository is shown under.
const SHOWN_OTHERWISE: [&str; 2] = ["dim_repositories", "stg_repos_validated"];

#[test]
fn every_table_begins_with_its_repository_and_one_stored_by_month_leaves_the_names_to_views() {
    let project = Project::embedded().unwrap();
    for model in project.models().iter().filter(|model| model.kind != Kind::Temporary) {
        let names = names(model);
        if COLUMNS_OF_OTHERS.contains(&model.name.as_str()) {
            assert_eq!(names, ["repo", "uniques", "count", "timestamp"], "{}", model.path);
            continue;
        }
        if let Some((_, first)) = FIRST_COLUMNS.iter().find(|(name, _)| *name == model.name) {
            assert_eq!(&names[..first.len()], *first, "{}", model.path);
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
        if SHOWN_OTHERWISE.contains(&view.name.as_str()) {
            assert_eq!(names(view)[..4], REPOSITORY, "{}", view.path);
            let shown = names(view).into_iter().map(|name| match name {
                "language" => "shown_language",
                "repo_language" => "language",
                name => name,
            });
            let shown = shown.filter(|name| *name != "readme_content").collect::<BTreeSet<_>>();
            assert_eq!(shown, names(table).into_iter().collect(), "{}", view.path);
            continue;
        }
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
    for pipeline in ["issues", "traffic", "trending"] {
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
    assert_eq!(error, "unknown pipeline isues\nhint: the pipelines are issues, traffic, trending");
}

#[tokio::test]
async fn every_query_gives_the_declared_types() {
    let project = Project::embedded().unwrap();
    let context = session("Asia/Kolkata", 2);
    register_all_empty(&context, &project);
    hublake_models::register_views(
        &context,
        &project,
        &["issues".to_owned(), "traffic".to_owned(), "trending".to_owned()],
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

#[tokio::test]
async fn views_are_registered_after_those_they_read_whatever_their_folders() {
    let project = Project::embedded().unwrap();
    let context = session("UTC", 1);
    for source in project.sources().iter().filter(|source| source.is_kept) {
        register(&context, &source.name, source.schema(), vec![]);
    }
    for model in project.stored() {
        register(&context, &model.name, model.schema(), vec![]);
        register(&context, &format!("stored.{}", model.name), model.schema(), vec![]);
    }
    for pipeline in ["issues", "traffic", "trending"] {
        let run_at = "2026-05-01T00:00:00Z".parse().unwrap();
        hublake_models::register_views(&context, &project, &[pipeline.to_owned()], run_at).await.unwrap();
    }
    assert!(query(&context, "SELECT * FROM analytics_trending_repos_current").await.is_empty());
    assert!(query(&context, "SELECT readme_content, repo_language FROM dim_repositories").await.is_empty());
    assert_eq!(query(&context, "SELECT * FROM analytics_render_services_adoption").await.len(), 8);
}
