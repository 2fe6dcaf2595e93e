//! Collecting one repository: the probe, a load, or following the list.

use chrono::{DateTime, Utc};
use hublake_github::{Outcome, Request, Spent};
use hublake_store::Attempt;
use url::Url;

use super::pages::{Answer, Pages, ReadPage};
use super::standing::Stop;
use super::{CollectedResult, PIPELINE, Run, STREAM, Target};
use crate::Result;
use crate::raw_writer::{RawRun, RawSender};

/// A repository on its way through a run.
pub(super) struct Repository<'a> {
    pub(super) run: &'a Run<'a>,
    pub(super) target: Target,
    pub(super) spent: Spent,
    sender: RawSender,
}

impl<'a> Repository<'a> {
    pub(super) fn new(run: &'a Run<'a>, sender: RawSender, target: Target) -> Self {
        Self { run, sender, target, spent: Spent::default() }
    }

    pub(super) async fn collect(&mut self) -> Result<CollectedResult> {
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
    async fn load(&mut self, mut attempt: Attempt, probe: Option<Box<ReadPage>>) -> Result<CollectedResult> {
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
    async fn follow(&mut self, mut attempt: Attempt, probe: Box<ReadPage>) -> Result<CollectedResult> {
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
                return Ok(Answer::Page(Box::new(ReadPage::new(page, elements, self.run.options))));
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

    async fn is_known(&self, page: &ReadPage, stop: &Stop) -> Result<bool> {
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
