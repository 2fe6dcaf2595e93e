//! What a run will find in one repository, and what that takes.

use std::time::Instant;

use chrono::{DateTime, Utc};
use hublake_github::{Decoded, Outcome, Request, Spent};
use hublake_store::Attempt;

use super::counts::{count, updates};
use super::extrapolate::{PER_PAGE, by_time, pages_of, rows_since, share};
use super::{Measured, Outlook};
use crate::Result;
use crate::element::divide;
use crate::events::{Api, Item, OVERLAP, Totals};
use crate::issues::pages::ReadPage;
use crate::issues::repository::{Repository, is_known};
use crate::issues::search::Found;

/// Looks at one repository as a run will.
pub(super) struct Scout<'a> {
    pub(super) repository: Repository<'a>,
    totals: Option<Totals>,
    pub(super) is_approximate: bool,
    pub(super) issues: Spent,
    pub(super) events: Spent,
    pub(super) search: Spent,
    pub(super) measured: Measured,
}

enum Probed {
    Page(Box<ReadPage>),
    NotModified,
    Limited(DateTime<Utc>),
    Refused(String),
}

impl<'a> Scout<'a> {
    pub(super) fn new(repository: Repository<'a>, totals: Option<Totals>) -> Self {
        let (issues, events, search) = Default::default();
        Self { repository, totals, is_approximate: false, issues, events, search, measured: Measured::default() }
    }

    /// Finds out what the run will find; what it will take is in the fields afterwards.
    pub(super) async fn look(&mut self) -> Result<Outlook> {
        if let Some(attempt) = self.repository.interrupted_load() {
            return self.resumed(&attempt).await;
        }
        let is_first = self.repository.is_first();
        if let Some(totals) = self.totals.filter(|_| is_first) {
            return self.whole(totals.issues + totals.pull_requests).await;
        }
        let page = match self.probe().await? {
            Probed::Page(page) => page,
            Probed::NotModified => return self.unchanged().await,
            Probed::Limited(until) => {
                self.is_approximate = true;
                self.issues = list(1);
                return Ok(Outlook::Unknown { until });
            }
            Probed::Refused(message) => {
                self.issues = list(1);
                return Ok(Outlook::Refused { message });
            }
        };
        if is_first {
            let items = self.items_by(&page);
            return self.whole(items).await;
        }
        self.changed(&page).await
    }

    /// The run's own first request.
    async fn probe(&mut self) -> Result<Probed> {
        let url = self.repository.probe_url();
        let etag = self.repository.known_etag(&url);
        let run = self.repository.run;
        let owner = self.repository.target.full_name.split('/').next().unwrap_or_default();
        let request = Request::new(url).with_etag(etag).for_owner(owner);
        let sent_at = Instant::now();
        let decoded = run.client.get_decoded(request, divide).await?;
        let took = sent_at.elapsed();
        Ok(match decoded {
            Decoded::Page(page, elements) => {
                self.measured.spent += page.spent;
                self.measured.pages.push(took);
                Probed::Page(Box::new(ReadPage::new(page, elements, run.options)))
            }
            Decoded::Other(outcome) => {
                self.measured.spent += outcome.spent();
                match &outcome {
                    Outcome::NotModified { .. } => {
                        self.measured.unmodified.push(took);
                        Probed::NotModified
                    }
                    Outcome::Limited { until, .. } => Probed::Limited(*until),
                    other => Probed::Refused(other.problem(&self.repository.target.full_name).unwrap_or_default()),
                }
            }
        })
    }

    /// How many items there are where they could not be counted: numbers are given one after the other, also to
    /// discussions, and the newest item is mostly among those updated last.
    fn items_by(&mut self, page: &ReadPage) -> i64 {
        if page.next.is_none() {
            return count(page.elements.len());
        }
        self.is_approximate = true;
        page.elements.iter().filter_map(|element| element.number).max().unwrap_or(PER_PAGE)
    }

    /// Everything is read: the probe, then all pages from the beginning. What fits on the probe's page needs no more.
    async fn whole(&mut self, items: i64) -> Result<Outlook> {
        let pages = pages_of(items);
        self.issues = if pages > 1 { list(1 + pages) } else { list(1) };
        match self.repository.run.options.api {
            Api::Graphql => self.events = queries(pages),
            Api::Rest if items > 0 || self.repository.run.options.full => self.all_listed_events(items).await?,
            Api::Rest => {}
        }
        Ok(Outlook::Whole { items, is_again: self.repository.watermark().is_some() })
    }

    /// The list goes on from where the lake ends, without a probe.
    async fn resumed(&mut self, attempt: &Attempt) -> Result<Outlook> {
        let since = attempt.committed_updated_at.unwrap_or_default();
        let target = &self.repository.target;
        let told = updates(self.repository.run.client, target, since, &mut self.measured).await?;
        let items = match told {
            Some(updates) => {
                self.is_approximate = updates.is_extrapolated;
                updates.items
            }
            None => {
                self.is_approximate = true;
                match self.probe().await? {
                    Probed::Page(page) => self.items_by(&page),
                    Probed::NotModified => PER_PAGE,
                    Probed::Limited(until) => {
                        self.issues = list(1);
                        return Ok(Outlook::Unknown { until });
                    }
                    Probed::Refused(message) => return Ok(Outlook::Refused { message }),
                }
            }
        };
        let pages = pages_of(items).max(1);
        self.issues = list(pages);
        match self.repository.run.options.api {
            Api::Graphql => self.events = queries(pages),
            Api::Rest => self.all_listed_events(items).await?,
        }
        Ok(Outlook::Resumed { items })
    }

    async fn unchanged(&mut self) -> Result<Outlook> {
        self.issues = Spent { not_modified: 1, ..list(1) };
        if self.repository.run.client.is_authorised() {
            self.issues.quota = 0;
        }
        let needs_events = !self.repository.has_events();
        if !needs_events && !self.repository.is_sweep_due() {
            return Ok(Outlook::Unchanged);
        }
        let items = self.published_items().await?;
        if needs_events {
            self.missing_events(items).await?;
        }
        self.search(items);
        Ok(if needs_events { Outlook::EventsMissing { items } } else { Outlook::Unchanged })
    }

    /// The list is followed from the probe down to what is known.
    async fn changed(&mut self, page: &ReadPage) -> Result<Outlook> {
        let known = self.repository.lookup(page).await?;
        let stop = self.repository.stop(&mut self.repository.new_attempt(&self.repository.probe_url(), page));
        let watermark = self.repository.watermark().unwrap_or_default();
        // What was updated in the watermark's own second is taken again, even where it is known.
        let mut found = Found::since(Some(watermark));
        let here = count(found.take(page, &known).len());
        let of_found =
            |is_wanted: &dyn Fn(&Item) -> bool| count(found.items.iter().filter(|one| is_wanted(one)).count());
        let new_here = of_found(&|item| !found.is_known(item.number));
        let published = self.published_items().await?;
        let (mut taken, mut pages) = (here, 1);
        let mut again = of_found(&|item| known.get(&item.number) == Some(&watermark));
        if page.next.is_some() && !is_known(page, &known, &stop) {
            let items = self.repository.run.published.items(self.repository.target.repo_id).await?;
            // Of those on the page it is known when they were updated.
            let others = items.iter().filter(|item| !found.is_known(item.number));
            let others: Vec<_> = others.map(|item| item.updated_at).collect();
            if page.oldest() >= Some(watermark) {
                taken = self.updated_since_watermark(page).await?.max(here);
                again += count(others.iter().filter(|at| **at >= watermark).count());
            }
            // Of those that changed further down, as many were read before as on this page.
            let was_below = |at: &DateTime<Utc>| (stop.older_than..watermark).contains(at);
            let moved_here = of_found(&|item| known.get(&item.number).is_some_and(was_below));
            let below = count(others.iter().filter(|at| was_below(at)).count());
            let read = match page.oldest() >= Some(stop.older_than) {
                true => taken + (below - share(taken - here, moved_here, here)).max(0),
                false => rows_since(stop.older_than, page),
            };
            pages = match stop.must_be_known {
                true => (pages_of(taken - again) + 1).max(read / PER_PAGE + 1),
                false => read / PER_PAGE + 1,
            };
            pages = pages.min(pages_of(published + share(taken, new_here, here))).max(1);
        }
        self.issues = list(pages);
        if !self.repository.has_events() {
            self.missing_events(published).await?;
        }
        let is_stranger = |item: &Item| {
            let is_old = item.created_at.is_none_or(|created_at| created_at < watermark - OVERLAP);
            is_old && !found.is_known(item.number)
        };
        let strangers = share(taken, of_found(&is_stranger), here);
        self.changed_events(taken, strangers).await?;
        self.search(published + share(taken, new_here, here));
        Ok(Outlook::Changed { items: (taken - again).max(0) })
    }

    /// The events of `items`, of which `strangers` came from another repository and have old ones.
    async fn changed_events(&mut self, items: i64, strangers: i64) -> Result<()> {
        match self.repository.run.options.api {
            Api::Graphql => {
                let pages = pages_of(items);
                // They are asked for apart.
                let apart = if strangers < items { strangers.min(pages) } else { 0 };
                self.events += queries(pages + apart);
            }
            Api::Rest if items > 0 => {
                self.new_listed_events(items).await?;
                self.events += list(strangers);
            }
            Api::Rest => {}
        }
        Ok(())
    }

    /// How many items were updated since the watermark, where the probe's page does not come down to it.
    async fn updated_since_watermark(&mut self, page: &ReadPage) -> Result<i64> {
        let watermark = self.repository.watermark().unwrap_or_default();
        let target = &self.repository.target;
        let told = updates(self.repository.run.client, target, watermark, &mut self.measured).await?;
        let Some(updates) = told else {
            self.is_approximate = true;
            return Ok(by_time(count(page.elements.len()), page.newest(), page.oldest(), watermark));
        };
        self.is_approximate |= updates.is_extrapolated;
        Ok(updates.items)
    }

    /// Everything published is asked for its events.
    async fn missing_events(&mut self, items: i64) -> Result<()> {
        match self.repository.run.options.api {
            Api::Graphql => self.events += queries(pages_of(items)),
            Api::Rest => self.all_listed_events(items).await?,
        }
        Ok(())
    }

    /// Looking for vanished issues: the whole list, or the totals where no query for events told them.
    fn search(&mut self, items: i64) {
        let options = self.repository.run.options;
        let by_list = options.sweep || (options.api == Api::Rest && self.repository.is_sweep_due());
        if by_list {
            self.search = list(pages_of(items).max(1));
        } else if options.api == Api::Graphql && self.events.requests == 0 {
            self.search = queries(1);
        }
    }

    async fn published_items(&self) -> Result<i64> {
        let (issues, pull_requests) = self.repository.run.published.totals(self.repository.target.repo_id).await?;
        Ok(issues + pull_requests)
    }
}

/// So many pages by REST.
pub(super) fn list(pages: i64) -> Spent {
    let pages = u32::try_from(pages).unwrap_or(u32::MAX);
    Spent { requests: pages, quota: pages, ..Spent::default() }
}

/// So many queries of one point.
fn queries(queries: i64) -> Spent {
    let queries = u32::try_from(queries).unwrap_or(u32::MAX);
    Spent { requests: queries, graphql_requests: queries, graphql_points: queries, ..Spent::default() }
}
