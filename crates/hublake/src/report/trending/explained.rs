//! Why one repository is trending.

mod blueprint;
mod history;
pub mod terminal;

use anyhow::Result;
use chrono::{DateTime, NaiveDate, Utc};
use datafusion::prelude::SessionContext;
use serde::Serialize;

pub use self::blueprint::{Blueprint, Service};
pub use self::history::Snapshot;
use super::rows::{Row, quoted, rows};

/// One repository: every number of its score, and what it was on other days.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explained {
    /// GitHub's numeric id.
    pub repo_id: i64,
    /// `owner/name`.
    pub repository: String,
    /// Its page.
    pub repo_url: Option<String>,
    /// As its owner describes it.
    pub description: Option<String>,
    /// The list that it stands in; `render` for Render's repositories.
    pub language: String,
    /// The language that it is written in, as GitHub says.
    pub repo_language: Option<String>,
    /// Whether it is one of Render's.
    pub is_render: bool,
    /// When it was created.
    pub created_at: Option<DateTime<Utc>>,
    /// The day of the newest run that saw it, UTC; all figures are of it.
    pub snapshot_date: NaiveDate,
    /// When it was seen last that day.
    pub seen_at: Option<DateTime<Utc>>,
    /// Stars.
    pub stars: i64,
    /// Forks.
    pub forks: Option<i64>,
    /// Place among all repositories of the day.
    pub rank_overall: Option<i64>,
    /// How many those are.
    pub ranked_overall: i64,
    /// Place in its list.
    pub rank_in_language: Option<i64>,
    /// How long the list is.
    pub ranked_in_language: i64,
    /// What it is ranked by.
    pub momentum: Momentum,
    /// Stars a day.
    pub velocity: Velocity,
    /// What is done in it.
    pub activity: Activity,
    /// The score as a sum in words; null where it was not seen on the newest day of all.
    pub explanation: Option<String>,
    /// What its `render.yaml` and README say; null where there is none and it is not one of Render's.
    pub blueprint: Option<Blueprint>,
    /// All its days, oldest first.
    pub history: Vec<Snapshot>,
}

/// The score of a day: `star_weight` × `stars_normalised` + `recency_weight` × `recency_score`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Momentum {
    /// 0 to 1.
    pub momentum_score: f64,
    /// Name of the weights and steps: `promised`, `recent` or `own`.
    pub momentum_name: Option<String>,
    /// Weight of the stars.
    pub star_weight: f64,
    /// `stars` / `stars_most`.
    pub stars_normalised: f64,
    /// Most stars of a repository of its group that day: Render's repositories are one, all others the other.
    pub stars_most: i64,
    /// Who has them.
    pub most_starred: Option<String>,
    /// Weight of the age.
    pub recency_weight: f64,
    /// What the steps give for `age_days`.
    pub recency_score: f64,
    /// Whole days from its creation until it was seen.
    pub age_days: i64,
    /// The step that gives it, of those that are set now; null where they give something else.
    pub recency_step: Option<String>,
}

/// Stars gained a day: `stars_gained` / `stars_gained_in_days`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Velocity {
    /// Null where nothing tells it.
    pub star_velocity: Option<f64>,
    /// `snapshots` where our own of the week before tell it, else `star history`.
    pub star_velocity_from: Option<String>,
    /// Stars gained.
    pub stars_gained: Option<i64>,
    /// The time in which they were gained, in days.
    pub stars_gained_in_days: Option<f64>,
}

/// 0.4 commits + 0.3 issues closed + 0.3 active contributors of the seven days before it was seen.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Activity {
    /// Null where one of them is not known.
    pub activity_score: Option<f64>,
    /// On the default branch.
    pub commits_last_7_days: Option<i64>,
    /// Without pull requests.
    pub issues_closed_last_7_days: Option<i64>,
    /// Distinct authors of these commits that are no bots.
    pub active_contributors: Option<i64>,
}

/// What the score of an age is by, as it is set.
#[derive(Clone, Copy, Debug)]
pub struct Steps<'a> {
    /// Age in days up to which a score holds, ascending.
    pub steps: &'a [(u32, f64)],
    /// The score of what is older.
    pub after: f64,
}

/// Asks a reader's session for a repository by its name in whatever case; `None` where it was never seen.
///
/// It is told as of the newest run that saw it itself, be that the newest of all or not.
pub async fn explained(context: &SessionContext, name: &str, steps: Steps<'_>) -> Result<Option<Explained>> {
    let query = format!(
        "SELECT repository.repo_id, repository.repo_full_name, repository.repo_url, repository.description,
             language.language_name AS language, repository.language AS repo_language, repository.created_at,
             snapshot.is_render, snapshot.snapshot_date, snapshot.seen_at, snapshot.stars, snapshot.forks,
             snapshot.rank_overall, snapshot.rank_in_language, snapshot.momentum_score, snapshot.momentum_name,
             snapshot.star_weight, snapshot.stars_normalised, snapshot.stars_most, snapshot.recency_weight,
             snapshot.recency_score, snapshot.age_days, snapshot.star_velocity, snapshot.star_velocity_from,
             snapshot.stars_gained, snapshot.stars_gained_in_days, snapshot.activity_score,
             snapshot.commits_last_7_days, snapshot.issues_closed_last_7_days, snapshot.active_contributors
         FROM stored.dim_repositories repository
         JOIN fact_repo_snapshots snapshot ON snapshot.repo_id = repository.repo_id
         LEFT JOIN dim_languages language ON language.language_key = snapshot.language_key
         WHERE repository.is_current AND lower(repository.repo_full_name) = {}
         ORDER BY snapshot.source_run_seq DESC NULLS LAST, snapshot.snapshot_date DESC LIMIT 1",
        quoted(&name.to_lowercase())
    );
    let Some(mut found) = rows(context, &query, score).await?.pop() else { return Ok(None) };
    found.momentum.recency_step = step(steps, &found.momentum);
    found.history = history::history(context, found.repo_id, found.snapshot_date).await?;
    (found.ranked_overall, found.ranked_in_language) = ranked(context, &found).await?;
    found.momentum.most_starred = most_starred(context, &found).await?;
    found.explanation = explanation(context, &found).await?;
    found.blueprint = blueprint::blueprint(context, found.repo_id).await?;
    Ok(Some(found))
}

/// The step in words, if the score is by it.
fn step(steps: Steps<'_>, momentum: &Momentum) -> Option<String> {
    let held = steps.steps.iter().find(|(up_to, _)| momentum.age_days <= i64::from(*up_to));
    let (score, words) = match (held, steps.steps.last()) {
        (Some((up_to, score)), _) => (*score, format!("up to {up_to} days")),
        (None, Some((last, _))) => (steps.after, format!("over {last} days")),
        (None, None) => (steps.after, "any age".to_owned()),
    };
    ((score - momentum.recency_score).abs() < f64::EPSILON).then_some(words)
}

async fn explanation(context: &SessionContext, found: &Explained) -> Result<Option<String>> {
    let query = format!(
        "SELECT explanation FROM analytics_trending_explained WHERE repo_id = {} AND snapshot_date = DATE '{}'",
        found.repo_id, found.snapshot_date
    );
    Ok(rows(context, &query, |row| row.text("explanation")).await?.pop())
}

/// The name that a repository has now that was seen under another one.
pub async fn former_name(context: &SessionContext, name: &str) -> Result<Option<String>> {
    let query = format!(
        "SELECT newer.repo_full_name FROM stored.dim_repositories older
         JOIN stored.dim_repositories newer ON newer.repo_id = older.repo_id AND newer.is_current
         WHERE NOT older.is_current AND lower(older.repo_full_name) = {}
         ORDER BY older.valid_from DESC LIMIT 1",
        quoted(&name.to_lowercase())
    );
    Ok(rows(context, &query, |row| row.text("repo_full_name")).await?.pop())
}

fn score(row: &Row<'_>) -> Option<Explained> {
    Some(Explained {
        repo_id: row.number("repo_id")?,
        repository: row.text("repo_full_name")?,
        repo_url: row.text("repo_url"),
        description: row.text("description"),
        language: row.text("language")?,
        repo_language: row.text("repo_language"),
        is_render: row.flag("is_render").unwrap_or_default(),
        created_at: row.instant("created_at"),
        snapshot_date: row.date("snapshot_date")?,
        seen_at: row.instant("seen_at"),
        stars: row.number("stars")?,
        forks: row.number("forks"),
        rank_overall: row.number("rank_overall"),
        ranked_overall: 0,
        rank_in_language: row.number("rank_in_language"),
        ranked_in_language: 0,
        momentum: Momentum {
            momentum_score: row.decimal("momentum_score")?,
            momentum_name: row.text("momentum_name"),
            star_weight: row.decimal("star_weight")?,
            stars_normalised: row.decimal("stars_normalised")?,
            stars_most: row.number("stars_most")?,
            most_starred: None,
            recency_weight: row.decimal("recency_weight")?,
            recency_score: row.decimal("recency_score")?,
            age_days: row.number("age_days")?,
            recency_step: None,
        },
        velocity: Velocity {
            star_velocity: row.decimal("star_velocity"),
            star_velocity_from: row.text("star_velocity_from"),
            stars_gained: row.number("stars_gained"),
            stars_gained_in_days: row.decimal("stars_gained_in_days"),
        },
        activity: Activity {
            activity_score: row.decimal("activity_score"),
            commits_last_7_days: row.number("commits_last_7_days"),
            issues_closed_last_7_days: row.number("issues_closed_last_7_days"),
            active_contributors: row.number("active_contributors"),
        },
        explanation: row.text("explanation"),
        blueprint: None,
        history: Vec::new(),
    })
}

/// How many repositories were ranked with it, and how many of its list.
async fn ranked(context: &SessionContext, found: &Explained) -> Result<(i64, i64)> {
    let query = format!(
        "SELECT count(*) AS ranked, count(CASE WHEN language.language_name = {} THEN 1 END) AS of_language
         FROM fact_repo_snapshots snapshot
         LEFT JOIN dim_languages language ON language.language_key = snapshot.language_key
         WHERE snapshot.snapshot_date = DATE '{}'",
        quoted(&found.language),
        found.snapshot_date
    );
    let counts = rows(context, &query, |row| Some((row.number("ranked")?, row.number("of_language")?))).await?;
    Ok(counts.first().copied().unwrap_or_default())
}

/// Who has the most stars of its group.
async fn most_starred(context: &SessionContext, found: &Explained) -> Result<Option<String>> {
    let query = format!(
        "SELECT repository.repo_full_name FROM fact_repo_snapshots snapshot
         JOIN stored.dim_repositories repository ON repository.repo_id = snapshot.repo_id AND repository.is_current
         WHERE snapshot.snapshot_date = DATE '{}' AND snapshot.is_render = {} AND snapshot.stars = {}
         ORDER BY repository.repo_full_name LIMIT 1",
        found.snapshot_date, found.is_render, found.momentum.stars_most
    );
    Ok(rows(context, &query, |row| row.text("repo_full_name")).await?.pop())
}
