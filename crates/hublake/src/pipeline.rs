//! The pipelines: declared as data, run in this process.

pub mod batch;
mod declared;
pub mod import;
pub mod issues;
pub mod publish;
pub mod purge;
pub mod traffic;
pub mod trending;

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use hublake_collect::trending::collect::Collection;
use hublake_collect::{Collected, CollectedResult, Event, Progress, RunStamp};
use hublake_github::{Client, Spent, WaitReason};
use hublake_models::Project;
use hublake_store::{Repository, Run, RunRepository, RunState};

pub use self::declared::{Action, ISSUES, PIPELINES, Pipeline, Step, TRAFFIC, TRAFFIC_IMPORT, TRENDING};
use self::import::Brought;
use self::publish::Published;
use crate::home::Home;

/// What a run is to do.
#[derive(Clone, Debug)]
pub enum Job {
    /// Collect issues and publish.
    Issues(IssueOptions),
    /// Collect the traffic of these repositories and publish.
    Traffic(Vec<Repository>),
    /// Take what other collectors kept of traffic and publish.
    ImportTraffic(import::Files),
    /// Find what is trending and publish; the API that details are asked with, GraphQL where there is a token if `None`.
    Trending(Option<hublake_collect::events::Api>),
}

impl Job {
    /// The pipeline that does it.
    pub fn pipeline(&self) -> &'static Pipeline {
        match self {
            Self::Issues(_) => &ISSUES,
            Self::Traffic(_) => &TRAFFIC,
            Self::ImportTraffic(_) => &TRAFFIC_IMPORT,
            Self::Trending(_) => &TRENDING,
        }
    }
}

/// How a run of `issues` was asked for.
#[derive(Clone, Debug)]
pub struct IssueOptions {
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
    /// The pipeline that ran.
    pub pipeline: &'static str,
    /// The run.
    pub run: Run,
    /// What came of each repository.
    pub collected: Vec<Collected>,
    /// Imported files of which something was taken, now or before, or in which there was nothing.
    pub files: usize,
    /// What is to be known of imported files.
    pub told: Vec<String>,
    /// What was not taken of imported files, with why.
    pub refused: Vec<String>,
    /// What the branches of `trending` found.
    pub trending: Option<Collection>,
    /// What readers see now.
    pub published: Published,
}

impl RunOutcome {
    /// What was not collected, or whose rows did not pass the audits, of how much: repositories, or the branches of
    /// `trending`.
    pub fn failed(&self) -> (usize, usize) {
        match &self.trending {
            None => {
                let failed = self.collected.iter().filter(|one| self.failure(one).is_some()).count();
                (failed, self.collected.len())
            }
            Some(found) => {
                let failed = found.branches.iter().filter(|branch| branch.failure.is_some()).count();
                // Repositories that are refused are of no branch.
                let all = found.branches.len() + self.published.refused.len();
                (failed + self.published.refused.len(), all)
            }
        }
    }

    /// Why a repository failed.
    pub fn failure(&self, collected: &Collected) -> Option<String> {
        match &collected.result {
            CollectedResult::Failed { message } => Some(message.clone()),
            _ => self.published.refused.get(&collected.repo_id).cloned(),
        }
    }
}

/// Runs the steps of a job's pipeline in their order.
pub async fn run(home: &Home, project: &Project, job: &Job, progress: Progress) -> Result<RunOutcome> {
    let run = home.store.start_run(job.pipeline().name, home.settings.present()).await?;
    let outcome = run_steps(home, project, &run, job, progress).await;
    let (state, message, repositories) = match &outcome {
        Ok(outcome) => {
            let (failed, all) = outcome.failed();
            let state = match failed {
                0 => RunState::Done,
                failed if failed == all => RunState::Failed,
                _ => RunState::Partial,
            };
            let (what, noted) = match &outcome.trending {
                None => ("repositories", outcome.collected.iter().flat_map(|one| summaries(outcome, one)).collect()),
                Some(found) => ("branches", trending::summaries(found)),
            };
            (state, format!("{all} {what}, {failed} failed"), noted)
        }
        Err(error) => (RunState::Failed, format!("{error:#}"), Vec::new()),
    };
    home.store.finish_run(run.run_seq, state, &message, &repositories).await?;
    outcome
}

async fn run_steps(home: &Home, project: &Project, run: &Run, job: &Job, progress: Progress) -> Result<RunOutcome> {
    let mut brought = Brought::default();
    let mut published = Published::default();
    let mut done: Vec<&str> = Vec::new();
    for step in job.pipeline().steps {
        if let Some(missing) = step.needs.iter().find(|need| !done.contains(need)) {
            bail!("step {} needs {missing}, which is not declared before it", step.name);
        }
        let started = std::time::Instant::now();
        match step.action {
            Action::Collect => {
                let work = || collect(home, run, job, progress.clone());
                brought = attempt(step, work).await?;
            }
            Action::Publish => {
                let work = || publish::publish(home, project, job.pipeline(), run);
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
    let Brought { collected, files, told, refused, trending } = brought;
    let pipeline = job.pipeline().name;
    Ok(RunOutcome { pipeline, run: run.clone(), collected, files, told, refused, trending, published })
}

async fn collect(home: &Home, run: &Run, job: &Job, progress: Progress) -> Result<Brought> {
    let collected = match job {
        Job::Issues(options) => issues::collect(home, run, options, progress).await?,
        Job::Traffic(repositories) => traffic::collect(home, run, repositories, progress).await?,
        Job::ImportTraffic(files) => return import::import(home, run, files).await,
        Job::Trending(api) => return trending::collect(home, run, *api, progress).await,
    };
    Ok(Brought { collected, ..Brought::default() })
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

/// What the run notes of a repository, a stream each.
fn summaries(outcome: &RunOutcome, collected: &Collected) -> Vec<RunRepository> {
    let (state, rows) = match &collected.result {
        CollectedResult::Unchanged => ("unchanged", 0),
        CollectedResult::Changed { rows, .. } => ("changed", *rows),
        CollectedResult::NotPermitted { .. } => ("not permitted", 0),
        CollectedResult::Failed { .. } => ("failed", 0),
    };
    let failure = outcome.failure(collected);
    let mut by_stream: BTreeMap<&str, Spent> = BTreeMap::new();
    for (stream, spent) in &collected.spent {
        *by_stream.entry(stream).or_default() += *spent;
    }
    let first = collected.spent.first().map(|(stream, _)| *stream);
    let noted = by_stream.into_iter().filter(|(stream, spent)| spent.requests > 0 || first == Some(stream));
    let note = |(stream, spent): (&str, Spent)| RunRepository {
        repo_id: collected.repo_id,
        stream: stream.to_owned(),
        state: if failure.is_some() { "failed" } else { state }.to_owned(),
        message: failure.clone().unwrap_or_default(),
        requests: i64::from(spent.requests),
        not_modified: i64::from(spent.not_modified),
        quota: i64::from(spent.quota) + i64::from(spent.graphql_points),
        row_count: if first == Some(stream) { rows } else { 0 },
    };
    noted.map(note).collect()
}

/// The stamp of a run for what it writes.
pub fn stamp(run: &Run) -> RunStamp {
    RunStamp { run_id: run.run_id.as_str().into(), run_seq: run.run_seq }
}

/// Keeps in the journal which repositories were found under other names.
async fn journal_names(home: &Home, collected: &[Collected]) -> Result<()> {
    for one in collected {
        if let CollectedResult::Changed { renamed_to: Some(name), .. } = &one.result {
            home.store.journal("rename repository", &format!("{} -> {name}", one.full_name), "hublake").await?;
        }
    }
    Ok(())
}

/// Tells of waits for limits as they begin; the pace of our own is no news.
async fn tell_of_waits(client: Client, progress: Progress) {
    let mut waits = client.waiting();
    while waits.changed().await.is_ok() {
        let wait = waits.borrow_and_update().clone();
        let Some(wait) = wait else { continue };
        let reason = match wait.reason {
            WaitReason::Primary => format!("the {} limit is used up", wait.resource),
            WaitReason::Secondary => "GitHub asks to slow down".to_owned(),
            _ => continue,
        };
        progress(Event::Waiting { reason, until: wait.until });
    }
}
