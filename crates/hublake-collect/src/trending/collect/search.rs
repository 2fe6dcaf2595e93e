//! Searching for repositories: those with the most stars first, as many as are wanted.
//!
//! A search gives a thousand results at most. Where more are wanted, the next search is for what has at most as many
//! stars as the last result; where a thousand have the same number, that number is divided by days of creation. Where
//! more than a thousand of one day have the same number, the rest cannot be had, which is told as incomplete. What is of
//! an excluded owner uses up nothing of what is wanted.

mod page;

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use futures::future::try_join_all;
use serde::Deserialize;

use self::page::REPOSITORIES;
pub(super) use self::page::{CODE, SearchPage, page};
use super::ask::Asking;
use super::ledger::Ledger;
use super::query::{Part, Query};
use crate::Result;
use crate::trending::is_private;

/// Results of a page at most.
pub(super) const PER_PAGE: usize = 100;
/// Results of a search at most.
const MOST_RESULTS: usize = 1_000;

/// What asking came to: what was asked for, or why it cannot be had.
pub(super) type Asked<T> = std::result::Result<T, String>;

/// A repository that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) repo_id: i64,
    pub(super) node_id: String,
    pub(super) full_name: String,
    pub(super) stars: i64,
    pub(super) pushed_at: Option<DateTime<Utc>>,
    pub(super) has_language: bool,
}

impl Found {
    pub(super) fn owner(&self) -> &str {
        self.full_name.split('/').next().unwrap_or_default()
    }

    /// What an element says; none where it does not say what is needed, which decoding will tell.
    pub(super) fn read(payload: &str) -> Option<Self> {
        let head: Head = serde_json::from_str(payload).ok()?;
        Some(Self {
            repo_id: head.id?,
            node_id: head.node_id?,
            full_name: head.full_name?,
            stars: head.stargazers_count.unwrap_or_default(),
            pushed_at: head.pushed_at,
            has_language: head.language.is_some(),
        })
    }
}

#[derive(Deserialize)]
struct Head {
    id: Option<i64>,
    node_id: Option<String>,
    full_name: Option<String>,
    stargazers_count: Option<i64>,
    pushed_at: Option<DateTime<Utc>>,
    language: Option<String>,
}

/// A search for the repositories with the most stars that goes on until its limit.
pub(super) struct Search<'a> {
    asking: &'a Asking<'a>,
    ledger: &'a Ledger,
    query: Query,
    /// Repositories that are still wanted.
    left: usize,
    seen: HashSet<i64>,
    /// Where the next search begins; none where there is nothing more.
    next: Option<Next>,
}

/// What is searched for next.
struct Next {
    /// Days of creation within which the repositories with this number of stars are searched for first.
    days: Vec<(NaiveDate, NaiveDate)>,
    stars: Option<i64>,
    /// Repositories with that number of stars that are known: they come once more.
    known: usize,
}

impl<'a> Search<'a> {
    pub(super) fn new(asking: &'a Asking<'a>, ledger: &'a Ledger, query: Query, limit: usize) -> Self {
        let next = Some(Next { days: Vec::new(), stars: None, known: 0 });
        Self { asking, ledger, query, left: limit, seen: HashSet::new(), next }
    }

    /// The next up to a thousand results; none at the end.
    pub(super) async fn next(&mut self) -> Result<Asked<Option<Vec<SearchPage>>>> {
        while self.left > 0
            && let Some(mut next) = self.next.take()
        {
            let days = next.days.pop();
            let part = match (next.stars, days) {
                (Some(stars), Some((first, last))) => Part::Created(stars, first, last),
                (Some(stars), None) => Part::StarsUpTo(stars),
                (None, _) => Part::Everything,
            };
            let wanted = match days {
                Some(_) => MOST_RESULTS,
                None => (self.left + next.known).min(MOST_RESULTS),
            };
            let pages = match self.pages(part, wanted, days).await? {
                Ok(Pages::Read(pages)) => pages,
                Ok(Pages::Divided(days)) => {
                    next.days.extend(days);
                    self.next = Some(next);
                    continue;
                }
                Err(message) => return Ok(Err(message)),
            };
            self.next = self.after(next, days.is_some(), &pages);
            let is_cut = days.is_some() && pages.first().is_some_and(|first| first.total_count > MOST_RESULTS);
            let pages = self.mark(pages);
            if is_cut && self.left > 0 {
                self.ledger.is_incomplete();
            }
            return Ok(Ok(Some(pages)));
        }
        Ok(Ok(None))
    }

    /// Reads the pages of a part: the first, and the others side by side.
    async fn pages(&self, part: Part, wanted: usize, days: Option<(NaiveDate, NaiveDate)>) -> Result<Asked<Pages>> {
        let words = self.query.text(part);
        let count = wanted.div_ceil(PER_PAGE);
        let per_page = wanted.div_ceil(count.max(1));
        let ask = |number| page(self.asking, self.ledger, &REPOSITORIES, &words, (per_page, number));
        let first = match ask(1).await? {
            Ok(first) => first,
            Err(message) => return Ok(Err(message)),
        };
        if let Some((from, to)) = days
            && first.total_count > MOST_RESULTS
            && from < to
        {
            self.asking.keep(first.kept, Vec::new()).await?;
            let middle = from + (to - from) / 2;
            return Ok(Ok(Pages::Divided([(middle.succ_opt().unwrap_or(to), to), (from, middle)])));
        }
        let count = count.min(first.total_count.div_ceil(per_page));
        let others: Asked<Vec<_>> = try_join_all((2..=count).map(ask)).await?.into_iter().collect();
        Ok(others.map(|others| {
            let mut pages = vec![first];
            pages.extend(others);
            for item in pages.iter_mut().flat_map(|page| &mut page.items) {
                item.found = Found::read(&item.payload);
            }
            Pages::Read(pages)
        }))
    }

    /// What comes after a part that was read.
    fn after(&self, next: Next, is_of_days: bool, pages: &[SearchPage]) -> Option<Next> {
        let lower = |stars: i64| (stars > 0).then(|| Next { days: Vec::new(), stars: Some(stars - 1), known: 0 });
        if is_of_days {
            return if next.days.is_empty() { lower(next.stars?) } else { Some(next) };
        }
        let results: usize = pages.iter().map(|page| page.items.len()).sum();
        if results >= pages.first()?.total_count {
            return None;
        }
        let stars: Vec<i64> =
            pages.iter().flat_map(|page| &page.items).filter_map(|item| Some(item.found.as_ref()?.stars)).collect();
        let (least, most) = (stars.iter().min().copied()?, stars.iter().max().copied()?);
        if least == most {
            // What does not count among them makes room for as many more.
            if next.known < results && results < MOST_RESULTS {
                return Some(Next { days: Vec::new(), stars: next.stars, known: results });
            }
            return Some(Next { days: vec![self.query.days()], stars: Some(least), known: 0 });
        }
        let known = stars.iter().filter(|stars| **stars == least).count();
        Some(Next { days: Vec::new(), stars: Some(least), known })
    }

    /// Marks what is new, of no excluded owner and within the limit; what is private is dropped.
    fn mark(&mut self, mut pages: Vec<SearchPage>) -> Vec<SearchPage> {
        for page in &mut pages {
            page.items.retain(|item| !is_private(&item.payload));
        }
        let options = self.asking.run.options;
        for item in pages.iter_mut().flat_map(|page| &mut page.items) {
            let Some(found) = &item.found else { continue };
            item.is_new = self.left > 0 && !options.is_excluded(found.owner()) && self.seen.insert(found.repo_id);
            self.left -= usize::from(item.is_new);
        }
        pages
    }
}

enum Pages {
    Read(Vec<SearchPage>),
    /// There are too many; the later half comes last, so that it is searched last.
    Divided([(NaiveDate, NaiveDate); 2]),
}
