//! Collecting one repository: the probe, a load, or following the list.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use hublake_github::{Outcome, Request, Spent};
use hublake_store::Attempt;
use url::Url;

use super::pages::{Answer, Pages, ReadPage};
use super::search::Found;
use super::standing::Stop;
use super::{PIPELINE, Run, STREAM, Target};
use crate::events::{self, Api, Asked, Events, Item};
use crate::raw_writer::{RawRun, RawSender};
use crate::{CollectedResult, Result};

/// Gives up a repository where GitHub refuses.
macro_rules! refused {
    ($asked:expr) => {
        match $asked {
            Asked::Done(value) => value,
            Asked::Refused(message) => return Ok(CollectedResult::Failed { message }),
        }
    };
}

/// A repository on its way through a run.
pub(super) struct Repository<'a> {
    pub(super) run: &'a Run<'a>,
    pub(super) target: Target,
    pub(super) spent: Spent,
    pub(super) events_spent: Spent,
    pub(super) sweep_spent: Spent,
    pub(super) is_swept: bool,
    pub(super) sender: RawSender,
}

impl<'a> Repository<'a> {
    pub(super) fn new(run: &'a Run<'a>, sender: RawSender, target: Target) -> Self {
        let none = Spent::default();
        Self { run, sender, target, spent: none, events_spent: none, sweep_spent: none, is_swept: false }
    }

    pub(super) async fn collect(&mut self) -> Result<CollectedResult> {
        if let Some(attempt) = self.interrupted_load() {
            return self.load(attempt, None).await;
        }
        let probe_url = self.probe_url();
        let etag = self.known_etag(&probe_url);
        let page = match self.ask(Request::new(probe_url.clone()).with_etag(etag)).await? {
            Answer::Page(page) => page,
            Answer::NotModified => return self.idle().await,
            Answer::Refused(message) => return Ok(CollectedResult::Failed { message }),
        };
        let attempt = self.new_attempt(&probe_url, &page);
        if self.is_first() && page.next.is_some() {
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
        let mut found = Found::default();
        let mut events = self.events();
        if let Some(page) = probe {
            // Its items come again at the end of the list, with their events.
            pages.send(page, &attempt).await?;
        }
        let mut next = Some(self.list_url("asc", since));
        while let Some(url) = next {
            let page = match self.ask(Request::new(url)).await? {
                Answer::Page(page) => page,
                Answer::NotModified => break,
                Answer::Refused(message) => return Ok(CollectedResult::Failed { message }),
            };
            let items = found.take(&page, &HashMap::new());
            refused!(self.page_events(&mut events, &items, &found, None, &attempt).await?);
            attempt.committed_updated_at = attempt.committed_updated_at.max(page.newest());
            next = page.next.clone();
            pages.send(page, &attempt).await?;
        }
        attempt.is_repair = true;
        // Where nothing was known nothing can be missing.
        self.is_swept = since.is_none() && self.watermark().is_none();
        refused!(self.listed_events(&mut events, &found, None, since.is_some(), &attempt).await?);
        self.complete(pages, events, attempt, mode, since).await
    }

    /// Follows the list, newest first, from the probe down to what is known.
    async fn follow(&mut self, mut attempt: Attempt, probe: Box<ReadPage>) -> Result<CollectedResult> {
        let is_first = self.is_first();
        let watermark = self.watermark().filter(|_| !is_first);
        let stop = self.stop(&mut attempt);
        let mut pages = Pages::new(self.run, &self.sender, &self.target);
        let mut found = Found::since(watermark);
        let mut events = self.events();
        if !is_first && !self.has_events() {
            refused!(self.all_events(&mut events, &attempt).await?);
        }
        let mut page = probe;
        loop {
            let known = if is_first { HashMap::new() } else { self.lookup(&page).await? };
            let is_last = !is_first && is_known(&page, &known, &stop);
            let items = found.take(&page, &known);
            refused!(self.page_events(&mut events, &items, &found, watermark, &attempt).await?);
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
        refused!(self.listed_events(&mut events, &found, watermark, false, &attempt).await?);
        match self.watermark() {
            Some(_) if is_first => {}
            Some(_) => {
                refused!(self.search(&mut events, &found, &attempt).await?);
            }
            None => self.is_swept = true,
        }
        let mode = if is_first { "full" } else { "incremental" };
        self.complete(pages, events, attempt, mode, None).await
    }

    /// Nothing changed: what is left is to look for vanished issues now and then, and to fetch the events of what
    /// was collected before events were.
    async fn idle(&mut self) -> Result<CollectedResult> {
        let needs_events = !self.has_events();
        if !needs_events && !self.is_sweep_due() {
            return Ok(CollectedResult::Unchanged);
        }
        let attempt = self.idle_attempt();
        let mut events = self.events();
        if needs_events {
            refused!(self.all_events(&mut events, &attempt).await?);
        }
        let departed = refused!(self.search(&mut events, &Found::default(), &attempt).await?);
        if departed == 0 && !needs_events {
            self.events_spent += events.spent;
            return Ok(CollectedResult::Unchanged);
        }
        let pages = Pages::new(self.run, &self.sender, &self.target);
        self.complete(pages, events, attempt, "incremental", None).await
    }

    /// Whether everything is read, whatever is known.
    pub(super) fn is_first(&self) -> bool {
        self.watermark().is_none() || self.run.options.full
    }

    pub(super) fn events(&self) -> Events<'a> {
        Events::new(self.run, &self.sender, self.target.repo_id, &self.target.full_name)
    }

    /// The events of a page's items; by REST they come from a list of their own.
    async fn page_events(
        &self,
        events: &mut Events<'_>,
        items: &[Item],
        found: &Found,
        watermark: Option<DateTime<Utc>>,
        attempt: &Attempt,
    ) -> Result<Asked> {
        match self.run.options.api {
            Api::Graphql => events.by_graphql(items, |item| found.is_known(item.number), watermark, attempt).await,
            Api::Rest => Ok(Asked::Done(())),
        }
    }

    async fn listed_events(
        &self,
        stream: &mut Events<'_>,
        found: &Found,
        watermark: Option<DateTime<Utc>>,
        is_resumed: bool,
        attempt: &Attempt,
    ) -> Result<Asked> {
        let is_asked = is_resumed || !found.items.is_empty() || self.run.options.full;
        if self.run.options.api != Api::Rest || !is_asked {
            return Ok(Asked::Done(()));
        }
        if let refused @ Asked::Refused(_) = stream.by_rest(&found.items, !is_resumed, attempt).await? {
            return Ok(refused);
        }
        // What came from another repository brought old events, which are not at the list's head.
        let Some(watermark) = watermark else { return Ok(Asked::Done(())) };
        let is_old = |item: &&Item| item.created_at.is_none_or(|created_at| created_at < watermark - events::OVERLAP);
        let strangers = found.items.iter().filter(|item| !found.is_known(item.number)).filter(is_old);
        stream.each_by_rest(&strangers.cloned().collect::<Vec<_>>(), attempt).await
    }

    /// The events of everything published, for a repository that was collected without them.
    async fn all_events(&self, events: &mut Events<'_>, attempt: &Attempt) -> Result<Asked> {
        let items = self.run.published.items(self.target.repo_id).await?;
        let items: Vec<_> = items
            .into_iter()
            .filter_map(|item| Some(Item { number: item.number, node_id: item.node_id?, created_at: None }))
            .collect();
        match self.run.options.api {
            Api::Graphql => events.by_graphql(&items, |_| false, None, attempt).await,
            Api::Rest => events.by_rest(&items, true, attempt).await,
        }
    }

    async fn complete(
        &mut self,
        pages: Pages<'_>,
        events: Events<'_>,
        mut attempt: Attempt,
        mode: &'static str,
        since: Option<DateTime<Utc>>,
    ) -> Result<CollectedResult> {
        attempt.complete = true;
        let finished_at = if self.run.options.is_present_fixed { self.run.options.run_at } else { Utc::now() };
        let renamed_to = pages.renamed_to();
        let (count, rows) = (pages.count, pages.rows);
        self.events_spent += events.spent;
        let run = RawRun {
            stamp: self.run.stamp.clone(),
            pipeline: PIPELINE,
            stream: STREAM,
            repo_id: self.target.repo_id,
            repo_full_name: renamed_to.clone().unwrap_or_else(|| self.target.full_name.clone()),
            is_renamed: renamed_to.is_some(),
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
        };
        // The events first: where the issues' run is complete, so is the events'.
        self.sender
            .run(RawRun {
                stream: events::STREAM,
                pages_fetched: events.pages,
                records_fetched: events.rows,
                max_updated_at: None,
                final_url: String::new(),
                spent: self.events_spent,
                ..run.clone()
            })
            .await?;
        self.sender.run(run).await?;
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

    /// Page 1 of the list, the most recently updated first.
    pub(super) fn probe_url(&self) -> Url {
        self.list_url("desc", None)
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

    pub(super) async fn lookup(&self, page: &ReadPage) -> Result<HashMap<i64, DateTime<Utc>>> {
        let numbers: Vec<i64> = page.elements.iter().filter_map(|element| element.number).collect();
        if numbers.is_empty() {
            return Ok(HashMap::new());
        }
        self.run.published.lookup(self.target.repo_id, numbers).await
    }
}

pub(super) fn is_known(page: &ReadPage, known: &HashMap<i64, DateTime<Utc>>, stop: &Stop) -> bool {
    let Some(oldest) = page.oldest() else { return true };
    if !stop.must_be_known {
        return oldest < stop.older_than;
    }
    // A known page that reaches past the overlap: what comes after it is older still.
    oldest < stop.older_than
        && page.elements.iter().all(|element| match (element.number, element.updated_at) {
            (Some(number), Some(updated_at)) => known.get(&number) == Some(&updated_at),
            // It will be rejected with a reason; it must not keep the list from ending.
            _ => true,
        })
}
