//! `hublake run`.

use anyhow::{Result, bail};
use hublake_collect::issues::CollectedResult;
use hublake_github::Spent;
use hublake_models::Project;
use hublake_store::{Holder, Lock, LockOutcome, Repository};

use super::{Ended, repositories};
use crate::cli::{AnswerFormat, RunArgs};
use crate::home::Home;
use crate::pipeline::{self, RunOptions, RunOutcome};
use crate::progress;
use crate::report::Window;

/// Runs a pipeline and prints its answer.
pub async fn run(home: &Home, args: RunArgs) -> Result<Ended> {
    let project = Project::embedded()?;
    let selected = repositories::select(home, &args.repositories, true).await?;
    let lock = lock(home, args.no_wait).await?;
    let options = RunOptions {
        repositories: selected.clone(),
        full: args.full,
        since: args.since,
        overlap: args.overlap,
        api: args.api,
        sweep: args.sweep,
    };
    let shown = progress::progress(selected.len());
    let outcome = pipeline::run(home, &project, options, shown).await?;
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

/// One run at a time: the lock dies with its process.
async fn lock(home: &Home, no_wait: bool) -> Result<Lock> {
    const NAME: &str = "issues";
    const WHAT: &str = "hublake run issues";
    let held_by = |holder: Option<&Holder>| match holder {
        Some(holder) => {
            format!("process {} ({}, since {})", holder.process_id, holder.what, holder.since.format("%H:%M:%S UTC"))
        }
        None => "another process".to_owned(),
    };
    if no_wait {
        return match home.store.lock(NAME, WHAT)? {
            LockOutcome::Held(lock) => Ok(lock),
            LockOutcome::HeldBy(holder) => bail!(
                "another run goes on: {}\nhint: wait for it, or run without --no-wait to wait here",
                held_by(holder.as_ref())
            ),
        };
    }
    let waiting = |holder: Option<&Holder>| tell!("waiting for another run: {}", held_by(holder));
    Ok(home.store.lock_or_wait(NAME, WHAT, waiting).await?)
}

/// What the run did, on stderr.
fn tell(outcome: &RunOutcome) {
    let (mut spent, mut searching) = (Spent::default(), Spent::default());
    let (mut rows, mut changed) = (0, 0);
    for one in &outcome.collected {
        spent += one.spent + one.events_spent;
        searching += one.sweep_spent;
        if let CollectedResult::Changed { rows: collected, .. } = &one.result {
            rows += collected;
            changed += 1;
        }
    }
    tell!(
        "{}: {changed} of {} repositories changed, {rows} rows; {spent}",
        outcome.run.run_id,
        outcome.collected.len()
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

async fn answer(
    home: &Home,
    project: &Project,
    selected: &[Repository],
    outcome: &RunOutcome,
    args: &RunArgs,
) -> Result<()> {
    let window = Window {
        days: u32::try_from(args.window.num_days()).unwrap_or(u32::MAX),
        until: home.settings.present().date_naive(),
    };
    let is_anything_published = home.store.latest_publication(pipeline::ISSUES.name).await?.is_some();
    if !is_anything_published {
        if args.format == AnswerFormat::Json {
            say!("[]");
        }
        return Ok(());
    }
    super::report::print(home, project, selected, window, args.format, Some(&outcome.published)).await
}
