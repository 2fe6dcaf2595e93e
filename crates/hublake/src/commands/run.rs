//! `hublake run`.

use anyhow::{Result, bail};
use hublake_collect::CollectedResult;
use hublake_collect::trending::collect::Collection;
use hublake_github::Spent;
use hublake_models::Project;
use hublake_store::{Holder, Lock, LockOutcome, Repository};

use super::report::REPOSITORIES;
use super::{Ended, repositories};
use crate::clean::clean;
use crate::cli::{AnswerFormat, PipelineName, RunArgs};
use crate::home::Home;
use crate::pipeline::{self, ISSUES, IssueOptions, Job, RunOutcome};
use crate::progress;
use crate::report::Window;
use crate::report::trending::Asked;

/// Runs a pipeline and prints its answer.
pub async fn run(home: &Home, args: RunArgs) -> Result<Ended> {
    let project = Project::embedded()?;
    let selected = match args.pipeline {
        PipelineName::Trending => Vec::new(),
        _ => repositories::select(home, &args.repositories, true).await?,
    };
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
        PipelineName::Trending => Job::Trending(args.api),
    };
    let lock = lock(home, job.pipeline().name, args.no_wait).await?;
    let parts = match args.pipeline {
        PipelineName::Trending => pipeline::trending::branch_count(home),
        _ => selected.len(),
    };
    let outcome = pipeline::run(home, &project, &job, progress::progress(parts)).await?;
    drop(lock);
    tell(&outcome);
    answer(home, &project, &selected, &outcome, &args).await?;
    Ok(match outcome.failed() {
        (0, _) => Ended::Done,
        (failed, all) if failed == all => Ended::Failed,
        _ => Ended::Partly,
    })
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
    if let Some(found) = &outcome.trending {
        return tell_found(outcome, found);
    }
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

/// What a run of `trending` found, on stderr.
fn tell_found(outcome: &RunOutcome, found: &Collection) {
    let branches: Vec<String> = found
        .branches
        .iter()
        .map(|branch| match &branch.failure {
            None => format!("{} {}", branch.branch, branch.found),
            Some(_) => format!("{} failed", branch.branch),
        })
        .collect();
    tell!("{}: {}; {}", outcome.run.run_id, branches.join(", "), found.spent());
    let failures: Vec<&String> = found.branches.iter().filter_map(|branch| branch.failure.as_ref()).collect();
    for message in found.problems().iter().filter(|message| !failures.contains(message)) {
        tell!("warning: {message}");
    }
    for message in failures.into_iter().chain(outcome.published.refused.values()) {
        tell!("error: {message}");
    }
}

/// What audits warn of, on stderr.
pub fn tell_warnings(outcome: &RunOutcome) {
    for warning in &outcome.published.warnings {
        tell!("warning: {}: {} rows, such as {}", warning.audit, warning.count, clean(&warning.sample));
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
        PipelineName::Trending => {
            tell_warnings(outcome);
            super::trending::print(home, project, &Asked { limit: REPOSITORIES, language: None }, args.format).await
        }
    }
}
