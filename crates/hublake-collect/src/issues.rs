//! The stream `issues`: issues and pull requests of a repository.
//!
//! The probe is page 1 of the list by update time, newest first, with its ETag: unchanged means one answer
//! 304 and no more. If it changed, the list is followed until a whole page is known and older than the
//! watermark. A first load goes by ascending update time, so that after a death it goes on where the lake
//! ends. The watermark is the newest update time that the probe saw: what changes while pages are read
//! lies after it and is found by the next run.

mod pages;
mod repository;
mod search;
mod standing;

pub mod estimate;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use futures::{StreamExt, TryStreamExt};
use hublake_github::Client;
use hublake_store::Cursor;

use self::repository::Repository;
use crate::events::Api;
use crate::raw_writer::RawSender;
use crate::{Collected, CollectedResult, Event, Progress, RawWriter, Result, RunStamp};

/// The stream's name.
pub const STREAM: &str = "issues";
/// The pipeline it belongs to.
pub const PIPELINE: &str = "issues";

/// How a run collects.
#[derive(Clone, Debug)]
pub struct Options {
    /// Reads everything again.
    pub full: bool,
    /// Follows the list down to this update time, whatever is known.
    pub since: Option<DateTime<Utc>>,
    /// Follows the list down to this far before the watermark, whatever is known.
    pub overlap: Option<TimeDelta>,
    /// How events are asked for.
    pub api: Api,
    /// Looks for vanished issues in every repository, in its whole list.
    pub sweep: bool,
    /// Repositories collected at once.
    pub concurrency: usize,
    /// What the run calls the present; stamps what is fetched where `is_present_fixed`.
    pub run_at: DateTime<Utc>,
    /// Whether `run_at` stands for the time of every answer too (replays and tests).
    pub is_present_fixed: bool,
}

impl Options {
    /// The time that stands for the time of an answer.
    pub(crate) fn fetched_at(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        if self.is_present_fixed { self.run_at } else { at }
    }
}

/// A repository to collect.
#[derive(Clone, Debug)]
pub struct Target {
    /// Numeric id.
    pub repo_id: i64,
    /// `owner/name` as last known.
    pub full_name: String,
    /// Where collecting it stands.
    pub cursor: Option<Cursor>,
    /// Where collecting its events stands.
    pub events_cursor: Option<Cursor>,
}

/// What is published of a repository.
pub trait Published: Send + Sync {
    /// Which of some issues and pull requests are published, by number.
    fn lookup(&self, repo_id: i64, numbers: Vec<i64>) -> BoxFuture<'_, Result<HashMap<i64, DateTime<Utc>>>>;
    /// How many issues and pull requests are published that are not known to be gone.
    fn totals(&self, repo_id: i64) -> BoxFuture<'_, Result<(i64, i64)>>;
    /// The published issues and pull requests that are not known to be gone.
    fn items(&self, repo_id: i64) -> BoxFuture<'_, Result<Vec<PublishedItem>>>;
    /// Which of some events are published, by node id.
    fn events(&self, repo_id: i64, node_ids: Vec<String>) -> BoxFuture<'_, Result<HashSet<String>>>;
}

/// An issue or pull request that is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedItem {
    /// Number within the repository.
    pub number: i64,
    /// GraphQL id.
    pub node_id: Option<String>,
    /// When anything on it last changed.
    pub updated_at: DateTime<Utc>,
    /// Whether it is a pull request.
    pub is_pull_request: bool,
}

/// What all repositories of a run share.
pub struct Run<'a> {
    /// Asks GitHub.
    pub client: &'a Client,
    /// Takes pages.
    pub writer: &'a RawWriter,
    /// Marks what is written.
    pub stamp: &'a RunStamp,
    /// How to collect.
    pub options: &'a Options,
    /// Tells what is published.
    pub published: &'a dyn Published,
    /// Told of each step.
    pub progress: Progress,
}

/// Collects `targets` side by side; one that fails does not stop the others.
///
/// # Errors
/// What ends the whole run: the lake or the control store cannot be used.
pub async fn collect(run: &Run<'_>, targets: Vec<Target>) -> Result<Vec<Collected>> {
    let sender = run.writer.sender();
    let mut collected: Vec<Collected> = futures::stream::iter(targets)
        .map(|target| collect_one(run, sender.clone(), target))
        .buffer_unordered(run.options.concurrency.max(1))
        .try_collect()
        .await?;
    collected.sort_by_key(|repository| repository.repo_id);
    Ok(collected)
}

async fn collect_one(run: &Run<'_>, sender: RawSender, target: Target) -> Result<Collected> {
    (run.progress)(Event::Started { repo_id: target.repo_id, repository: target.full_name.clone() });
    let (repo_id, full_name) = (target.repo_id, target.full_name.clone());
    let mut repository = Repository::new(run, sender, target);
    let result = match repository.collect().await {
        Ok(result) => result,
        Err(crate::Error::GitHub(error)) => CollectedResult::Failed { message: format!("{full_name}: {error}") },
        Err(error) => return Err(error),
    };
    (run.progress)(Event::Finished { repo_id, outcome: result.summary() });
    let Repository { spent, events_spent, sweep_spent, is_swept, .. } = repository;
    let spent = vec![(STREAM, spent), (crate::events::STREAM, events_spent), (crate::departures::STREAM, sweep_spent)];
    Ok(Collected { repo_id, full_name, spent, is_swept, result })
}
