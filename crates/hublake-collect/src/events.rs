//! The stream `issue_events`: what happened to issues and pull requests.
//!
//! The stream `issues` tells which items changed; their events are fetched before the page that tells of them
//! goes into the lake, so that where an item is in the lake, its events are. GraphQL fetches the events of up
//! to 100 items at once. REST has a list of all events of a repository, newest first, which ends after some
//! 40,000 events; beyond that each item is asked for.

mod element;
mod graphql;
mod rest;

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use hublake_github::{RateLimit, Spent};
use hublake_store::Attempt;

pub(crate) use self::element::{EventElement, divide_rest};
pub(crate) use self::graphql::{EVENTS_QUERY, PageInfo, RepositoryTotals, Total, Totals, instant};
use crate::element::Element;
use crate::issues::Run;
use crate::raw_writer::{Content, RawPage, RawSender};
use crate::{Event, Result};

/// The stream's name.
pub const STREAM: &str = "issue_events";

/// Events of known items are asked for from this long before the watermark; an issue's first event can be this much
/// older than the issue.
pub(crate) const OVERLAP: TimeDelta = TimeDelta::hours(1);

/// How events are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Api {
    /// The events of up to 100 items in one query.
    #[default]
    Graphql,
    /// The repository's list of events.
    Rest,
}

impl Api {
    /// As on the command line and in the tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Graphql => "graphql",
            Self::Rest => "rest",
        }
    }
}

impl fmt::Display for Api {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl FromStr for Api {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "graphql" => Ok(Self::Graphql),
            "rest" => Ok(Self::Rest),
            other => Err(format!("{other} is neither graphql nor rest")),
        }
    }
}

/// An issue or pull request whose events are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) number: i64,
    pub(crate) node_id: String,
    pub(crate) created_at: Option<DateTime<Utc>>,
}

impl Item {
    /// An element without number or node id will be rejected; it has no events to look for.
    pub(crate) fn of(element: &Element) -> Option<Self> {
        Some(Self { number: element.number?, node_id: element.node_id.clone()?, created_at: element.created_at })
    }
}

/// The events of one repository in one run.
pub(crate) struct Events<'a> {
    run: &'a Run<'a>,
    sender: RawSender,
    repo_id: i64,
    full_name: String,
    /// Answers.
    pub(crate) pages: i64,
    /// Events.
    pub(crate) rows: i64,
    /// What it took.
    pub(crate) spent: Spent,
    /// How many items the repository has, by the newest answer.
    pub(crate) totals: Option<Totals>,
    /// Items that were asked for and are not there any more.
    pub(crate) missing: Vec<i64>,
    /// Items of one query, and events of one item in it; halved where GitHub's clock strikes.
    items_per_query: usize,
    events_per_item: usize,
}

impl<'a> Events<'a> {
    pub(crate) fn new(run: &'a Run<'a>, sender: &RawSender, repo_id: i64, full_name: &str) -> Self {
        Self {
            run,
            sender: sender.clone(),
            repo_id,
            full_name: full_name.to_owned(),
            pages: 0,
            rows: 0,
            spent: Spent::default(),
            totals: None,
            missing: Vec::new(),
            items_per_query: graphql::MAX_ITEMS,
            events_per_item: graphql::MAX_EVENTS,
        }
    }

    fn owner(&self) -> &str {
        self.full_name.split('/').next().unwrap_or_default()
    }

    async fn send(&mut self, answer: Answer, api: Api, attempt: &Attempt) -> Result<()> {
        self.pages += 1;
        self.rows += i64::try_from(answer.elements.len()).unwrap_or(i64::MAX);
        (self.run.progress)(Event::Page {
            repo_id: self.repo_id,
            rows: 0,
            expected_rows: None,
            remaining: answer.rate.as_ref().map(|rate| rate.remaining),
        });
        self.sender
            .page(RawPage {
                stamp: self.run.stamp.clone(),
                repo_id: self.repo_id,
                repo_full_name: self.full_name.clone(),
                stream: STREAM,
                page_number: self.pages,
                url: answer.url,
                status: answer.status,
                etag: answer.etag,
                fetched_at: self.run.options.fetched_at(answer.fetched_at),
                body: answer.body,
                content: Content::Events { api, elements: answer.elements },
                rate: answer.rate,
                attempt: Some(attempt.clone()),
            })
            .await
    }
}

/// An answer with events.
struct Answer {
    url: String,
    status: u16,
    etag: Option<String>,
    fetched_at: DateTime<Utc>,
    body: bytes::Bytes,
    rate: Option<RateLimit>,
    elements: Vec<EventElement>,
}

/// What asking GitHub came to.
pub(crate) enum Asked<T = ()> {
    /// It answered; what is to be kept is on its way into the lake.
    Done(T),
    /// It refused; the message has the next step.
    Refused(String),
}

/// Passes a refusal on.
macro_rules! done {
    ($asked:expr) => {
        match $asked {
            $crate::events::Asked::Done(value) => value,
            $crate::events::Asked::Refused(message) => return Ok($crate::events::Asked::Refused(message)),
        }
    };
}
pub(crate) use done;
