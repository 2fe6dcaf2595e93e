//! How far a repository's list of events will be read by REST.

use std::collections::HashSet;
use std::time::Instant;

use hublake_github::{Decoded, Page, Request, Spent};
use url::Url;

use super::counts::count;
use super::extrapolate::{pages_of, share};
use super::outlook::{Scout, list};
use crate::Result;
use crate::decode::is_kept_event;
use crate::events::{EventElement, divide_rest};

/// From here on a list may be longer than what is shown of it: GitHub ends it after 30,000 to 40,000 events.
const FIRST_CUT_OFF_PAGE: i64 = 300;
const LAST_PAGE: i64 = 400;

struct FirstPage {
    elements: Vec<EventElement>,
    has_next: bool,
    /// Where the list ends, with the number of that page.
    last: Option<(Url, i64)>,
}

impl Scout<'_> {
    /// The whole list is read, and then each of the items that are older than its end; there are `items`.
    pub(super) async fn all_listed_events(&mut self, items: i64) -> Result<()> {
        let Some(first) = self.first_page().await? else {
            self.is_approximate = true;
            self.events += list(pages_of(items).max(1));
            return Ok(());
        };
        let Some((url, last)) = first.last.filter(|_| first.has_next) else {
            self.is_approximate |= first.has_next;
            self.events += list(1);
            return Ok(());
        };
        self.events += list(last.min(LAST_PAGE));
        if last >= FIRST_CUT_OFF_PAGE {
            self.is_approximate = true;
            // The newest item that the list's end tells of is about as old as the end.
            let newest = |elements: &[EventElement]| elements.iter().filter_map(|event| event.number).max();
            let end = self.page(url).await?.and_then(|(_, elements)| newest(&elements)).unwrap_or_default();
            self.events += list(share(items, end, newest(&first.elements).unwrap_or(items)));
        }
        Ok(())
    }

    /// The list is read down to what is published; `changed` items have new events.
    pub(super) async fn new_listed_events(&mut self, changed: i64) -> Result<()> {
        let Some(first) = self.first_page().await? else {
            self.is_approximate = true;
            self.events += list(pages_of(changed) + 1);
            return Ok(());
        };
        let is_kept = |event: &&EventElement| event.kind.as_deref().is_some_and(is_kept_event);
        let ids: Vec<String> =
            first.elements.iter().filter(is_kept).filter_map(|event| event.node_id.clone()).collect();
        let repo_id = self.repository.target.repo_id;
        let kept = ids.len();
        let known = match kept {
            0 => 0,
            _ => self.repository.run.published.events(repo_id, ids).await?.len(),
        };
        let pages = if !first.has_next || (known > 0 && known == kept) {
            1
        } else if known > 0 {
            2
        } else {
            self.is_approximate = true;
            let items: HashSet<i64> = first.elements.iter().filter_map(|event| event.number).collect();
            let events = share(changed, count(first.elements.len()), count(items.len()));
            (pages_of(events) + 1).min(first.last.map_or(LAST_PAGE, |(_, last)| last))
        };
        self.events += list(pages);
        Ok(())
    }

    async fn first_page(&mut self) -> Result<Option<FirstPage>> {
        let path = format!("repositories/{}/issues/events", self.repository.target.repo_id);
        let url = self.repository.run.client.url(&path, &[("per_page", "100")]);
        let answer = self.page(url).await?;
        Ok(answer.map(|(page, elements)| FirstPage { has_next: page.next.is_some(), last: last_page(&page), elements }))
    }

    async fn page(&mut self, url: Url) -> Result<Option<(Page, Vec<EventElement>)>> {
        let owner = self.repository.target.full_name.split('/').next().unwrap_or_default();
        let request = Request::new(url).for_owner(owner);
        let sent_at = Instant::now();
        let decoded = self.repository.run.client.get_decoded(request, |body| divide_rest(body, None)).await?;
        let spent: Spent;
        let answer = match decoded {
            Decoded::Page(page, elements) => {
                spent = page.spent;
                self.measured.pages.push(sent_at.elapsed());
                Some((page, elements))
            }
            Decoded::Other(outcome) => {
                spent = outcome.spent();
                None
            }
        };
        self.measured.spent += spent;
        Ok(answer)
    }
}

/// The target of `rel="last"` and its `page`; this list is one of those that have pages by number.
fn last_page(page: &Page) -> Option<(Url, i64)> {
    let header = page.headers.get("link")?.to_str().ok()?;
    let link = header.split(", <").find(|link| link.contains("rel=\"last\""))?;
    let target = link.trim_start_matches('<').split('>').next()?;
    let url = page.final_url.join(target).ok()?;
    let number = url.query_pairs().find(|(name, _)| name == "page")?.1.parse().ok()?;
    Some((url, number))
}
