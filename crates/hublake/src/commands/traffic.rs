//! `hublake traffic`, and the answer of the pipeline.

use anyhow::{Result, bail};
use hublake_models::Project;
use hublake_store::Repository;

use super::report::current;
use super::{Ended, repositories};
use crate::catalogue;
use crate::cli::{AnswerFormat, TrafficArgs};
use crate::home::Home;
use crate::output::print_answer;
use crate::report::traffic::figures::TrafficFigures;
use crate::report::traffic::history::terminal::told;
use crate::report::traffic::{figures, history, terminal};

const PIPELINE: &str = "traffic";

/// The whole history of one repository.
pub async fn traffic(home: &Home, args: TrafficArgs) -> Result<Ended> {
    let project = Project::embedded()?;
    let selected = current(home, &repositories::select(home, &[args.repository], false).await?).await?;
    if home.store.latest_publication(PIPELINE).await?.is_none() {
        bail!("no traffic is published yet\nhint: hublake run traffic");
    }
    let present = home.settings.present();
    let context = catalogue::reader(home, &project, None, present).await?;
    let mut all = Vec::new();
    for repository in &selected {
        let Some(mut found) = history(&context, repository, present).await? else {
            bail!("{}: no traffic is published yet\nhint: hublake run traffic", repository.full_name());
        };
        add_notes(home, &project, std::slice::from_mut(&mut found.now)).await?;
        all.push(found);
    }
    print_answer(&all, args.format, || all.iter().map(told).collect())?;
    Ok(Ended::Done)
}

/// Prints the answers for some repositories from what is published.
pub async fn print(home: &Home, project: &Project, selected: &[Repository], format: AnswerFormat) -> Result<()> {
    let present = home.settings.present();
    let selected = current(home, selected).await?;
    let mut all = match home.store.latest_publication(PIPELINE).await? {
        None => Vec::new(),
        Some(_) => figures(&catalogue::reader(home, project, None, present).await?, &selected, present).await?,
    };
    add_notes(home, project, &mut all).await?;
    for repository in &selected {
        if !all.iter().any(|one| one.repo_id == repository.repo_id) {
            tell!("{}: nothing is published yet\nhint: hublake run traffic", repository.full_name());
        }
    }
    print_answer(&all, format, || terminal::answers(&all))
}

/// Adds the exceptions that people accepted.
async fn add_notes(home: &Home, project: &Project, all: &mut [TrafficFigures]) -> Result<()> {
    let accepted = home.store.exceptions().await?;
    let is_of_traffic =
        |rule: &str| project.audits().iter().any(|audit| audit.name == rule && audit.pipeline == PIPELINE);
    for figures in all {
        let here = accepted.iter().filter(|one| one.repo_id == figures.repo_id && is_of_traffic(&one.rule));
        figures.notes.extend(here.map(|one| format!("{} is accepted: {}", one.rule, one.why)));
    }
    Ok(())
}
