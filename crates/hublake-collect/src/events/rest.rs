//! Events by REST: the repository's list, newest first, and past its end each item's own.

use chrono::{DateTime, Utc};
use hublake_github::{Decoded, Outcome, Request};
use hublake_store::Attempt;
use url::Url;

use super::element::{EventElement, divide_rest};
use super::{Answer, Api, Asked, Events, Item, OVERLAP};
use crate::Result;

/// Events of a page.
const PER_PAGE: usize = 100;
/// No repository's list is known to be cut off before 30,000 events.
const SHORTEST_CUT: i64 = 300;

impl Events<'_> {
    /// Follows the list down to what is published. Where the list ends before that, the events of those of
    /// `items` that are older than its end are asked for one by one; for that `items` must be all there are.
    pub(crate) async fn by_rest(&mut self, items: &[Item], has_all: bool, attempt: &Attempt) -> Result<Asked> {
        let path = format!("repositories/{}/issues/events", self.repo_id);
        let mut next = Some(self.run.client.url(&path, &[("per_page", "100")]));
        let mut oldest: Option<DateTime<Utc>> = None;
        while let Some(url) = next {
            match self.rest_page(url, None, attempt).await? {
                Reply::Page(page) => {
                    oldest = page.elements.iter().filter_map(|event| event.created_at).min().or(oldest);
                    if page.is_known {
                        break;
                    }
                    // Where GitHub cuts the list off, its last page is full and names no next.
                    let is_cut_off = page.next.is_none() && page.elements.len() >= PER_PAGE;
                    if is_cut_off && has_all {
                        return self.items_before(items, oldest, attempt).await;
                    }
                    if is_cut_off && self.pages >= SHORTEST_CUT {
                        return Ok(self.cut_off());
                    }
                    next = page.next;
                }
                Reply::EndOfList if !has_all => return Ok(self.cut_off()),
                Reply::EndOfList => return self.items_before(items, oldest, attempt).await,
                Reply::Refused(message) => return Ok(Asked::Refused(message)),
            }
        }
        Ok(Asked::Done(()))
    }

    fn cut_off(&self) -> Asked {
        Asked::Refused(format!(
            "{}: its list of events ends before the oldest of them, and a first load that was interrupted does not know all its issues\nhint: collect it with --api graphql, or anew with --full",
            self.full_name
        ))
    }

    async fn items_before(
        &mut self,
        items: &[Item],
        oldest: Option<DateTime<Utc>>,
        attempt: &Attempt,
    ) -> Result<Asked> {
        let is_older = |item: &&Item| match (item.created_at, oldest) {
            (Some(created_at), Some(oldest)) => created_at <= oldest + OVERLAP,
            _ => true,
        };
        let older: Vec<_> = items.iter().filter(is_older).cloned().collect();
        self.each_by_rest(&older, attempt).await
    }

    /// Fetches all events of each of `items`, a request an item and for each further page of it.
    pub(crate) async fn each_by_rest(&mut self, items: &[Item], attempt: &Attempt) -> Result<Asked> {
        for item in items {
            let path = format!("repositories/{}/issues/{}/events", self.repo_id, item.number);
            let mut next = Some(self.run.client.url(&path, &[("per_page", "100")]));
            while let Some(url) = next {
                match self.rest_page(url, Some(item.number), attempt).await? {
                    Reply::Page(page) => next = page.next,
                    Reply::EndOfList => break,
                    Reply::Refused(message) => return Ok(Asked::Refused(message)),
                }
            }
        }
        Ok(Asked::Done(()))
    }

    async fn rest_page(&mut self, url: Url, number: Option<i64>, attempt: &Attempt) -> Result<Reply> {
        let request = Request::new(url).for_owner(self.owner());
        let divide = |body: &[u8]| divide_rest(body, number);
        let (page, elements) = match self.run.client.get_decoded(request, divide).await? {
            Decoded::Page(page, elements) => (page, elements),
            Decoded::Other(outcome) => {
                self.spent += outcome.spent();
                let is_item_gone =
                    number.is_some() && matches!(outcome, Outcome::NotFound { .. } | Outcome::Gone { .. });
                if matches!(outcome, Outcome::Unprocessable { .. }) || is_item_gone {
                    return Ok(Reply::EndOfList);
                }
                return Ok(Reply::Refused(outcome.problem(&self.full_name).unwrap_or_default()));
            }
        };
        self.spent += page.spent;
        let is_known = number.is_none() && self.is_known(&elements).await?;
        let next = page.next.clone();
        let answer = Answer {
            url: page.url.to_string(),
            status: page.status,
            etag: page.etag,
            fetched_at: page.fetched_at,
            body: page.body,
            rate: page.rate,
            elements: elements.clone(),
        };
        self.send(answer, Api::Rest, attempt).await?;
        Ok(Reply::Page(Box::new(Page { elements, next, is_known })))
    }

    /// New events come only at the list's head, so a page that is published ends it.
    async fn is_known(&self, elements: &[EventElement]) -> Result<bool> {
        if self.run.options.full {
            return Ok(false);
        }
        let kept = elements.iter().filter(|event| event.kind.as_deref().is_some_and(crate::decode::is_kept_event));
        let ids: Vec<String> = kept.filter_map(|event| event.node_id.clone()).collect();
        if ids.is_empty() {
            return Ok(false);
        }
        let known = self.run.published.events(self.repo_id, ids.clone()).await?;
        Ok(ids.iter().all(|id| known.contains(id)))
    }
}

struct Page {
    elements: Vec<EventElement>,
    next: Option<Url>,
    is_known: bool,
}

enum Reply {
    Page(Box<Page>),
    /// The list goes no further, or the item is gone.
    EndOfList,
    Refused(String),
}
