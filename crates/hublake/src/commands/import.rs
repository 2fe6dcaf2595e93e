//! `hublake import`.

use anyhow::Result;
use hublake_github::RepoName;
use hublake_models::Project;

use super::{Ended, run};
use crate::cli::ImportArgs;
use crate::home::Home;
use crate::pipeline::import::Files;
use crate::pipeline::{self, Job, TRAFFIC};
use crate::progress;

/// Brings in what other collectors kept of traffic, and publishes it.
pub async fn traffic(home: &Home, args: ImportArgs) -> Result<Ended> {
    let repository = args.repository.map(|name| name.parse::<RepoName>()).transpose()?.map(|name| name.to_string());
    let job = Job::ImportTraffic(Files { paths: args.files, repository, owner: args.owner });
    let project = Project::embedded()?;
    let lock = run::lock(home, TRAFFIC.name, false).await?;
    let outcome = pipeline::run(home, &project, &job, progress::silent()).await?;
    drop(lock);
    for line in &outcome.told {
        say!("{line}");
    }
    for message in &outcome.refused {
        tell!("error: {message}");
    }
    for message in outcome.published.refused.values() {
        tell!("error: {message}");
    }
    run::tell_warnings(&outcome);
    Ok(match outcome.refused.len() + outcome.published.refused.len() {
        0 => Ended::Done,
        _ if outcome.files == 0 => Ended::Failed,
        _ => Ended::Partly,
    })
}
