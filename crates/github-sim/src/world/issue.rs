//! One issue or pull request.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::render::Sketch;
use crate::world::event::Event;

/// Open or closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IssueState {
    /// `open`
    Open,
    /// `closed`
    Closed,
}

impl IssueState {
    /// GitHub's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

/// The numbers lists are made of, and the content in one of two forms. Times are seconds since 1970.
#[derive(Debug, Clone)]
pub(crate) struct Issue {
    pub(crate) id: u64,
    pub(crate) number: u32,
    pub(crate) comments: u32,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) closed_at: Option<i64>,
    /// Changes exactly when the served bytes change; the same in every process for the same content.
    pub(crate) revision: u64,
    pub(crate) state: IssueState,
    pub(crate) is_pull_request: bool,
    pub(crate) content: Content,
    pub(crate) events: Vec<Event>,
}

/// How an issue's JSON is kept.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// The bytes as they are served.
    Stored(Box<Stored>),
    /// The few facts from which the bytes are written at each request.
    Generated(Sketch),
}

/// Ready bytes and what is filtered and found by.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) bytes: Box<[u8]>,
    pub(crate) labels: Vec<String>,
    pub(crate) node_id: Box<str>,
}

impl Issue {
    /// The id of GraphQL, which REST serves too.
    pub(crate) fn node_id(&self) -> Cow<'_, str> {
        match &self.content {
            Content::Stored(stored) => Cow::Borrowed(&stored.node_id),
            Content::Generated(_) => Cow::Owned(node_id(self.id, self.is_pull_request)),
        }
    }
}

/// The node id of an issue that came without one.
pub(crate) fn node_id(id: u64, is_pull_request: bool) -> String {
    format!("{}_kw{id}", if is_pull_request { "PR" } else { "I" })
}

/// Seconds since 1970 as an instant; the few that chrono cannot hold become 1970.
pub(crate) fn instant(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::UNIX_EPOCH)
}
