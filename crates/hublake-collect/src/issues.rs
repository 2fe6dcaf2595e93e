//! The stream `issues`: issues and pull requests of a repository.
//!
//! The probe is page 1 of the list by update time, newest first, with its ETag: unchanged means one answer
//! 304 and no more. If it changed, the list is followed until a whole page is known and older than the
//! watermark. A first load goes by ascending update time, so that after a death it goes on where the lake
//! ends. The watermark is the newest update time that the probe saw: what changes while pages are read
//! lies after it and is found by the next run.

mod pages;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use futures::{StreamExt, TryStreamExt};
use hublake_github::{Client, Outcome, Request, Spent};
use hublake_store::{Attempt, Cursor};
use url::Url;

use self::pages::{Answer, Pages};
use crate::raw_writer::{RawRun, RawSender};
use crate::{Event, Progress, RawWriter, Result, RunStamp};

/// The stream's name.
pub const STREAM: &str = "issues";
/// The pipeline it belongs to.
pub const PIPELINE: &str = "issues";

/// Items move between pages while a list is read: known items this close to the watermark are read again.
const OVERLAP: TimeDelta = TimeDelta::minutes(10);
/// How far a repair looks back.
const REPAIR_OVERLAP: TimeDelta = TimeDelta::days(30);
/// A list that changed is repaired when the last repair is this long ago.
const REPAIR_EVERY: TimeDelta = TimeDelta::days(7);

/// How a run collects.
#[derive(Clone, Debug)]
pub struct Options {
    /// Reads everything again.
    pub full: bool,
    /// Follows the list down to this update time, whatever is known.
    pub since: Option<DateTime<Utc>>,
    /// Follows the list down to this far before the watermark, whatever is known.
    pub overlap: Option<TimeDelta>,
    /// Repositories collected at once.
    pub concurrency: usize,
    /// What the run calls the present; stamps what is fetched where `is_present_fixed`.
    pub run_at: DateTime<Utc>,
    /// Whether `run_at` stands for the time of every answer too (replays and tests).
    pub is_present_fixed: bool,
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
}

/// What a run brought of a repository.
#[derive(Clone, Debug)]
pub struct Collected {
    /// Numeric id.
    pub repo_id: i64,
    /// `owner/name` as last known before the run.
    pub full_name: String,
    /// What it took.
    pub spent: Spent,
    /// What it came to.
    pub result: CollectedResult,
}

/// See [`Collected`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CollectedResult {
    /// Nothing new.
    Unchanged,
    /// New rows are in the lake, ready to be published.
    Changed {
        /// Answers.
        pages: i64,
        /// Elements.
        rows: i64,
        /// `full`, `resumed` or `incremental`.
        mode: &'static str,
        /// The repository's name now, where it is another one.
        renamed_to: Option<String>,
    },
    /// GitHub refused, or a limit stands in the way; the message has the next step.
    Failed {
        /// What failed, why, and what to do.
        message: String,
    },
}

/// Update times of the published issues of a repository that were updated at or after an instant, by id.
pub type Known =
    Arc<dyn Fn(i64, DateTime<Utc>) -> BoxFuture<'static, Result<HashMap<i64, DateTime<Utc>>>> + Send + Sync>;

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
    pub known: Known,
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
    let mut repository = Repository { run, sender, target, spent: Spent::default() };
    let result = match repository.collect().await {
        Ok(result) => result,
        Err(crate::Error::GitHub(error)) => CollectedResult::Failed { message: format!("{full_name}: {error}") },
        Err(error) => return Err(error),
    };
    (run.progress)(Event::Finished { repo_id, outcome: result.summary() });
    Ok(Collected { repo_id, full_name, spent: repository.spent, result })
}

struct Repository<'a> {
    run: &'a Run<'a>,
    sender: RawSender,
    target: Target,
    spent: Spent,
}

impl Repository<'_> {
    async fn collect(&mut self) -> Result<CollectedResult> {
        if let Some(attempt) = self.interrupted_load() {
            return self.load(attempt, None).await;
        }
        let probe_url = self.list_url("desc", None);
        let etag = self.known_etag(&probe_url);
        let page = match self.ask(Request::new(probe_url.clone()).with_etag(etag)).await? {
            Answer::Page(page) => page,
            Answer::NotModified => return Ok(CollectedResult::Unchanged),
            Answer::Refused(message) => return Ok(CollectedResult::Failed { message }),
        };
        let attempt = self.new_attempt(&probe_url, &page);
        let is_first = self.watermark().is_none() || self.run.options.full;
        if is_first && page.next.is_some() {
            self.load(attempt, Some(page)).await
        } else {
            self.follow(attempt, page).await
        }
    }

    /// A first load, or a whole new one: ascending, so that it can go on after a death.
    async fn load(&mut self, mut attempt: Attempt, probe: Option<pages::ReadPage>) -> Result<CollectedResult> {
        let since = attempt.committed_updated_at;
        let mode = if since.is_some() { "resumed" } else { "full" };
        let mut pages = Pages::new(self.run, &self.sender, &self.target);
        if let Some(page) = probe {
            pages.send(page, &attempt).await?;
        }
        let mut next = Some(self.list_url("asc", since));
        while let Some(url) = next {
            let page = match self.ask(Request::new(url)).await? {
                Answer::Page(page) => page,
                Answer::NotModified => break,
                Answer::Refused(message) => return Ok(CollectedResult::Failed { message }),
            };
            attempt.committed_updated_at = attempt.committed_updated_at.max(page.newest());
            next = page.next.clone();
            pages.send(page, &attempt).await?;
        }
        attempt.is_repair = true;
        self.complete(pages, attempt, mode, since).await
    }

    /// Follows the list, newest first, from the probe down to what is known.
    async fn follow(&mut self, mut attempt: Attempt, probe: pages::ReadPage) -> Result<CollectedResult> {
        let is_first = self.watermark().is_none() || self.run.options.full;
        let stop = self.stop(&mut attempt);
        let mut pages = Pages::new(self.run, &self.sender, &self.target);
        let mut page = probe;
        loop {
            let is_last = !is_first && self.is_known(&page, &stop).await?;
            let next = page.next.clone();
            pages.send(page, &attempt).await?;
            let Some(url) = next.filter(|_| !is_last) else { break };
            page = match self.ask(Request::new(url)).await? {
                Answer::Page(page) => page,
                Answer::NotModified => break,
                Answer::Refused(message) => return Ok(CollectedResult::Failed { message }),
            };
        }
        attempt.is_repair |= is_first;
        let mode = if is_first { "full" } else { "incremental" };
        self.complete(pages, attempt, mode, None).await
    }

    async fn complete(
        &mut self,
        pages: Pages<'_>,
        mut attempt: Attempt,
        mode: &'static str,
        since: Option<DateTime<Utc>>,
    ) -> Result<CollectedResult> {
        attempt.complete = true;
        let finished_at = if self.run.options.is_present_fixed { self.run.options.run_at } else { Utc::now() };
        let renamed_to = pages.renamed_to();
        let (count, rows) = (pages.count, pages.rows);
        self.sender
            .run(RawRun {
                stamp: self.run.stamp.clone(),
                pipeline: PIPELINE,
                stream: STREAM,
                repo_id: self.target.repo_id,
                repo_full_name: renamed_to.clone().unwrap_or_else(|| self.target.full_name.clone()),
                mode,
                started_at: self.run.options.run_at.min(finished_at),
                finished_at,
                since,
                pages_fetched: count,
                records_fetched: rows,
                max_updated_at: pages.max_updated_at,
                final_url: pages.final_url,
                spent: self.spent,
                attempt,
            })
            .await?;
        Ok(CollectedResult::Changed { pages: count, rows, mode, renamed_to })
    }

    async fn ask(&mut self, request: Request) -> Result<Answer> {
        let owner = self.target.full_name.split('/').next().unwrap_or_default();
        let request = request.for_owner(owner);
        let decoded = self.run.client.get_decoded(request, crate::element::divide).await?;
        let answer = match decoded {
            hublake_github::Decoded::Page(page, elements) => {
                self.spent += page.spent;
                return Ok(Answer::Page(pages::ReadPage::new(page, elements, self.run.options)));
            }
            hublake_github::Decoded::Other(outcome) => {
                self.spent += outcome.spent();
                match &outcome {
                    Outcome::NotModified { .. } => Answer::NotModified,
                    Outcome::Gone { .. } => Answer::Refused(format!(
                        "{0}: its issues are disabled\nhint: hublake remove {0} (its history stays)",
                        self.target.full_name
                    )),
                    Outcome::Blocked { message, .. } => Answer::Refused(format!(
                        "{0}: blocked for legal reasons: {message}\nhint: hublake remove {0} (its history stays)",
                        self.target.full_name
                    )),
                    other => Answer::Refused(other.problem(&self.target.full_name).unwrap_or_default()),
                }
            }
        };
        Ok(answer)
    }

    /// The numeric id in the address keeps it stable when the repository is renamed.
    fn list_url(&self, direction: &str, since: Option<DateTime<Utc>>) -> Url {
        let mut query = vec![("state", "all"), ("sort", "updated"), ("direction", direction), ("per_page", "100")];
        let since = since.map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
        if let Some(since) = &since {
            query.push(("since", since));
        }
        self.run.client.url(&format!("repositories/{}/issues", self.target.repo_id), &query)
    }

    /// A first load that ended before its last page, where something of it is in the lake.
    fn interrupted_load(&self) -> Option<Attempt> {
        let attempt = self.target.cursor.as_ref()?.attempt.clone()?;
        let goes_on = !attempt.complete && attempt.mode == "full" && attempt.committed_updated_at.is_some();
        (goes_on && !self.run.options.full).then(|| Attempt { last_run_seq: self.run.stamp.run_seq, ..attempt })
    }

    /// What is in the lake, published or about to be.
    fn collected(&self) -> Option<&Attempt> {
        self.target.cursor.as_ref()?.attempt.as_ref().filter(|attempt| attempt.complete)
    }

    fn watermark(&self) -> Option<DateTime<Utc>> {
        let cursor = self.target.cursor.as_ref()?;
        self.collected().and_then(|attempt| attempt.max_updated_at).or(cursor.watermark_updated_at)
    }

    /// The ETag of what is in the lake, for this very address. What an option asks for again is asked
    /// without one.
    fn known_etag(&self, url: &Url) -> Option<String> {
        let options = self.run.options;
        if options.full || options.since.is_some() || options.overlap.is_some() {
            return None;
        }
        let cursor = self.target.cursor.as_ref()?;
        let (probe_url, etag) = match self.collected() {
            Some(attempt) => (&attempt.probe_url, &attempt.probe_etag),
            None => (&cursor.probe_url, &cursor.probe_etag),
        };
        etag.clone().filter(|_| probe_url.as_deref() == Some(url.as_str()))
    }

    fn new_attempt(&self, probe_url: &Url, page: &pages::ReadPage) -> Attempt {
        let is_first = self.watermark().is_none() || self.run.options.full;
        Attempt {
            first_run_seq: self.run.stamp.run_seq,
            last_run_seq: self.run.stamp.run_seq,
            started_at: self.run.options.run_at,
            mode: if is_first { "full" } else { "incremental" }.to_owned(),
            committed_updated_at: None,
            max_updated_at: page.newest(),
            probe_url: Some(probe_url.to_string()),
            probe_etag: page.etag.clone(),
            complete: false,
            is_repair: false,
        }
    }

    /// Down to where the list is followed.
    fn stop(&self, attempt: &mut Attempt) -> Stop {
        let options = self.run.options;
        if let Some(since) = options.since {
            return Stop { older_than: since, must_be_known: false };
        }
        let Some(watermark) = self.watermark() else {
            return Stop { older_than: DateTime::<Utc>::MIN_UTC, must_be_known: false };
        };
        if let Some(overlap) = options.overlap {
            return Stop { older_than: watermark - overlap, must_be_known: false };
        }
        let last_repair = self.target.cursor.as_ref().and_then(|cursor| cursor.last_repair_at);
        if last_repair.is_none_or(|at| options.run_at - at >= REPAIR_EVERY) {
            attempt.is_repair = true;
            return Stop { older_than: watermark - REPAIR_OVERLAP, must_be_known: false };
        }
        Stop { older_than: watermark - OVERLAP, must_be_known: true }
    }

    async fn is_known(&self, page: &pages::ReadPage, stop: &Stop) -> Result<bool> {
        let Some(oldest) = page.oldest() else { return Ok(true) };
        if !stop.must_be_known {
            return Ok(oldest < stop.older_than);
        }
        if page.newest().is_some_and(|newest| newest >= stop.older_than) {
            return Ok(false);
        }
        let known = (self.run.known)(self.target.repo_id, oldest).await?;
        Ok(page.elements.iter().all(|element| match (element.id, element.updated_at) {
            (Some(id), Some(updated_at)) => known.get(&id) == Some(&updated_at),
            // It will be rejected with a reason; it must not keep the list from ending.
            _ => true,
        }))
    }
}

struct Stop {
    older_than: DateTime<Utc>,
    must_be_known: bool,
}

impl CollectedResult {
    fn summary(&self) -> String {
        match self {
            Self::Unchanged => "unchanged".to_owned(),
            Self::Changed { pages, rows, mode, .. } => format!("{mode}: {pages} pages, {rows} rows"),
            Self::Failed { message } => message.lines().next().unwrap_or_default().to_owned(),
        }
    }
}
