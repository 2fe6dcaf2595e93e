//! `hublake run`.

use anyhow::{Result, bail};
use hublake_collect::CollectedResult;
use hublake_github::Spent;
use hublake_models::Project;
use hublake_store::{Holder, Lock, LockOutcome, Repository};

use super::{Ended, repositories};
use crate::cli::{AnswerFormat, PipelineName, RunArgs};
use crate::home::Home;
use crate::pipeline::{self, ISSUES, IssueOptions, Job, RunOutcome};
use crate::progress;
use crate::report::Window;

/// Runs a pipeline and prints its answer.
pub async fn run(home: &Home, args: RunArgs) -> Result<Ended> {
    if args.pipeline == PipelineName::Traffic {
        let RunArgs { since, overlap, full, sweep, api, .. } = &args;
        check_options_of_traffic([since.is_some(), overlap.is_some(), *full, *sweep, api.is_some()])?;
    }
    let project = Project::embedded()?;
    let selected = repositories::select(home, &args.repositories, true).await?;
    let job = match args.pipeline {
        PipelineName::Issues => Job::Issues(IssueOptions {
            repositories: selected.clone(),
            full: args.full,
            since: args.since,
            overlap: args.overlap,
            api: args.api,
            sweep: args.sweep,
        }),
        PipelineName::Traffic => Job::Traffic(selected.clone()),
    };
    let lock = lock(home, job.pipeline().name, args.no_wait).await?;
    let outcome = pipeline::run(home, &project, &job, progress::progress(selected.len())).await?;
    drop(lock);
    tell(&outcome);
    answer(home, &project, &selected, &outcome, &args).await?;
    let failed = outcome.failed_count();
    Ok(match failed {
        0 => Ended::Done,
        all if all == outcome.collected.len() => Ended::Failed,
        _ => Ended::Partly,
    })
}

/// GitHub tells traffic of the last fourteen days and of nothing else, so there is nothing to choose: refuses what is
/// given of --since, --overlap, --full, --sweep and --api.
pub fn check_options_of_traffic(given: [bool; 5]) -> Result<()> {
    let options = ["--since", "--overlap", "--full", "--sweep", "--api"];
    match options.iter().zip(given).find(|(_, is_given)| *is_given) {
        None => Ok(()),
        Some((option, _)) => bail!(
            "{option} says nothing about traffic\nhint: each run asks for all that GitHub still knows; `hublake import traffic` brings in what others kept"
        ),
    }
}

/// One run of a pipeline at a time: the lock dies with its process.
pub async fn lock(home: &Home, name: &str, no_wait: bool) -> Result<Lock> {
    let what = format!("hublake run {name}");
    let held_by = |holder: Option<&Holder>| match holder {
        Some(holder) => {
            format!("process {} ({}, since {})", holder.process_id, holder.what, holder.since.format("%H:%M:%S UTC"))
        }
        None => "another process".to_owned(),
    };
    if no_wait {
        return match home.store.lock(name, &what)? {
            LockOutcome::Held(lock) => Ok(lock),
            LockOutcome::HeldBy(holder) => bail!(
                "another run goes on: {}\nhint: wait for it, or run without --no-wait to wait here",
                held_by(holder.as_ref())
            ),
        };
    }
    let waiting = |holder: Option<&Holder>| tell!("waiting for another run: {}", held_by(holder));
    Ok(home.store.lock_or_wait(name, &what, waiting).await?)
}

/// What the run did, on stderr.
fn tell(outcome: &RunOutcome) {
    let (mut spent, mut searching) = (Spent::default(), Spent::default());
    let (mut rows, mut changed) = (0, 0);
    for one in &outcome.collected {
        for (stream, more) in &one.spent {
            let total = if *stream == "issue_sweep" { &mut searching } else { &mut spent };
            *total += *more;
        }
        if let CollectedResult::Changed { rows: collected, .. } = &one.result {
            rows += collected;
            changed += 1;
        }
    }
    tell!(
        "{}: {changed} of {} repositories changed, {rows} {}; {spent}",
        outcome.run.run_id,
        outcome.collected.len(),
        if outcome.pipeline == ISSUES.name { "rows" } else { "new answers" }
    );
    if searching.requests > 0 {
        tell!("looking for vanished issues: {searching}");
    }
    for one in &outcome.collected {
        if let Some(message) = outcome.failure(one) {
            tell!("error: {message}");
        }
    }
}

/// What audits warn of, on stderr.
pub fn tell_warnings(outcome: &RunOutcome) {
    for warning in &outcome.published.warnings {
        tell!("warning: {}: {} rows, such as {}", warning.audit, warning.count, warning.sample);
    }
}

async fn answer(
    home: &Home,
    project: &Project,
    selected: &[Repository],
    outcome: &RunOutcome,
    args: &RunArgs,
) -> Result<()> {
    let is_anything_published = home.store.latest_publication(outcome.pipeline).await?.is_some();
    if !is_anything_published {
        if args.format == AnswerFormat::Json {
            say!("[]");
        }
        return Ok(());
    }
    match args.pipeline {
        PipelineName::Issues => {
            let window = Window {
                days: u32::try_from(args.window.num_days()).unwrap_or(u32::MAX),
                until: home.settings.present().date_naive(),
            };
            super::report::print(home, project, selected, window, args.format, Some(&outcome.published)).await
        }
        PipelineName::Traffic => {
            tell_warnings(outcome);
            super::traffic::print(home, project, selected, args.format).await
        }
    }
}
