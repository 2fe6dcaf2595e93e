//! What a run will ask GitHub for, told before it.
//!
//! It takes the decisions that collecting takes, from the same cursors, but collects nothing: where
//! nothing changed, the probe itself is the answer and is free; where it did, its first page and a count tell how
//! far the list will be followed; what was never collected is counted, many repositories in a query. Nothing is
//! written. What cannot be foreseen is left out: issues that vanished, items with more than 100 events, queries
//! that GitHub is too slow for.

mod counts;
mod extrapolate;
mod listed;
mod outlook;
mod sample;

use std::collections::HashMap;
use std::ops::AddAssign;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::{StreamExt, TryStreamExt};
use hublake_github::{Client, Spent};

use self::counts::is_counted;
use self::outlook::Scout;
use super::repository::Repository;
use super::{Options, Published, Run, Target};
use crate::events::Totals;
use crate::raw_writer::RawSender;
use crate::{Event, Progress, RawWriter, Result, RunStamp};

/// What is needed to tell what a run will ask.
pub struct Planning<'a> {
    /// Asks GitHub. Best without patience for limits: what is not answered is [`Outlook::Unknown`].
    pub client: &'a Client,
    /// How the run will collect.
    pub options: &'a Options,
    /// Tells what is published.
    pub published: &'a dyn Published,
    /// Told of each repository.
    pub progress: Progress,
}

/// What a run over some repositories will ask.
#[derive(Clone, Debug)]
pub struct Estimates {
    /// By numeric id.
    pub repositories: Vec<Estimate>,
    /// What it took to tell.
    pub measured: Measured,
}

/// What a run will ask for one repository; the parts are those of [`super::Collected`].
#[derive(Clone, Debug)]
pub struct Estimate {
    /// Numeric id.
    pub repo_id: i64,
    /// `owner/name` as last known.
    pub full_name: String,
    /// What the run will find.
    pub outlook: Outlook,
    /// Whether the figures are extrapolated and not counted.
    pub is_approximate: bool,
    /// What its issues will take.
    pub issues: Spent,
    /// What its events will take.
    pub events: Spent,
    /// What looking for vanished issues will take.
    pub search: Spent,
}

impl Estimate {
    /// All that the run will ask for the repository.
    pub fn total(&self) -> Spent {
        self.issues + self.events + self.search
    }
}

/// What a run will find in a repository. Items are issues and pull requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// Nothing new.
    Unchanged,
    /// Nothing new, but the events of what is published were never collected.
    EventsMissing {
        /// Items whose events are fetched.
        items: i64,
    },
    /// Some items changed.
    Changed {
        /// How many.
        items: i64,
    },
    /// Everything is read.
    Whole {
        /// How many items there are.
        items: i64,
        /// Whether it was collected before.
        is_again: bool,
    },
    /// A load that was interrupted goes on.
    Resumed {
        /// How many items are left.
        items: i64,
    },
    /// A limit is used up, so that it cannot be told; the figures are the least that the run asks.
    Unknown {
        /// When the limit's window ends.
        until: DateTime<Utc>,
    },
    /// GitHub refuses, and will refuse the run.
    Refused {
        /// What failed, why, and what to do.
        message: String,
    },
}

/// What some requests took.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    /// In requests and units of the limits.
    pub spent: Spent,
    /// How long each answer 304 took.
    pub unmodified: Vec<Duration>,
    /// How long each page of a list took.
    pub pages: Vec<Duration>,
    /// How long each query for events took.
    pub queries: Vec<Duration>,
    /// How long each query that only counts took.
    pub counts: Vec<Duration>,
}

impl AddAssign for Measured {
    fn add_assign(&mut self, other: Self) {
        self.spent += other.spent;
        self.unmodified.extend(other.unmodified);
        self.pages.extend(other.pages);
        self.queries.extend(other.queries);
        self.counts.extend(other.counts);
    }
}

/// Tells what a run over `targets` will ask.
///
/// # Errors
/// No usable answer to a count over all repositories; the lake or the control store cannot be used. What concerns
/// one repository only is its [`Outlook`].
pub async fn estimate(planning: &Planning<'_>, targets: Vec<Target>) -> Result<Estimates> {
    let writer = RawWriter::closed();
    let stamp = RunStamp { run_id: "".into(), run_seq: 0 };
    let run = Run {
        client: planning.client,
        writer: &writer,
        stamp: &stamp,
        options: planning.options,
        published: planning.published,
        progress: planning.progress.clone(),
    };
    let sender = writer.sender();
    let uncounted = targets.iter().filter(|target| is_counted(&run, &sender, target));
    let (totals, mut measured) = counts::totals(&run, uncounted).await?;
    let mut found: Vec<(Estimate, Measured)> = futures::stream::iter(targets)
        .map(|target| estimate_one(&run, sender.clone(), target, &totals))
        .buffer_unordered(planning.options.concurrency.max(1))
        .try_collect()
        .await?;
    found.sort_by_key(|(estimate, _)| estimate.repo_id);
    let mut repositories = Vec::with_capacity(found.len());
    for (estimate, took) in found {
        measured += took;
        repositories.push(estimate);
    }
    sample::sample(&run, &sender, &repositories, &mut measured).await?;
    Ok(Estimates { repositories, measured })
}

async fn estimate_one(
    run: &Run<'_>,
    sender: RawSender,
    target: Target,
    totals: &HashMap<i64, Totals>,
) -> Result<(Estimate, Measured)> {
    let (repo_id, full_name) = (target.repo_id, target.full_name.clone());
    (run.progress)(Event::Started { repo_id, repository: full_name.clone() });
    let mut scout = Scout::new(Repository::new(run, sender, target), totals.get(&repo_id).copied());
    let outlook = match scout.look().await {
        Ok(outlook) => outlook,
        Err(crate::Error::GitHub(error)) => Outlook::Refused { message: format!("{full_name}: {error}") },
        Err(error) => return Err(error),
    };
    (run.progress)(Event::Finished { repo_id, outcome: outlook.to_string() });
    let Scout { is_approximate, issues, events, search, measured, .. } = scout;
    Ok((Estimate { repo_id, full_name, outlook, is_approximate, issues, events, search }, measured))
}

impl std::fmt::Display for Outlook {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unchanged => out.write_str("unchanged"),
            Self::EventsMissing { .. } => out.write_str("events missing"),
            Self::Changed { .. } => out.write_str("changed"),
            Self::Whole { is_again: false, .. } => out.write_str("first load"),
            Self::Whole { is_again: true, .. } => out.write_str("full load"),
            Self::Resumed { .. } => out.write_str("load goes on"),
            Self::Unknown { .. } => out.write_str("not known"),
            Self::Refused { .. } => out.write_str("refused"),
        }
    }
}
