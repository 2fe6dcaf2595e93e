//! `hublake plan`.

mod forecast;
mod steps;
mod terminal;
mod traffic;
mod trending;

use std::io::IsTerminal;
use std::path::Path;

use anyhow::{Context, Result, bail};
use chrono::Utc;
use hublake_collect::events::Api;
use hublake_github::{Client, RepoName, RepositoryOutcome};
use hublake_models::Project;
use hublake_store::Repository;
use serde::Serialize;

use self::forecast::{Forecast, Limits};
use self::steps::StepRow;
use super::{Ended, repositories};
use crate::cli::{AnswerFormat, PipelineName, PlanArgs};
use crate::home::Home;
use crate::output;
use crate::pipeline::{self, ISSUES, IssueOptions, TRAFFIC, TRENDING};
use crate::progress;
use crate::settings::Settings;

/// What is known of a run before it.
#[derive(Serialize)]
struct Plan<F: Serialize> {
    pipeline: &'static str,
    /// The steps, from the same declarations that the run executes.
    steps: Vec<StepRow>,
    /// Null where only the steps are asked for.
    forecast: Option<F>,
}

/// Prints the steps that a run takes, and what it will ask GitHub for.
pub async fn plan(settings: Settings, args: PlanArgs) -> Result<Ended> {
    let pipeline = match args.pipeline {
        PipelineName::Issues => &ISSUES,
        PipelineName::Traffic => &TRAFFIC,
        PipelineName::Trending => &TRENDING,
    };
    let steps = steps::rows(&Project::embedded()?, pipeline)?;
    let is_table = args.format == AnswerFormat::Table;
    if args.steps {
        match is_table {
            true => say!("{}", steps::all(pipeline.name, &steps)),
            false => write_json(Plan::<Forecast> { pipeline: pipeline.name, steps, forecast: None })?,
        }
        return Ok(Ended::Done);
    }
    if is_table {
        // The steps hold whatever GitHub says, so they are told first.
        say!("{}", steps::short(pipeline.name, &steps));
    }
    match args.pipeline {
        PipelineName::Issues => {}
        PipelineName::Traffic => {
            let expected = traffic::forecast(settings, &args).await?;
            match is_table {
                true => say!("\n{}", traffic::told(&expected)),
                false => write_json(Plan { pipeline: pipeline.name, steps, forecast: Some(expected) })?,
            }
            return Ok(Ended::Done);
        }
        PipelineName::Trending => {
            let expected = trending::forecast(settings, &args).await?;
            match is_table {
                true => say!("\n{}", trending::told(&expected)),
                false => write_json(Plan { pipeline: pipeline.name, steps, forecast: Some(expected) })?,
            }
            return Ok(Ended::Done);
        }
    }
    let forecast = forecast(settings, &args).await?;
    let refused: Vec<&str> = forecast.refusals().collect();
    for message in &refused {
        tell!("error: {message}");
    }
    let ended = match refused.len() {
        0 => Ended::Done,
        all if all == forecast.repositories.len() => Ended::Failed,
        _ => Ended::Partly,
    };
    match is_table {
        true => say!("\n{}", terminal::forecast(&forecast)),
        false => write_json(Plan { pipeline: pipeline.name, steps, forecast: Some(forecast) })?,
    }
    Ok(ended)
}

async fn forecast(settings: Settings, args: &PlanArgs) -> Result<Forecast> {
    let (home, _passing) = open_home(settings, args).await?;
    let client = home.hasty_client().await?;
    if args.api == Some(Api::Graphql) && !client.is_authorised() {
        bail!("--api graphql needs a token\nhint: hublake auth saves one; without a token plan with --api rest");
    }
    // First, while nothing is known of limits: this is free even where they are used up.
    let limits = Limits::read(&client).await?;
    let options = IssueOptions {
        repositories: select(&home, &client, &args.repositories).await?,
        full: args.full,
        since: args.since,
        overlap: args.overlap,
        api: args.api,
        sweep: args.sweep,
    };
    let shown = match std::io::stderr().is_terminal() {
        true => progress::progress(options.repositories.len()),
        false => progress::silent(),
    };
    let estimates = pipeline::issues::estimate(&home, &client, &options, shown).await?;
    let api = pipeline::issues::api(&client, &options);
    Ok(Forecast::of(&home.settings, &client, api, &limits, &estimates))
}

/// The home; what is only asked about leaves nothing behind, not even an empty one.
async fn open_home(settings: Settings, args: &PlanArgs) -> Result<(Home, tempfile::TempDir)> {
    let is_home = settings.home.exists();
    if !is_home && args.repositories.is_empty() {
        bail!("no repository is collected yet\nhint: hublake add OWNER/NAME, or hublake plan issues --repo OWNER/NAME");
    }
    let passing = tempfile::tempdir().context("a temporary folder cannot be made")?;
    let settings = if is_home { settings } else { settings_in(settings, passing.path()) };
    Ok((Home::open(settings).await?, passing))
}

fn settings_in(settings: Settings, folder: &Path) -> Settings {
    Settings { home: folder.to_owned(), lake_url: folder.join("lake").display().to_string(), ..settings }
}

/// The repositories of a run; one that the run would add is looked up but not added.
async fn select(home: &Home, client: &Client, names: &[String]) -> Result<Vec<Repository>> {
    if names.is_empty() {
        return repositories::select(home, names, false).await;
    }
    let mut selected: Vec<Repository> = Vec::new();
    for text in names {
        let name: RepoName = text.parse()?;
        let repository = match home.store.repository_by_name(name.owner(), name.name()).await? {
            Some(repository) => repository,
            None => look_up(client, &name).await?,
        };
        if !selected.iter().any(|one| one.repo_id == repository.repo_id) {
            selected.push(repository);
        }
    }
    Ok(selected)
}

async fn look_up(client: &Client, name: &RepoName) -> Result<Repository> {
    match client.repository(name).await? {
        RepositoryOutcome::Found { repository, .. } => Ok(Repository {
            repo_id: repository.repo_id,
            owner: repository.name.owner().to_owned(),
            name: repository.name.name().to_owned(),
            is_private: repository.private,
            is_archived: repository.archived,
            is_selected: false,
            added_at: Utc::now(),
            removed_at: None,
        }),
        RepositoryOutcome::Unavailable(outcome) => bail!(outcome.problem(&name.to_string()).unwrap_or_default()),
    }
}

fn write_json(plan: Plan<impl Serialize>) -> Result<()> {
    output::print_json(&[plan])
}
