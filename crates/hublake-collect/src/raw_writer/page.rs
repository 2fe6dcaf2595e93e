//! What is written: answers and runs.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use hublake_github::{RateLimit, Spent};
use hublake_store::Attempt;

use crate::departures::Departure;
use crate::element::Element;
use crate::events::{Api, EventElement};
use crate::trending::RawElement;
use crate::{issues, traffic, trending};

/// The run that everything written carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunStamp {
    /// As in the tables, `run-00000042`.
    pub run_id: Arc<str>,
    /// Grows by one a run.
    pub run_seq: i64,
}

/// One answer, and where collecting its repository stands once it is in the lake.
pub(crate) struct RawPage {
    pub(crate) stamp: RunStamp,
    pub(crate) repo_id: i64,
    pub(crate) repo_full_name: String,
    pub(crate) stream: &'static str,
    pub(crate) page_number: i64,
    pub(crate) url: String,
    pub(crate) status: u16,
    pub(crate) etag: Option<String>,
    pub(crate) fetched_at: DateTime<Utc>,
    pub(crate) body: Bytes,
    pub(crate) content: Content,
    pub(crate) rate: Option<RateLimit>,
    /// How far collecting has come with it, where that is noted page by page.
    pub(crate) attempt: Option<Attempt>,
}

impl RawPage {
    /// The stream and the repository under whose name the transactions of its group go: one for all the answers about
    /// a repository, and one for all of a run that finds its repositories itself.
    pub(super) fn transaction(&self) -> (&'static str, i64) {
        match &self.content {
            Content::Elements(_) => (trending::STREAM, 0),
            Content::Answer(answer) if answer.pipeline == trending::PIPELINE => (trending::STREAM, 0),
            Content::Answer(_) => (traffic::STREAM, self.repo_id),
            _ => (self.stream, self.repo_id),
        }
    }

    pub(super) fn pipeline(&self) -> &'static str {
        match &self.content {
            Content::Elements(_) => trending::PIPELINE,
            Content::Answer(answer) => answer.pipeline,
            _ => issues::PIPELINE,
        }
    }
}

/// What of an answer becomes rows.
pub(crate) enum Content {
    /// Issues and pull requests.
    Issues(Vec<Element>),
    /// Events.
    Events { api: Api, elements: Vec<EventElement> },
    /// An issue that is gone.
    Departure(Departure),
    /// The answer as a whole.
    Answer(WholeAnswer),
    /// What it tells of repositories.
    Elements(Vec<RawElement>),
    /// Nothing: the answer is only noted.
    Nothing,
}

impl Content {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Issues(elements) => elements.len(),
            Self::Events { elements, .. } => elements.len(),
            Self::Elements(elements) => elements.len(),
            Self::Departure(_) | Self::Answer(_) => 1,
            Self::Nothing => 0,
        }
    }
}

/// An answer that is kept as one row; its body is empty for a 304 and for a refusal.
pub(crate) struct WholeAnswer {
    /// Whose run asked.
    pub(crate) pipeline: &'static str,
    /// The table that keeps it.
    pub(crate) table: &'static str,
    /// `answer`, `not_modified` or `not_permitted`.
    pub(crate) outcome: &'static str,
    pub(crate) missing_permission: Option<String>,
    pub(crate) count: Option<i64>,
    pub(crate) uniques: Option<i64>,
}

/// A complete run of a stream over a repository.
#[derive(Clone)]
pub(crate) struct RawRun {
    pub(crate) stamp: RunStamp,
    pub(crate) pipeline: &'static str,
    pub(crate) stream: &'static str,
    pub(crate) repo_id: i64,
    pub(crate) repo_full_name: String,
    /// Whether that is another name than last known.
    pub(crate) is_renamed: bool,
    pub(crate) mode: &'static str,
    pub(crate) started_at: DateTime<Utc>,
    pub(crate) finished_at: DateTime<Utc>,
    pub(crate) since: Option<DateTime<Utc>>,
    pub(crate) pages_fetched: i64,
    pub(crate) records_fetched: i64,
    pub(crate) max_updated_at: Option<DateTime<Utc>>,
    pub(crate) final_url: String,
    pub(crate) spent: Spent,
    pub(crate) attempt: Attempt,
}
