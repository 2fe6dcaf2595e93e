//! The pipeline `issues`: declared as data, run in this process.

pub mod batch;
pub mod collect;
mod known;
pub mod publish;
pub mod purge;

use std::time::Duration;

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use hublake_collect::issues::Collected;
use hublake_collect::{Progress, RunStamp};
use hublake_github::Spent;
use hublake_models::Project;
use hublake_store::{Repository, Run, RunRepository, RunState};

use self::publish::Published;
use crate::home::Home;

/// What a step of a pipeline does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Asks GitHub and puts its answers into the raw tables.
    Collect,
    /// Decodes, builds the models, audits, and moves what readers see.
    Publish,
}

/// A step of a pipeline.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Unique in its pipeline.
    pub name: &'static str,
    /// What it does.
    pub action: Action,
    /// Steps that come before it.
    pub needs: &'static [&'static str],
    /// How often it is tried again after an error.
    pub retries: u32,
    /// How long one try may take.
    pub timeout: Duration,
    /// In words, for `hublake plan`.
    pub description: &'static str,
}

/// Steps that belong together.
#[derive(Clone, Copy, Debug)]
pub struct Pipeline {
    /// Its name on the command line.
    pub name: &'static str,
    /// Each after what it needs.
    pub steps: &'static [Step],
}

/// Collecting issues and building the issue marts.
pub const ISSUES: Pipeline = Pipeline {
    name: "issues",
    steps: &[
        Step {
            name: "collect",
            action: Action::Collect,
            needs: &[],
            // Requests are retried one by one; a step that failed goes on where the lake ends.
            retries: 0,
            timeout: Duration::from_secs(24 * 60 * 60),
            description: "ask GitHub for each repository's changed issues; keep every answer as it came",
        },
        Step {
            name: "publish",
            action: Action::Publish,
            needs: &["collect"],
            retries: 1,
            timeout: Duration::from_secs(6 * 60 * 60),
            description: "decode, build the models, audit each repository, publish those that pass",
        },
    ],
};

/// How a run was asked for.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// The repositories to collect.
    pub repositories: Vec<Repository>,
    /// Read everything again.
    pub full: bool,
    /// Follow the list down to this update time.
    pub since: Option<DateTime<Utc>>,
    /// Follow the list this far before the watermark.
    pub overlap: Option<chrono::TimeDelta>,
    /// How events are asked for; by GraphQL where there is a token if `None`.
    pub api: Option<hublake_collect::events::Api>,
    /// Look for vanished issues in every repository.
    pub sweep: bool,
}

/// What a run came to.
pub struct RunOutcome {
    /// The run.
    pub run: Run,
    /// What came of each repository.
    pub collected: Vec<Collected>,
    /// What readers see now.
    pub published: Published,
}

impl RunOutcome {
    /// Repositories that were not collected, or whose rows did not pass the audits.
    pub fn failed_count(&self) -> usize {
        self.collected.iter().filter(|one| self.failure(one).is_some()).count()
    }

    /// Why a repository failed.
    pub fn failure(&self, collected: &Collected) -> Option<String> {
        match &collected.result {
            hublake_collect::issues::CollectedResult::Failed { message } => Some(message.clone()),
            _ => self.published.refused.get(&collected.repo_id).cloned(),
        }
    }
}

/// Runs the pipeline's steps in their order.
pub async fn run(home: &Home, project: &Project, options: RunOptions, progress: Progress) -> Result<RunOutcome> {
    let run = home.store.start_run(ISSUES.name, home.settings.present()).await?;
    let outcome = run_steps(home, project, &run, &options, progress).await;
    let (state, message, repositories) = match &outcome {
        Ok(outcome) => {
            let failed = outcome.failed_count();
            let state = match failed {
                0 => RunState::Done,
                all if all == outcome.collected.len() => RunState::Failed,
                _ => RunState::Partial,
            };
            let message = format!("{} repositories, {failed} failed", outcome.collected.len());
            (state, message, outcome.collected.iter().flat_map(|one| summaries(outcome, one)).collect())
        }
        Err(error) => (RunState::Failed, format!("{error:#}"), Vec::new()),
    };
    home.store.finish_run(run.run_seq, state, &message, &repositories).await?;
    outcome
}

async fn run_steps(
    home: &Home,
    project: &Project,
    run: &Run,
    options: &RunOptions,
    progress: Progress,
) -> Result<RunOutcome> {
    let mut collected = Vec::new();
    let mut published = Published::default();
    let mut done: Vec<&str> = Vec::new();
    for step in ISSUES.steps {
        if let Some(missing) = step.needs.iter().find(|need| !done.contains(need)) {
            bail!("step {} needs {missing}, which is not declared before it", step.name);
        }
        let started = std::time::Instant::now();
        match step.action {
            Action::Collect => {
                let work = || collect::collect(home, run, options, progress.clone());
                collected = attempt(step, work).await?;
            }
            Action::Publish => {
                let work = || publish::publish(home, project, run);
                published = attempt(step, work).await?;
            }
        }
        tracing::info!(
            run_id = run.run_id,
            step = step.name,
            duration_ms = started.elapsed().as_millis() as u64,
            "step done"
        );
        done.push(step.name);
    }
    Ok(RunOutcome { run: run.clone(), collected, published })
}

/// Tries a step as often as it declares.
async fn attempt<T, F: Future<Output = Result<T>>>(step: &Step, work: impl Fn() -> F) -> Result<T> {
    let mut tries_left = step.retries;
    loop {
        let tried = tokio::time::timeout(step.timeout, work()).await;
        let error = match tried {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => error,
            Err(_) => anyhow::anyhow!("not done after {} s", step.timeout.as_secs()),
        };
        if tries_left == 0 {
            return Err(error).with_context(|| format!("step {} failed", step.name));
        }
        tries_left -= 1;
        tracing::warn!(step = step.name, error = format!("{error:#}"), tries_left, "a step failed and is tried again");
    }
}

/// What the run notes of a repository, a stream each; searching for vanished issues is counted apart.
fn summaries(outcome: &RunOutcome, collected: &Collected) -> Vec<RunRepository> {
    use hublake_collect::issues::CollectedResult;
    let (state, rows) = match &collected.result {
        CollectedResult::Unchanged => ("unchanged", 0),
        CollectedResult::Changed { rows, .. } => ("changed", *rows),
        CollectedResult::Failed { .. } => ("failed", 0),
    };
    let failure = outcome.failure(collected);
    let note = |stream: &str, spent: Spent, rows| RunRepository {
        repo_id: collected.repo_id,
        stream: stream.to_owned(),
        state: if failure.is_some() { "failed" } else { state }.to_owned(),
        message: failure.clone().unwrap_or_default(),
        requests: i64::from(spent.requests),
        not_modified: i64::from(spent.not_modified),
        quota: i64::from(spent.quota) + i64::from(spent.graphql_points),
        row_count: rows,
    };
    let others = [(hublake_collect::events::STREAM, collected.events_spent), ("issue_sweep", collected.sweep_spent)];
    let others = others.into_iter().filter(|(_, spent)| spent.requests > 0).map(|(name, spent)| note(name, spent, 0));
    std::iter::once(note(hublake_collect::issues::STREAM, collected.spent, rows)).chain(others).collect()
}

/// The stamp of a run for what it writes.
pub fn stamp(run: &Run) -> RunStamp {
    RunStamp { run_id: run.run_id.as_str().into(), run_seq: run.run_seq }
}
