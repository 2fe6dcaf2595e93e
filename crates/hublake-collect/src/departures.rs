//! Issues that vanish: deleted, transferred, or turned into discussions.
//!
//! No list tells of them. Where GitHub has fewer issues than are known, the difference is narrowed down by
//! counting the issues updated since some instants, and what is left is asked for by id. A sweep reads the
//! whole list of numbers instead. Each missing issue is asked for once more by its number: the answer says
//! why, and is kept.

mod queries;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use hublake_github::{Decoded, GraphqlBody, GraphqlData, GraphqlOutcome, GraphqlRequest, Outcome, Request, Spent};
use hublake_store::Attempt;
use serde::Deserialize;
use serde_json::json;

use self::queries::{COUNTS_QUERY, CountsData, EXIST, ExistData, TOTALS, TotalsData};
use crate::Result;
use crate::element::{divide, repository_name};
use crate::events::{Asked, Totals, done, instant};
use crate::issues::{PublishedItem, Run};
use crate::raw_writer::{Content, RawPage, RawSender};

/// The name under which pages of a sweep are kept.
pub(crate) const STREAM: &str = "issue_sweep";
/// Instants of one counting query.
const COUNTS: usize = 16;
/// Ids of one query.
const IDS: usize = 100;

/// An issue that is gone.
pub(crate) struct Departure {
    pub(crate) number: i64,
    /// `deleted` or `transferred`.
    pub(crate) reason: &'static str,
    /// `owner/name#number`, where it was transferred to.
    pub(crate) moved_to: Option<String>,
}

/// Looking for vanished issues of one repository.
pub(crate) struct Search<'a> {
    run: &'a Run<'a>,
    sender: RawSender,
    repo_id: i64,
    full_name: String,
    /// What it took.
    pub(crate) spent: Spent,
    /// Departures found.
    pub(crate) found: i64,
    pages: i64,
}

impl<'a> Search<'a> {
    pub(crate) fn new(run: &'a Run<'a>, sender: &RawSender, repo_id: i64, full_name: &str) -> Self {
        let full_name = full_name.to_owned();
        Self { run, sender: sender.clone(), repo_id, full_name, spent: Spent::default(), found: 0, pages: 0 }
    }

    /// How many items the repository has.
    pub(crate) async fn totals(&mut self) -> Result<Asked<Option<Totals>>> {
        let (owner, name) = self.full_name.split_once('/').unwrap_or_default();
        let variables = json!({ "owner": owner, "name": name });
        let data: TotalsData = done!(self.query(TOTALS, variables).await?);
        Ok(Asked::Done(data.repository.and_then(|repository| repository.of(self.repo_id))))
    }

    /// The numbers of `items` (issues) that GitHub no longer counts.
    pub(crate) async fn narrow_down(&mut self, mut items: Vec<PublishedItem>) -> Result<Asked<Vec<i64>>> {
        items.sort_by_key(|item| (std::cmp::Reverse(item.updated_at), item.number));
        let everything = 0..items.len();
        let mut suspects = vec![everything];
        let (mut counted, mut lacking) = (BTreeSet::new(), BTreeMap::new());
        while suspects.iter().map(ExactSizeIterator::len).sum::<usize>() > IDS {
            // The ends of the suspects were counted when they were found.
            let instants: Vec<_> = instants(&items, &suspects).into_iter().filter(|at| counted.insert(*at)).collect();
            if instants.is_empty() {
                break;
            }
            for chunk in instants.chunks(COUNTS) {
                let counts = done!(self.counts(chunk).await?);
                for (at, count) in chunk.iter().zip(counts) {
                    let known = items.partition_point(|item| item.updated_at >= *at);
                    lacking.insert(known, i64::try_from(known).unwrap_or(i64::MAX) - count);
                }
            }
            let narrowed = narrowed(&suspects, &lacking);
            if narrowed == suspects {
                break;
            }
            suspects = narrowed;
        }
        let suspects: Vec<_> = suspects.into_iter().flat_map(|range| items[range].iter()).collect();
        let mut missing = Vec::new();
        for chunk in suspects.chunks(IDS) {
            let ids: Vec<_> = chunk.iter().filter_map(|item| item.node_id.as_deref()).collect();
            let data: ExistData = done!(self.query(EXIST, json!({ "ids": ids })).await?);
            let there: BTreeSet<i64> = data
                .nodes
                .into_iter()
                .flatten()
                .filter(|issue| issue.repository.as_ref().is_none_or(|place| place.database_id == Some(self.repo_id)))
                .filter_map(|issue| issue.number)
                .collect();
            missing.extend(chunk.iter().map(|item| item.number).filter(|number| !there.contains(number)));
        }
        Ok(Asked::Done(missing))
    }

    /// The numbers in the repository's list, all of it.
    pub(crate) async fn listed(&mut self, attempt: &Attempt) -> Result<Asked<BTreeSet<i64>>> {
        let query = [("state", "all"), ("sort", "created"), ("direction", "asc"), ("per_page", "100")];
        let mut next = Some(self.run.client.url(&format!("repositories/{}/issues", self.repo_id), &query));
        let mut numbers = BTreeSet::new();
        while let Some(url) = next {
            let request = Request::new(url).for_owner(self.owner());
            match self.run.client.get_decoded(request, divide).await? {
                Decoded::Page(page, elements) => {
                    self.spent += page.spent;
                    next = page.next.clone();
                    numbers.extend(elements.iter().filter_map(|element| element.number));
                    self.send(page, Content::Nothing, attempt).await?;
                }
                Decoded::Other(outcome) => {
                    self.spent += outcome.spent();
                    return Ok(Asked::Refused(outcome.problem(&self.full_name).unwrap_or_default()));
                }
            }
        }
        Ok(Asked::Done(numbers))
    }

    /// Asks for a missing issue by its number and keeps the answer, if it is gone.
    pub(crate) async fn look_into(&mut self, number: i64, attempt: &Attempt) -> Result<Asked<()>> {
        let url = self.run.client.url(&format!("repositories/{}/issues/{number}", self.repo_id), &[]);
        let request = Request::new(url.clone()).for_owner(self.owner());
        let gone = |reason, moved_to| Departure { number, reason, moved_to };
        let outcome = match self.run.client.get_decoded(request, place).await? {
            Decoded::Page(page, moved_to) => {
                self.spent += page.spent;
                // GitHub redirects to where an issue was transferred; its repository's name may be new to us.
                if page.final_url != page.url {
                    self.found += 1;
                    let departure = gone("transferred", Some(moved_to));
                    self.send(page, Content::Departure(departure), attempt).await?;
                }
                return Ok(Asked::Done(()));
            }
            Decoded::Other(outcome) => outcome,
        };
        self.spent += outcome.spent();
        match outcome {
            Outcome::Gone { message, .. } => {
                self.note_gone(url.as_str(), 410, message, gone("deleted", None), attempt).await?
            }
            Outcome::NotFound { .. } => {
                self.note_gone(url.as_str(), 404, String::new(), gone("deleted", None), attempt).await?;
            }
            other => return Ok(Asked::Refused(other.problem(&self.full_name).unwrap_or_default())),
        }
        Ok(Asked::Done(()))
    }

    async fn counts(&mut self, instants: &[DateTime<Utc>]) -> Result<Asked<Vec<i64>>> {
        let (owner, name) = self.full_name.split_once('/').unwrap_or_default();
        let mut variables = json!({ "owner": owner, "name": name });
        for place in 0..COUNTS {
            let at = instants.get(place).or(instants.last()).copied().unwrap_or_default();
            variables[format!("t{place}")] = json!(instant(at));
        }
        let data: CountsData = done!(self.query(COUNTS_QUERY, variables).await?);
        let Some(repository) = data.repository.filter(|found| found.database_id == Some(self.repo_id)) else {
            return Ok(Asked::Refused(format!(
                "{0}: GitHub no longer knows it by this name\nhint: run again; its new name is learnt from the next answer",
                self.full_name
            )));
        };
        let count = |place: usize| repository.counts.get(&format!("t{place}")).map_or(0, |total| total.total_count);
        Ok(Asked::Done((0..instants.len()).map(count).collect()))
    }

    async fn query<T>(&mut self, query: &str, variables: serde_json::Value) -> Result<Asked<T>>
    where
        T: GraphqlData + for<'de> Deserialize<'de> + Send,
    {
        let request = GraphqlRequest::new(query).with_variables(variables).for_owner(self.owner());
        let read = |body: &[u8]| serde_json::from_slice::<GraphqlBody<T>>(body);
        let outcome = self.run.client.graphql(request, read).await?;
        self.spent += outcome.spent();
        Ok(match outcome {
            GraphqlOutcome::Answer(answer) => Asked::Done(answer.data),
            GraphqlOutcome::Unavailable(outcome) => {
                Asked::Refused(outcome.problem(&self.full_name).unwrap_or_default())
            }
        })
    }

    async fn note_gone(
        &mut self,
        url: &str,
        status: u16,
        message: String,
        departure: Departure,
        attempt: &Attempt,
    ) -> Result<()> {
        self.found += 1;
        let page =
            self.raw_page(url.to_owned(), status, Utc::now(), message.into(), Content::Departure(departure), attempt);
        self.sender.page(page).await
    }

    async fn send(&mut self, page: hublake_github::Page, content: Content, attempt: &Attempt) -> Result<()> {
        let raw = self.raw_page(page.url.to_string(), page.status, page.fetched_at, page.body, content, attempt);
        self.sender.page(RawPage { etag: page.etag, rate: page.rate, ..raw }).await
    }

    fn raw_page(
        &mut self,
        url: String,
        status: u16,
        fetched_at: DateTime<Utc>,
        body: bytes::Bytes,
        content: Content,
        attempt: &Attempt,
    ) -> RawPage {
        self.pages += 1;
        RawPage {
            stamp: self.run.stamp.clone(),
            repo_id: self.repo_id,
            repo_full_name: self.full_name.clone(),
            stream: STREAM,
            page_number: self.pages,
            url,
            status,
            etag: None,
            fetched_at: self.run.options.fetched_at(fetched_at),
            body,
            content,
            rate: None,
            attempt: Some(attempt.clone()),
        }
    }

    fn owner(&self) -> &str {
        self.full_name.split('/').next().unwrap_or_default()
    }
}

/// Where to count: instants that divide the suspects into about [`COUNTS`] parts, and their ends.
fn instants(items: &[PublishedItem], suspects: &[std::ops::Range<usize>]) -> Vec<DateTime<Utc>> {
    let per_range = (COUNTS / suspects.len().max(1)).max(1);
    let mut found = BTreeSet::new();
    for range in suspects {
        let step = range.len().div_ceil(per_range).max(1);
        let mut places: Vec<usize> = range.clone().skip(step - 1).step_by(step).collect();
        places.push(range.end - 1);
        // The count at a range's beginning is needed too.
        places.extend(range.start.checked_sub(1));
        found.extend(places.into_iter().map(|place| items[place].updated_at));
    }
    found.into_iter().rev().collect()
}

/// The parts of the suspects before whose end more is lacking than before their beginning. `lacking` says for a
/// number of items, newest first, how many of them GitHub does not count.
fn narrowed(suspects: &[std::ops::Range<usize>], lacking: &BTreeMap<usize, i64>) -> Vec<std::ops::Range<usize>> {
    let mut parts = Vec::new();
    for range in suspects {
        let mut start = range.start;
        let mut before = if start == 0 { 0 } else { lacking.get(&start).copied().unwrap_or_default() };
        for (end, lacks) in lacking.range(range.start + 1..) {
            if start >= range.end {
                break;
            }
            if *lacks > before {
                parts.push(start..(*end).min(range.end));
            }
            before = *lacks;
            start = *end;
        }
        if start < range.end {
            parts.push(start..range.end);
        }
    }
    parts
}

/// Where an issue is, `owner/name#number`, as its own answer says; another object is not taken for one.
fn place(body: &[u8]) -> Result<String, String> {
    #[derive(Deserialize)]
    struct Numbered {
        number: i64,
    }
    let issue: Numbered = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let repository = repository_name(body).ok_or("it does not say which repository it is in")?;
    Ok(format!("{repository}#{}", issue.number))
}

#[cfg(test)]
mod tests;
