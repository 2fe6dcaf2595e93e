//! The nine tables and six views of trending repositories, under the names and columns that Trender gave them.
//!
//! What differs: repositories are known by GitHub's number (`repo_id`), which survives a rename, so keys and foreign
//! keys hold that; keys are BIGINT; texts have no length; scores are DOUBLE PRECISION, because two decimals of a
//! score between 0 and 1 would make ranks that nobody can follow. Each column that Trender has is there under its
//! name; further columns hold what else is known.

mod dimensions;
mod facts;
mod raw;
mod staging;

use crate::table::{TableSpec, ViewSpec};

/// The tables, each after those that it refers to.
pub fn tables() -> Vec<TableSpec> {
    vec![
        raw::github_repos(),
        raw::repo_metrics(),
        staging::repos_validated(),
        staging::render_enrichment(),
        dimensions::languages(),
        dimensions::render_services(),
        dimensions::repositories(),
        facts::repo_snapshots(),
        facts::render_usage(),
    ]
}

/// The views.
pub fn views() -> Vec<ViewSpec> {
    let files = [
        ("analytics_trending_repos_current", include_str!("trending/views/trending_repos_current.sql")),
        ("analytics_render_showcase", include_str!("trending/views/render_showcase.sql")),
        ("analytics_language_rankings", include_str!("trending/views/language_rankings.sql")),
        ("analytics_render_services_adoption", include_str!("trending/views/render_services_adoption.sql")),
        ("analytics_language_trends", include_str!("trending/views/language_trends.sql")),
        ("analytics_repo_history", include_str!("trending/views/repo_history.sql")),
    ];
    files.into_iter().map(|(name, text)| view(name, text)).collect()
}

/// A file's first line says what a row is.
fn view(name: &str, text: &str) -> ViewSpec {
    let (comment, query) = text.split_once('\n').unwrap_or(("", text));
    let comment = comment.trim_start_matches("--").trim().to_owned();
    ViewSpec { name: name.to_owned(), comment, query: query.to_owned() }
}

/// The condition that a category is one of Trender's four; no category is allowed.
const CATEGORIES: &str = "render_category IN ('official', 'employee', 'community', 'blueprint')";
