//! The figures of the answer, from the published views.

use anyhow::{Result, bail};
use chrono::NaiveDate;
use datafusion::prelude::SessionContext;
use serde::Serialize;

use super::ranked::{Ranked, ranked};
use super::rows::{quoted, rows};
use super::run::{Run, newest_run};
use super::services::{Adoption, adoption};

/// The language under which Render's repositories stand, in whatever they are written.
pub const RENDER: &str = "render";
/// Languages with a key up to this stand in its order, others by their size.
const SEEDED_KEYS: i64 = 1000;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Repositories of a list at most.
    pub limit: u32,
    /// Only this language; `render` is one.
    pub language: Option<String>,
}

/// All that is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// One for each language, that of Render last.
    pub lists: Vec<TrendingList>,
    /// The newest complete run.
    pub run: Option<Run>,
    /// How the scores of the day came about.
    pub rule: Option<Rule>,
}

/// The repositories of a language on the newest run's day.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrendingList {
    /// The language; `render` for Render's repositories.
    pub language: String,
    /// The day of the newest run that saw anything, UTC; null where it saw none of the language.
    pub snapshot_date: Option<NaiveDate>,
    /// The day of the newest run that saw any.
    pub last_seen_on: Option<NaiveDate>,
    /// How many were seen that day.
    pub total_repos: i64,
    /// Their stars together.
    pub total_stars: i64,
    /// Mean of their stars.
    pub avg_stars: Option<f64>,
    /// Mean of their momentum scores.
    pub avg_momentum: Option<f64>,
    /// Render's repositories that are written in the language; all of them under `render`.
    pub render_projects: i64,
    /// Their share of all repositories that are written in it, in percent.
    pub render_adoption_percentage: Option<f64>,
    /// The first of them by momentum.
    pub repositories: Vec<Ranked>,
    /// Which services they use; null for other lists than `render`.
    pub services: Option<Vec<Adoption>>,
    /// How the newest run came to the list; null where it did not look for the language.
    pub run: Option<Run>,
}

/// How momentum is made.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// `promised`, `recent` or `own`.
    pub name: String,
    /// Weight of the stars.
    pub star_weight: f64,
    /// Weight of the age.
    pub recency_weight: f64,
}

/// Asks a reader's session; the number of queries does not depend on what there is.
pub async fn figures(context: &SessionContext, asked: &Asked) -> Result<Answer> {
    let run = newest_run(context).await?;
    let mut lists = languages(context).await?;
    add_branches(&mut lists, run.as_ref());
    let mut lists = chosen(lists, asked)?;
    let mut ranked = ranked(context, asked, &lists).await?;
    for list in &mut lists {
        let is_of_list = |one: &(String, Ranked)| one.0 == list.language;
        let (here, others): (Vec<_>, Vec<_>) = ranked.into_iter().partition(is_of_list);
        ranked = others;
        list.repositories = here.into_iter().map(|one| one.1).take(asked.limit as usize).collect();
        list.last_seen_on = match list.snapshot_date {
            None => last_seen(context, &list.language).await?,
            date => date,
        };
        if list.language == RENDER {
            list.services = Some(adoption(context).await?);
        }
        list.run = run
            .as_ref()
            .filter(|run| run.search(&list.language).is_some())
            .and_then(|run| run.of_branch(&list.language));
    }
    Ok(Answer { lists, run, rule: rule(context).await? })
}

async fn languages(context: &SessionContext) -> Result<Vec<TrendingList>> {
    let query = format!(
        "SELECT language_name, total_repos, total_stars, avg_stars, avg_momentum, render_projects,
             render_adoption_percentage, snapshot_date
         FROM analytics_language_trends
         ORDER BY CASE WHEN language_name = '{RENDER}' THEN 1 ELSE 0 END,
             CASE WHEN language_key <= {SEEDED_KEYS} THEN language_key END NULLS LAST, total_repos DESC, language_name"
    );
    rows(context, &query, |row| {
        Some(TrendingList {
            snapshot_date: row.date("snapshot_date"),
            total_repos: row.number("total_repos").unwrap_or_default(),
            total_stars: row.number("total_stars").unwrap_or_default(),
            avg_stars: row.decimal("avg_stars"),
            avg_momentum: row.decimal("avg_momentum"),
            render_projects: row.number("render_projects").unwrap_or_default(),
            render_adoption_percentage: row.decimal("render_adoption_percentage"),
            ..empty(&row.text("language_name")?)
        })
    })
    .await
}

fn empty(language: &str) -> TrendingList {
    TrendingList {
        language: language.to_owned(),
        snapshot_date: None,
        last_seen_on: None,
        total_repos: 0,
        total_stars: 0,
        avg_stars: None,
        avg_momentum: None,
        render_projects: 0,
        render_adoption_percentage: None,
        repositories: Vec::new(),
        services: None,
        run: None,
    }
}

/// Leaves out languages that nobody looks for, and adds those of which nothing could be found.
fn add_branches(lists: &mut Vec<TrendingList>, run: Option<&Run>) {
    lists.retain(|list| list.total_repos > 0 || run.is_some_and(|run| run.search(&list.language).is_some()));
    let searches = run.into_iter().flat_map(Run::searches);
    for search in searches.filter(|search| !search.is_successful || search.repositories == 0) {
        if !lists.iter().any(|list| list.language.eq_ignore_ascii_case(&search.branch)) {
            let at = lists.iter().position(|list| list.language == RENDER).unwrap_or(lists.len());
            lists.insert(at, empty(&search.branch));
        }
    }
}

fn chosen(lists: Vec<TrendingList>, asked: &Asked) -> Result<Vec<TrendingList>> {
    let Some(language) = &asked.language else { return Ok(lists) };
    let is_it = |list: &&TrendingList| list.language.to_lowercase() == language.to_lowercase();
    let Some(list) = lists.iter().find(is_it) else {
        let known: Vec<_> = lists.iter().map(|list| crate::clean::clean(&list.language)).collect();
        bail!("no trending repository is shown under language {language}\nhint: there are {}", known.join(", "));
    };
    Ok(vec![list.clone()])
}

async fn last_seen(context: &SessionContext, language: &str) -> Result<Option<NaiveDate>> {
    let query = format!(
        "SELECT snapshot.snapshot_date AS last_seen_on FROM fact_repo_snapshots snapshot
         JOIN dim_languages language ON language.language_key = snapshot.language_key
         WHERE language.language_name = {}
         ORDER BY snapshot.source_run_seq DESC NULLS LAST, snapshot.snapshot_date DESC LIMIT 1",
        quoted(language)
    );
    Ok(rows(context, &query, |row| row.date("last_seen_on")).await?.pop())
}

async fn rule(context: &SessionContext) -> Result<Option<Rule>> {
    let query = "SELECT momentum_name, star_weight, recency_weight FROM analytics_trending_explained
         ORDER BY snapshot_date DESC, rank_overall LIMIT 1";
    let found = rows(context, query, |row| {
        Some(Rule {
            name: row.text("momentum_name")?,
            star_weight: row.decimal("star_weight")?,
            recency_weight: row.decimal("recency_weight")?,
        })
    });
    Ok(found.await?.pop())
}
