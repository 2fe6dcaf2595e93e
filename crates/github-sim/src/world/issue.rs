//! One issue or pull request, and what tests may read of it.

use chrono::{DateTime, Utc};

use crate::render::Sketch;
use crate::world::event::{Event, StateEvent};

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

/// Ready bytes and what is filtered by.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) bytes: Box<[u8]>,
    pub(crate) labels: Vec<String>,
}

/// Why a number that existed has no issue any more.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Gone {
    Deleted,
    Transferred { repository_id: u64, number: u32 },
}

/// The truth about an issue, to hold published tables against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueTruth {
    /// The id that GitHub gives it.
    pub id: u64,
    /// The number within its repository.
    pub number: u32,
    /// Open or closed.
    pub state: IssueState,
    /// UTC.
    pub created_at: DateTime<Utc>,
    /// UTC; some closed issues have none, and it can be up to an hour before `created_at`.
    pub closed_at: Option<DateTime<Utc>>,
    /// UTC.
    pub updated_at: DateTime<Utc>,
    /// Names, in the payload's order.
    pub labels: Vec<String>,
    /// Whether GitHub lists it with a `pull_request` object.
    pub is_pull_request: bool,
    /// The number of comments.
    pub comments: u32,
    /// State events in the order in which they happened.
    pub events: Vec<StateEvent>,
}

/// Seconds since 1970 as an instant; the few that chrono cannot hold become 1970.
pub(crate) fn instant(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::UNIX_EPOCH)
}
