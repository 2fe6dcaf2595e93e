//! The repositories of the lists.

use anyhow::Result;
use chrono::{DateTime, Utc};
use datafusion::prelude::SessionContext;
use serde::Serialize;

use super::figures::{Asked, RENDER, TrendingList};
use super::rows::{Row, quoted, rows};

/// A repository of a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ranked {
    /// From 1; equal scores and stars have equal ranks.
    pub rank_in_language: i64,
    /// Among all repositories of the day.
    pub rank_overall: Option<i64>,
    /// GitHub's numeric id.
    pub repo_id: i64,
    /// `owner/name`.
    pub repository: String,
    /// Its page.
    pub repo_url: Option<String>,
    /// The language that it is written in, as GitHub says.
    pub repo_language: Option<String>,
    /// As its owner describes it.
    pub description: Option<String>,
    /// Stars.
    pub stars: i64,
    /// Forks.
    pub forks: Option<i64>,
    /// Stars gained a day.
    pub star_velocity: Option<f64>,
    /// 0.4 commits + 0.3 issues closed + 0.3 active contributors of seven days.
    pub activity_score: Option<f64>,
    /// 0 to 1.
    pub momentum_score: f64,
    /// Whole days from its creation until it was seen.
    pub age_days: Option<i64>,
    /// When it was seen last.
    pub seen_at: Option<DateTime<Utc>>,
    /// What its blueprint says; null for other lists than `render`.
    pub render: Option<Showcase>,
}

/// What is known of a repository that is made for Render.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Showcase {
    /// `official`, `blueprint`, `employee` or `community`.
    pub category: Option<String>,
    /// Kinds of services, in order of their names.
    pub services: Vec<String>,
    /// Services and databases of all environments; null without a blueprint that can be read.
    pub service_count: Option<i64>,
    /// 0 to 10; null likewise.
    pub complexity: Option<i64>,
    /// Whether the README has a button that deploys it.
    pub has_blueprint_button: bool,
    /// Where the button leads.
    pub deploy_button_url: Option<String>,
}

/// Repositories with their lists, best first in each list.
pub(super) async fn ranked(
    context: &SessionContext,
    asked: &Asked,
    lists: &[TrendingList],
) -> Result<Vec<(String, Ranked)>> {
    let names: Vec<_> = lists.iter().map(|list| quoted(&list.language)).collect();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let query = format!(
        "SELECT repository.language, repository.rank_in_language, repository.rank_overall, repository.repo_id,
             repository.repo_full_name, repository.repo_url, repository.repo_language, repository.description,
             repository.stars, repository.forks, repository.star_velocity, repository.activity_score,
             repository.momentum_score, repository.age_days, repository.seen_at, repository.render_category,
             showcase.render_services, showcase.service_count, showcase.render_complexity_score,
             showcase.has_blueprint_button, showcase.deploy_button_url
         FROM analytics_trending_repos_current repository
         LEFT JOIN analytics_render_showcase showcase ON showcase.repo_id = repository.repo_id
         WHERE repository.rank_in_language <= {} AND repository.language IN ({})
         ORDER BY repository.language, repository.rank_in_language, repository.repo_full_name",
        asked.limit,
        names.join(", ")
    );
    rows(context, &query, |row| Some((row.text("language")?, repository(row)?))).await
}

fn repository(row: &Row<'_>) -> Option<Ranked> {
    let is_of_render = row.text("language")? == RENDER;
    Some(Ranked {
        rank_in_language: row.number("rank_in_language")?,
        rank_overall: row.number("rank_overall"),
        repo_id: row.number("repo_id")?,
        repository: row.text("repo_full_name")?,
        repo_url: row.text("repo_url"),
        repo_language: row.text("repo_language"),
        description: row.text("description"),
        stars: row.number("stars")?,
        forks: row.number("forks"),
        star_velocity: row.decimal("star_velocity"),
        activity_score: row.decimal("activity_score"),
        momentum_score: row.decimal("momentum_score")?,
        age_days: row.number("age_days"),
        seen_at: row.instant("seen_at"),
        render: is_of_render.then(|| showcase(row)),
    })
}

/// What a row says of a repository that is made for Render.
pub(super) fn showcase(row: &Row<'_>) -> Showcase {
    Showcase {
        category: row.text("render_category"),
        services: row.texts("render_services"),
        service_count: row.number("service_count"),
        complexity: row.number("render_complexity_score"),
        has_blueprint_button: row.flag("has_blueprint_button").unwrap_or_default(),
        deploy_button_url: row.text("deploy_button_url"),
    }
}
