//! `hublake trending`, and the answer of the pipeline.

use anyhow::{Result, bail};
use datafusion::prelude::SessionContext;
use hublake_github::RepoName;
use hublake_models::Project;

use super::Ended;
use crate::catalogue;
use crate::cli::AnswerFormat;
use crate::home::Home;
use crate::output::print_answer;
use crate::report::trending::{self, Asked, Explained, Steps, explained, figures, former_name, terminal};

const PIPELINE: &str = "trending";

/// Why repositories are trending: all numbers of their scores, what they declare for Render, and their days.
pub async fn trending(home: &Home, repositories: &[String], format: AnswerFormat) -> Result<Ended> {
    let project = Project::embedded()?;
    let names =
        repositories.iter().map(|text| Ok(text.parse::<RepoName>()?.to_string())).collect::<Result<Vec<_>>>()?;
    if home.store.latest_publication(PIPELINE).await?.is_none() {
        bail!("no trending repositories are published yet\nhint: hublake run trending");
    }
    let context = catalogue::reader(home, &project, None, home.settings.present()).await?;
    let momentum = &home.settings.trending.momentum;
    let steps = Steps { steps: &momentum.steps, after: momentum.after };
    let mut all = Vec::new();
    for name in &names {
        all.push(known(&context, name, steps).await?);
    }
    print_answer(&all, format, || all.iter().map(trending::told).collect::<Vec<_>>().join("\n"))?;
    Ok(Ended::Done)
}

/// Prints what is trending from what is published.
pub async fn print(home: &Home, project: &Project, asked: &Asked, format: AnswerFormat) -> Result<()> {
    if home.store.latest_publication(PIPELINE).await?.is_none() {
        tell!("no trending repositories are published yet\nhint: hublake run trending");
        return print_answer(&[(); 0], format, String::new);
    }
    let present = home.settings.present();
    let answer = figures(&catalogue::reader(home, project, None, present).await?, asked).await?;
    print_answer(&answer.lists, format, || terminal::answer(&answer, present))
}

/// A repository by the name that it has or had.
async fn known(context: &SessionContext, name: &str, steps: Steps<'_>) -> Result<Explained> {
    if let Some(found) = explained(context, name, steps).await? {
        return Ok(found);
    }
    if let Some(newer) = former_name(context, name).await?
        && let Some(found) = explained(context, &newer, steps).await?
    {
        tell!("{name} is called {} now", found.repository);
        return Ok(found);
    }
    bail!(
        "{name}: no run of trending has found it\nhint: hublake report trending --limit 50 shows those that were found"
    )
}
