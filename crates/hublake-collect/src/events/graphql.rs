//! Events by GraphQL: the timelines of up to 100 items in one query.

use chrono::{DateTime, SecondsFormat, Utc};
use hublake_github::{GraphqlBody, GraphqlData, GraphqlOutcome, GraphqlRateLimit, GraphqlRequest, Outcome};
use hublake_store::Attempt;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::element::{EventElement, of_graphql};
use super::{Answer, Api, Asked, Events, Item, OVERLAP};
use crate::Result;

/// GitHub takes at most 100 ids in a query and gives at most 100 nodes of a connection.
pub(super) const MAX_ITEMS: usize = 100;
pub(super) const MAX_EVENTS: usize = 100;

/// The events of up to 100 items.
pub(crate) const EVENTS_QUERY: &str = include_str!("../../graphql/issue_events.graphql");
const TAIL: &str = include_str!("../../graphql/issue_events_tail.graphql");

/// How many items a repository has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) issues: i64,
    pub(crate) pull_requests: i64,
}

/// The part of an answer that tells the totals.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RepositoryTotals {
    database_id: Option<i64>,
    issues: Total,
    pull_requests: Total,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Total {
    pub(crate) total_count: i64,
}

impl RepositoryTotals {
    /// None where the name means another repository by now.
    pub(crate) fn of(self, repo_id: i64) -> Option<Totals> {
        (self.database_id == Some(repo_id))
            .then_some(Totals { issues: self.issues.total_count, pull_requests: self.pull_requests.total_count })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    rate_limit: Option<GraphqlRateLimit>,
    repository: Option<RepositoryTotals>,
    #[serde(borrow)]
    nodes: Option<Vec<Option<Node<'a>>>>,
    #[serde(borrow)]
    node: Option<Node<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node<'a> {
    id: Option<String>,
    number: Option<i64>,
    #[serde(borrow)]
    timeline_items: Option<Timeline<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Timeline<'a> {
    page_info: PageInfo,
    #[serde(borrow)]
    nodes: Vec<Option<&'a RawValue>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PageInfo {
    pub(crate) has_next_page: bool,
    pub(crate) end_cursor: Option<String>,
}

/// What an answer tells, with the places of its events.
struct Read {
    rate_limit: Option<GraphqlRateLimit>,
    repository: Option<RepositoryTotals>,
    /// For each item asked for whether it is there.
    is_there: Vec<bool>,
    elements: Vec<EventElement>,
    /// Items with more events: node id, and where they go on.
    more: Vec<(String, String)>,
}

impl GraphqlData for Read {
    fn rate_limit(&self) -> Option<GraphqlRateLimit> {
        self.rate_limit
    }
}

impl Events<'_> {
    /// Fetches the events of `items`: of those created since the watermark or known before it what happened
    /// since, of the others everything.
    pub(crate) async fn by_graphql(
        &mut self,
        items: &[Item],
        is_known: impl Fn(&Item) -> bool,
        watermark: Option<DateTime<Utc>>,
        attempt: &Attempt,
    ) -> Result<Asked> {
        let since = watermark.map(|watermark| watermark - OVERLAP);
        let has_only_new = |item: &Item| match since {
            Some(since) => is_known(item) || item.created_at.is_some_and(|created_at| created_at >= since),
            None => false,
        };
        let (recent, whole): (Vec<_>, Vec<_>) = items.iter().cloned().partition(has_only_new);
        for (items, since) in [(recent, since), (whole, None)] {
            let mut rest = items.as_slice();
            while !rest.is_empty() {
                let (chunk, later) = rest.split_at(rest.len().min(self.items_per_query));
                match self.chunk(chunk, since.unwrap_or(DateTime::UNIX_EPOCH), attempt).await? {
                    Some(Asked::Done(())) => rest = later,
                    Some(refused) => return Ok(refused),
                    None => {}
                }
            }
        }
        Ok(Asked::Done(()))
    }

    /// None where it took too long and is to be asked for in smaller parts.
    async fn chunk(&mut self, items: &[Item], since: DateTime<Utc>, attempt: &Attempt) -> Result<Option<Asked>> {
        let (owner, name) = self.full_name.split_once('/').unwrap_or_default();
        let ids: Vec<_> = items.iter().map(|item| item.node_id.as_str()).collect();
        let variables = json!({
            "owner": owner, "name": name, "ids": ids, "first": self.events_per_item, "since": instant(since),
        });
        let more = match self.ask(EVENTS_QUERY, variables, attempt).await? {
            Reply::Read(read) => {
                self.totals = read.repository.and_then(|repository| repository.of(self.repo_id)).or(self.totals);
                let gone = items.iter().zip(&read.is_there).filter(|(_, is_there)| !**is_there);
                self.missing.extend(gone.map(|(item, _)| item.number));
                read.more
            }
            Reply::TooSlow(message) => return Ok(self.halve(items.len(), message)),
            Reply::Refused(message) => return Ok(Some(Asked::Refused(message))),
        };
        for (id, after) in more {
            if let refused @ Asked::Refused(_) = self.tail(&id, after, since, attempt).await? {
                return Ok(Some(refused));
            }
        }
        Ok(Some(Asked::Done(())))
    }

    async fn tail(&mut self, id: &str, after: String, since: DateTime<Utc>, attempt: &Attempt) -> Result<Asked> {
        let mut after = Some(after);
        while let Some(cursor) = &after {
            let variables =
                json!({ "id": id, "first": self.events_per_item, "after": cursor, "since": instant(since) });
            match self.ask(TAIL, variables, attempt).await? {
                Reply::Read(read) => after = read.more.into_iter().next().map(|(_, cursor)| cursor),
                Reply::TooSlow(message) => {
                    if let Some(refused) = self.halve(1, message) {
                        return Ok(refused);
                    }
                }
                Reply::Refused(message) => return Ok(Asked::Refused(message)),
            }
        }
        Ok(Asked::Done(()))
    }

    /// Asks for half as much from now on; where that is no longer possible, says so.
    fn halve(&mut self, items: usize, message: String) -> Option<Asked> {
        if items > 1 {
            self.items_per_query = items.div_ceil(2);
        } else if self.events_per_item > 1 {
            self.events_per_item = self.events_per_item.div_ceil(2);
        } else {
            return Some(Asked::Refused(message));
        }
        tracing::info!(
            repository = self.full_name,
            items = self.items_per_query,
            events = self.events_per_item,
            "GitHub took too long; asking for less at once"
        );
        None
    }

    async fn ask(&mut self, query: &str, variables: serde_json::Value, attempt: &Attempt) -> Result<Reply> {
        let request = GraphqlRequest::new(query).with_variables(variables).for_owner(self.owner());
        let outcome = self.run.client.graphql(request, read).await?;
        self.spent += outcome.spent();
        let answer = match outcome {
            GraphqlOutcome::Answer(answer) => *answer,
            GraphqlOutcome::Unavailable(outcome) => {
                let message = outcome.problem(&self.full_name).unwrap_or_default();
                return Ok(match outcome {
                    Outcome::TooSlow { .. } => Reply::TooSlow(message),
                    _ => Reply::Refused(message),
                });
            }
        };
        // What is not there any more is looked into later; everything else must be there.
        if let Some(error) = answer.errors.iter().find(|error| !error.is_not_found()) {
            return Ok(Reply::Refused(format!(
                "{}: the events came incomplete: {error}\nhint: run again; if it stays so, use --api rest",
                self.full_name
            )));
        }
        let mut data = answer.data;
        let elements = std::mem::take(&mut data.elements);
        let page = Answer {
            url: answer.url.to_string(),
            status: answer.status,
            etag: None,
            fetched_at: answer.fetched_at,
            body: answer.body,
            rate: answer.rate,
            elements,
        };
        self.send(page, Api::Graphql, attempt).await?;
        Ok(Reply::Read(Box::new(data)))
    }
}

enum Reply {
    Read(Box<Read>),
    TooSlow(String),
    Refused(String),
}

fn read(body: &[u8]) -> Result<GraphqlBody<Read>, serde_json::Error> {
    let answer: GraphqlBody<Data<'_>> = serde_json::from_slice(body)?;
    Ok(GraphqlBody { data: answer.data.map(|data| places(body, data)), errors: answer.errors })
}

fn places(body: &[u8], data: Data<'_>) -> Read {
    let nodes = data.nodes.unwrap_or_else(|| vec![data.node]);
    let mut read = Read {
        rate_limit: data.rate_limit,
        repository: data.repository,
        is_there: nodes.iter().map(Option::is_some).collect(),
        elements: Vec::new(),
        more: Vec::new(),
    };
    for node in nodes.into_iter().flatten() {
        let Some(timeline) = node.timeline_items else { continue };
        let events = timeline.nodes.into_iter().flatten();
        read.elements.extend(events.map(|event| of_graphql(body, event, node.number)));
        let cursor = timeline.page_info.end_cursor.filter(|_| timeline.page_info.has_next_page);
        read.more.extend(node.id.zip(cursor));
    }
    read
}

/// An instant as GraphQL takes it.
pub(crate) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
