//! Primary rate limits as GitHub's headers tell them.

use std::fmt;

use chrono::{DateTime, Utc};
use http::HeaderMap;

use crate::headers;

/// A bucket of the primary limit; each has its own budget.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Resource {
    /// Everything without a bucket of its own.
    Core,
    /// `/search/...` but code.
    Search,
    /// `/search/code`.
    CodeSearch,
    /// `/graphql`.
    Graphql,
    /// A bucket by GitHub's name for it.
    Other(String),
}

impl Resource {
    /// The bucket with GitHub's name `name`.
    pub fn from_name(name: &str) -> Self {
        match name {
            "core" => Self::Core,
            "search" => Self::Search,
            "code_search" => Self::CodeSearch,
            "graphql" => Self::Graphql,
            other => Self::Other(other.to_owned()),
        }
    }

    /// GitHub's name.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Core => "core",
            Self::Search => "search",
            Self::CodeSearch => "code_search",
            Self::Graphql => "graphql",
            Self::Other(name) => name,
        }
    }

    /// The bucket that a request will draw on, by its path below the API's root.
    pub(crate) fn of_path(path: &str) -> Self {
        match path.split('/').next() {
            Some("search") if path == "search/code" => Self::CodeSearch,
            Some("search") => Self::Search,
            Some("graphql") => Self::Graphql,
            _ => Self::Core,
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// State of one bucket as the last answer told it; its units are requests, in GraphQL's bucket points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit {
    /// The bucket.
    pub resource: Resource,
    /// Units in a window.
    pub limit: u32,
    /// Units left in this window.
    pub remaining: u32,
    /// Units spent in this window, by all programs that use the same token.
    pub used: u32,
    /// When the window ends, by GitHub's clock.
    pub reset_at: DateTime<Utc>,
}

impl RateLimit {
    /// Reads `x-ratelimit-*`; none when an answer does not have them all.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let limit = headers::number(headers, "x-ratelimit-limit")?;
        let remaining = headers::number(headers, "x-ratelimit-remaining")?;
        let reset: i64 = headers::number(headers, "x-ratelimit-reset")?;
        let resource = headers::text(headers, "x-ratelimit-resource").unwrap_or("core");
        Some(Self {
            resource: Resource::from_name(resource),
            limit,
            remaining,
            used: headers::number(headers, "x-ratelimit-used").unwrap_or(limit.saturating_sub(remaining)),
            reset_at: DateTime::from_timestamp(reset, 0)?,
        })
    }
}
