//! Which items a run found, and which are no longer there.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use hublake_store::Attempt;

use super::PublishedItem;
use super::pages::ReadPage;
use super::repository::Repository;
use crate::Result;
use crate::departures::Search;
use crate::events::{Api, Asked, Events, Item, Totals, done};

/// The items that a run found changed, each once.
#[derive(Default)]
pub(super) struct Found {
    pub(super) items: Vec<Item>,
    updates: HashMap<i64, PublishedItem>,
    /// Of these the ones that were published before.
    known: HashSet<i64>,
    watermark: Option<DateTime<Utc>>,
}

impl Found {
    /// Nothing found yet. GitHub's times are whole seconds: what was updated as late as `watermark` may have changed
    /// again within its second after it was read, and counts as changed.
    pub(super) fn since(watermark: Option<DateTime<Utc>>) -> Self {
        Self { watermark, ..Self::default() }
    }

    /// The items of a page that are not known as they are and were not on an earlier page.
    pub(super) fn take(&mut self, page: &ReadPage, known: &HashMap<i64, DateTime<Utc>>) -> Vec<Item> {
        let mut items = Vec::new();
        for element in &page.elements {
            let (Some(item), Some(updated_at)) = (Item::of(element), element.updated_at) else { continue };
            let published = known.get(&item.number);
            if published == Some(&updated_at) && self.watermark.is_none_or(|watermark| updated_at < watermark) {
                continue;
            }
            if published.is_some() {
                self.known.insert(item.number);
            }
            let update = PublishedItem {
                number: item.number,
                node_id: Some(item.node_id.clone()),
                updated_at,
                is_pull_request: element.is_pull_request,
            };
            let earlier = self.updates.insert(item.number, update);
            if earlier.is_none_or(|earlier| earlier.updated_at < updated_at) {
                items.push(item);
            }
        }
        self.items.extend(items.iter().cloned());
        items
    }

    pub(super) fn is_known(&self, number: i64) -> bool {
        self.known.contains(&number)
    }

    fn new_items(&self) -> impl Iterator<Item = &PublishedItem> {
        self.updates.values().filter(|item| !self.known.contains(&item.number))
    }
}

impl Repository<'_> {
    /// Looks for issues that are gone; gives how many there were.
    ///
    /// By GraphQL the totals tell whether one is missing. By REST, and where a sweep is asked for, the whole list
    /// is read, the former when the last sweep is a week ago.
    pub(super) async fn search(
        &mut self,
        events: &mut Events<'_>,
        found: &Found,
        attempt: &Attempt,
    ) -> Result<Asked<i64>> {
        let mut search = Search::new(self.run, &self.sender, self.target.repo_id, &self.target.full_name);
        let outcome = self.search_with(&mut search, events, found, attempt).await;
        self.sweep_spent += search.spent;
        outcome
    }

    async fn search_with(
        &mut self,
        search: &mut Search<'_>,
        events: &mut Events<'_>,
        found: &Found,
        attempt: &Attempt,
    ) -> Result<Asked<i64>> {
        let mut missing = std::mem::take(&mut events.missing);
        let reads_list = self.run.options.sweep || (self.run.options.api == Api::Rest && self.is_sweep_due());
        if reads_list {
            let listed = done!(search.listed(attempt).await?);
            let known = self.known_items(found).await?;
            missing.extend(known.iter().map(|item| item.number).filter(|number| !listed.contains(number)));
            self.is_swept = true;
        } else if self.run.options.api == Api::Graphql {
            let totals = match events.totals {
                Some(totals) => Some(totals),
                None => done!(search.totals().await?),
            };
            let known = self.known_totals(found).await?;
            if totals.is_some_and(|totals| totals.issues < known.issues) {
                let issues = self.known_items(found).await?.into_iter().filter(|item| !item.is_pull_request).collect();
                missing.extend(done!(search.narrow_down(issues).await?));
            }
            self.is_swept = totals.is_some();
        }
        missing.sort_unstable();
        missing.dedup();
        for number in missing {
            done!(search.look_into(number, attempt).await?);
        }
        Ok(Asked::Done(search.found))
    }

    async fn known_totals(&self, found: &Found) -> Result<Totals> {
        let (issues, pull_requests) = self.run.published.totals(self.target.repo_id).await?;
        let mut totals = Totals { issues, pull_requests };
        for item in found.new_items() {
            match item.is_pull_request {
                true => totals.pull_requests += 1,
                false => totals.issues += 1,
            }
        }
        Ok(totals)
    }

    async fn known_items(&self, found: &Found) -> Result<Vec<PublishedItem>> {
        let mut items: HashMap<i64, PublishedItem> =
            self.run.published.items(self.target.repo_id).await?.into_iter().map(|item| (item.number, item)).collect();
        items.extend(found.updates.iter().map(|(number, item)| (*number, item.clone())));
        Ok(items.into_values().collect())
    }
}
