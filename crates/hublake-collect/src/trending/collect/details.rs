//! What repositories tell of themselves: figures, root folder, commits and closed issues of the last days.
//!
//! One query asks about ten repositories. GitHub spends about 0.3 s on each history of commits and stops at 10 s, so
//! histories are asked for only where something was pushed, and a query that takes too long is divided.

mod answer;
mod request;
mod tail;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use futures::StreamExt;
use hublake_github::Outcome;

pub(super) use self::answer::{WENT_PRIVATE, element, error_of, named_in_root};
use self::request::Job;
pub(super) use self::request::{FIGURES, Metric};
use super::ask::{Asking, Kept, Refused};
use super::ledger::Ledger;
use super::search::Found;
use super::{Known, rest};
use crate::Result;
use crate::events::Api;
use crate::trending::{Listing, stream};

/// A repository whose details are wanted.
pub(super) struct Wanted {
    pub(super) found: Found,
    pub(super) known: Known,
}

impl Wanted {
    /// Whether a commit of the window can be there.
    pub(super) fn was_pushed(&self, window_start: DateTime<Utc>) -> bool {
        self.found.pushed_at.is_some_and(|at| at >= window_start)
    }

    /// Dockerfiles that are known to be named, and are not of the root folder; one that was not there before is looked
    /// for each time, because nothing else tells of it.
    pub(super) fn deeper_dockerfiles(&self) -> impl Iterator<Item = &str> {
        self.known.dockerfile_paths().filter(|path| path.contains('/'))
    }
}

/// A repository whose root folder is known.
#[derive(Clone)]
pub(super) struct Described {
    pub(super) found: Found,
    pub(super) known: Known,
    pub(super) listing: Listing,
    /// The Dockerfiles of other folders that are known to be named, and are there: git's hash and bytes by path.
    pub(super) dockerfiles: BTreeMap<String, (String, Option<i64>)>,
}

/// Asks for the details of `wanted`; those of which nothing came are left out.
pub(super) async fn describe(
    asking: &Asking<'_>,
    ledger: &Ledger,
    branch_id: i64,
    wanted: &[Wanted],
) -> Result<Vec<Described>> {
    ledger.is_about(wanted.len());
    let options = asking.run.options;
    if options.api == Api::Rest {
        return rest::describe(asking, ledger, branch_id, wanted).await;
    }
    let asked: Vec<Result<Vec<Described>>> = futures::stream::iter(wanted.chunks(options.batch.max(1)))
        .map(|chunk| describe_chunk(asking, ledger, branch_id, chunk))
        .buffer_unordered(options.concurrency.max(1))
        .collect()
        .await;
    let mut described = Vec::with_capacity(wanted.len());
    for chunk in asked {
        described.extend(chunk?);
    }
    Ok(described)
}

async fn describe_chunk(
    asking: &Asking<'_>,
    ledger: &Ledger,
    branch_id: i64,
    chunk: &[Wanted],
) -> Result<Vec<Described>> {
    let mut waiting = vec![Job::of(chunk, asking.window_start)];
    let mut described = Vec::with_capacity(chunk.len());
    while let Some(job) = waiting.pop() {
        let answer = match asking.query(ledger, stream::REPO_DETAILS, job.request(asking.window_start)).await {
            Ok(answer) => answer,
            Err(refused) => {
                let parts = match &refused {
                    Refused::Outcome(Outcome::TooSlow { .. }) => job.divide(),
                    _ => None,
                };
                match parts {
                    Some(parts) => {
                        ledger.retries();
                        tracing::info!(
                            repositories = job.wanted.len(),
                            "GitHub took too long; asking for less at once"
                        );
                        waiting.extend(parts);
                    }
                    None => job.wanted.iter().for_each(|one| ledger.fails(refused.message(&one.found.full_name))),
                }
                continue;
            }
        };
        let read = answer::read(asking, ledger, &job, &answer);
        asking.tell(branch_id, job.wanted.len(), answer.rate.as_ref().map(|rate| rate.remaining));
        asking.keep(Kept::of_query(stream::REPO_DETAILS, &answer), read.elements).await?;
        for tail in read.tails {
            tail::follow(asking, ledger, tail).await?;
        }
        described.extend(read.described);
    }
    Ok(described)
}
