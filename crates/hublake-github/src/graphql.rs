//! What is asked of GraphQL and what comes back; see [`Client::graphql`](crate::Client::graphql).

mod error;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::HeaderMap;
use serde::Deserialize;
use url::Url;

pub use self::error::{GraphqlError, PathStep};
use crate::outcome::{Outcome, Spent};
use crate::rate::{RateLimit, Resource};

/// A GraphQL query. Mutations are not for this client: what it asks, it may ask again.
#[derive(Debug, Clone, PartialEq)]
pub struct GraphqlRequest {
    pub(crate) query: String,
    pub(crate) variables: serde_json::Value,
    pub(crate) expected_cost: u32,
    pub(crate) owner: Option<String>,
}

impl GraphqlRequest {
    /// Asks `query`, without variables, for an expected cost of one point.
    pub fn new(query: impl Into<String>) -> Self {
        let variables = serde_json::Value::Object(serde_json::Map::new());
        Self { query: query.into(), variables, expected_cost: 1, owner: None }
    }

    /// Sets the query's variables, a JSON object.
    #[must_use]
    pub fn with_variables(self, variables: serde_json::Value) -> Self {
        Self { variables, ..self }
    }

    /// Sets how many points are set aside for the query while it is under way; at least 1. GitHub's rule:
    /// the requests that all connections would take, divided by 100 and rounded.
    #[must_use]
    pub fn with_expected_cost(self, points: u32) -> Self {
        Self { expected_cost: points.max(1), ..self }
    }

    /// Names the account whose installation of a GitHub App may see the answer. Needed only for an App
    /// with several installations; a query then must not span them.
    #[must_use]
    pub fn for_owner(self, owner: impl Into<String>) -> Self {
        Self { owner: Some(owner.into()), ..self }
    }
}

/// The body of an answer, read by the caller: `serde_json::from_slice::<GraphqlBody<MyData>>`.
#[derive(Debug, Deserialize)]
pub struct GraphqlBody<T> {
    /// What was asked for; none where it is missing or null.
    pub data: Option<T>,
    /// What went wrong.
    #[serde(default = "Vec::new")]
    pub errors: Vec<GraphqlError>,
}

/// The data of an answer. What a query asks for can be null where an error says why, so every field that
/// GitHub calls nullable has to be an `Option`: data that cannot be read is asked for again.
pub trait GraphqlData {
    /// The data's `rateLimit`, where the query asked for it.
    fn rate_limit(&self) -> Option<GraphqlRateLimit> {
        None
    }
}

/// The `rateLimit` object of a query's data, as far as the query asked for it. All numbers are points.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GraphqlRateLimit {
    /// What the query cost.
    pub cost: Option<u32>,
    /// Points in a window.
    pub limit: Option<u32>,
    /// Points left in this window.
    pub remaining: Option<u32>,
    /// Points spent in this window, by all programs that use the same token.
    pub used: Option<u32>,
    /// When the window ends, by GitHub's clock.
    pub reset_at: Option<DateTime<Utc>>,
}

impl GraphqlRateLimit {
    /// The bucket's state, where the query asked for enough of it.
    pub(crate) fn bucket(&self) -> Option<RateLimit> {
        let (limit, remaining, reset_at) = (self.limit?, self.remaining?, self.reset_at?);
        let used = self.used.unwrap_or(limit.saturating_sub(remaining));
        Some(RateLimit { resource: Resource::Graphql, limit, remaining, used, reset_at })
    }
}

/// An answer with data, whole or in part.
#[derive(Debug, Clone)]
pub struct GraphqlAnswer<T> {
    /// The data as the caller's function read it.
    pub data: T,
    /// What is missing from the data, and why; empty where the answer is whole.
    pub errors: Vec<GraphqlError>,
    /// The whole body, decompressed, otherwise byte for byte as it came.
    pub body: Bytes,
    /// What the query cost in points, by its `rateLimit { cost }`; none where it did not ask.
    pub cost: Option<u32>,
    /// The URL that answered.
    pub url: Url,
    /// HTTP status, 200 to 299.
    pub status: u16,
    /// When the last byte had come.
    pub fetched_at: DateTime<Utc>,
    /// The bucket's state after this query, by the headers, else by the data's `rateLimit`.
    pub rate: Option<RateLimit>,
    /// All headers of the answer.
    pub headers: HeaderMap,
    /// What it took.
    pub spent: Spent,
}

/// What a query came to.
#[derive(Debug)]
pub enum GraphqlOutcome<T> {
    /// An answer with data; look at its errors too.
    Answer(Box<GraphqlAnswer<T>>),
    /// No data: [`Outcome::TooSlow`], [`Outcome::Limited`], [`Outcome::Unauthorized`],
    /// [`Outcome::Forbidden`] or another refusal; never [`Outcome::Page`] or [`Outcome::NotModified`].
    /// [`Outcome::problem`] says it in words.
    Unavailable(Outcome),
}

impl<T> GraphqlOutcome<T> {
    /// What it took.
    pub fn spent(&self) -> Spent {
        match self {
            Self::Answer(answer) => answer.spent,
            Self::Unavailable(outcome) => outcome.spent(),
        }
    }
}
