//! What a task took and came to.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use hublake_github::Spent;

use crate::RunStamp;
use crate::trending::RawTask;

/// Messages that are told of a task; the rest are counted.
const TOLD: usize = 3;

/// What a task of a branch took and came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// The branch.
    pub branch: String,
    /// `discover`, `details`, `files` or `star_history`.
    pub task: &'static str,
    /// Whether it brought what it asked for; a search without some of its hits did.
    pub is_success: bool,
    /// What failed.
    pub message: Option<String>,
    /// Repositories, or hits of a search, that it was about.
    pub repositories: i64,
    /// Requests that were planned; those for further pages and those that were divided are among them.
    pub batches: i64,
    /// Repositories, or requests, that failed.
    pub failed: i64,
    /// Requests that were repeated.
    pub retried: i64,
    /// Requests that were sent.
    pub requests: i64,
    /// Units of limits, points of GraphQL among them.
    pub quota: i64,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: DateTime<Utc>,
    /// Whether GitHub said to the end that results are incomplete, or has more than it gives.
    pub is_incomplete: bool,
}

impl Task {
    pub(super) fn raw(&self, stamp: &RunStamp) -> RawTask {
        RawTask {
            stamp: stamp.clone(),
            branch: self.branch.clone(),
            task: self.task,
            status: if self.is_success { "success" } else { "failed" },
            message: self.message.clone(),
            repositories: self.repositories,
            batches: self.batches,
            failed: self.failed,
            retried: self.retried,
            requests: self.requests,
            quota: self.quota,
            started_at: self.started_at,
            finished_at: self.finished_at,
            is_incomplete: self.is_incomplete,
        }
    }
}

/// A task that is going on.
pub(super) struct Ledger {
    branch: String,
    task: &'static str,
    started_at: DateTime<Utc>,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    spent: BTreeMap<&'static str, Spent>,
    repositories: i64,
    batches: i64,
    retried: i64,
    /// Repositories or requests that failed, with why.
    failed: Vec<String>,
    /// Repositories without which the task stands, and why they are not there.
    lacking: i64,
    lacks: Vec<String>,
    is_incomplete: bool,
}

impl Ledger {
    pub(super) fn new(branch: &str, task: &'static str, started_at: DateTime<Utc>) -> Self {
        Self { branch: branch.to_owned(), task, started_at, counts: Mutex::default() }
    }

    /// Notes what a planned request took; everything beyond one request was repeated.
    pub(super) fn took(&self, stream: &'static str, spent: Spent) {
        self.with(|counts| {
            *counts.spent.entry(stream).or_default() += spent;
            counts.batches += 1;
            counts.retried += i64::from(spent.requests.saturating_sub(1));
        });
    }

    pub(super) fn retries(&self) {
        self.with(|counts| counts.retried += 1);
    }

    pub(super) fn is_about(&self, repositories: usize) {
        self.with(|counts| counts.repositories += i64::try_from(repositories).unwrap_or(i64::MAX));
    }

    pub(super) fn fails(&self, message: String) {
        self.with(|counts| counts.failed.push(message));
    }

    /// Notes that some repositories could not be had, without which the task stands.
    pub(super) fn lacks(&self, repositories: usize, message: String) {
        self.with(|counts| {
            counts.lacking += i64::try_from(repositories).unwrap_or(i64::MAX);
            counts.lacks.push(message);
        });
    }

    pub(super) fn is_incomplete(&self) {
        self.with(|counts| counts.is_incomplete = true);
    }

    pub(super) fn spent(&self) -> BTreeMap<&'static str, Spent> {
        self.with(|counts| counts.spent.clone())
    }

    /// What failed, each message once.
    pub(super) fn problems(&self) -> Vec<String> {
        self.with(|counts| {
            let mut problems = [counts.failed.as_slice(), counts.lacks.as_slice()].concat();
            problems.sort();
            problems.dedup();
            problems
        })
    }

    pub(super) fn finish(&self, finished_at: DateTime<Utc>) -> Task {
        let problems = self.problems();
        let told = problems.iter().take(TOLD).cloned().collect::<Vec<_>>().join("\n");
        let message = match problems.len().saturating_sub(TOLD) {
            0 => told,
            more => format!("{told}\nand {more} more"),
        };
        self.with(|counts| {
            let spent = counts.spent.values().fold(Spent::default(), |all, spent| all + *spent);
            Task {
                branch: self.branch.clone(),
                task: self.task,
                is_success: counts.failed.is_empty(),
                message: Some(message).filter(|message| !message.is_empty()),
                repositories: counts.repositories,
                batches: counts.batches,
                failed: i64::try_from(counts.failed.len()).unwrap_or(i64::MAX).saturating_add(counts.lacking),
                retried: counts.retried,
                requests: spent.requests.into(),
                quota: i64::from(spent.quota) + i64::from(spent.graphql_points),
                started_at: self.started_at,
                finished_at,
                is_incomplete: counts.is_incomplete,
            }
        })
    }

    fn with<T>(&self, change: impl FnOnce(&mut Counts) -> T) -> T {
        change(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
