//! What is asked and what comes back.

mod forbidden;

use std::fmt;
use std::ops::{Add, AddAssign};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::HeaderMap;
use url::Url;

pub use self::forbidden::ForbiddenKind;
use crate::rate::{RateLimit, Resource};

/// A GET request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub(crate) url: Url,
    pub(crate) etag: Option<String>,
    pub(crate) owner: Option<String>,
}

impl Request {
    /// Asks for `url`, which must be on the API's host; see [`Client::url`](crate::Client::url).
    pub fn new(url: Url) -> Self {
        Self { url, etag: None, owner: None }
    }

    /// Makes the request conditional: an answer that still has this ETag comes back as
    /// [`Outcome::NotModified`].
    #[must_use]
    pub fn with_etag(self, etag: Option<String>) -> Self {
        Self { etag, ..self }
    }

    /// Names the account whose installation of a GitHub App may see the answer. Needed only for an App
    /// with several installations, and only where the URL names a repository by its numeric id.
    #[must_use]
    pub fn for_owner(self, owner: impl Into<String>) -> Self {
        Self { owner: Some(owner.into()), ..self }
    }

    /// The URL asked for.
    pub fn url(&self) -> &Url {
        &self.url
    }
}

/// What requests cost, retries and redirects included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// Requests sent, GraphQL included.
    pub requests: u32,
    /// Answers 304.
    pub not_modified: u32,
    /// Units of REST's primary limits.
    pub quota: u32,
    /// Requests sent to GraphQL.
    pub graphql_requests: u32,
    /// Points of GraphQL's primary limit: as answers tell (`rateLimit { cost }`), else as was expected.
    pub graphql_points: u32,
}

impl Add for Spent {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            requests: self.requests + other.requests,
            not_modified: self.not_modified + other.not_modified,
            quota: self.quota + other.quota,
            graphql_requests: self.graphql_requests + other.graphql_requests,
            graphql_points: self.graphql_points + other.graphql_points,
        }
    }
}

impl AddAssign for Spent {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

/// An answer with a body.
#[derive(Debug, Clone)]
pub struct Page {
    /// The URL as asked.
    pub url: Url,
    /// The URL that answered, after redirects.
    pub final_url: Url,
    /// HTTP status, 200 to 299.
    pub status: u16,
    /// The answer's ETag, exactly as it came (`W/"..."`).
    pub etag: Option<String>,
    /// The body, decompressed, otherwise byte for byte as it came.
    pub body: Bytes,
    /// The `rel="next"` link, on the API's own host.
    pub next: Option<Url>,
    /// When the last byte had come.
    pub fetched_at: DateTime<Utc>,
    /// The bucket's state after this request.
    pub rate: Option<RateLimit>,
    /// All headers of the answer.
    pub headers: HeaderMap,
    /// What it took.
    pub spent: Spent,
}

/// What a request came to. Every variant but [`Outcome::Page`] is a way of getting no body that programs
/// must expect; `spent` is what it took.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Outcome {
    /// An answer.
    Page(Box<Page>),
    /// 304: what the ETag stands for is still current.
    NotModified {
        /// The URL that answered, after redirects.
        final_url: Url,
        /// When the answer came.
        fetched_at: DateTime<Utc>,
        /// The bucket's state.
        rate: Option<RateLimit>,
        /// What it took.
        spent: Spent,
    },
    /// A limit forbids the request for longer than the client may wait.
    Limited {
        /// The bucket; also where a secondary limit strikes, which spans all buckets.
        resource: Resource,
        /// When to try again.
        until: DateTime<Utc>,
        /// What it took.
        spent: Spent,
    },
    /// A GraphQL query is more than GitHub does for one: its clock of 10 s ran out (502, 504, or an error
    /// that tells of a timeout), or the query took too many resources. Ask for less at once. A GET that
    /// fails so is repeated instead.
    TooSlow {
        /// GitHub's words.
        message: String,
        /// What it took.
        spent: Spent,
    },
    /// 404: it does not exist, or this token may not know of it.
    NotFound {
        /// What it took.
        spent: Spent,
    },
    /// 410: it was there once, or the feature is switched off (issues disabled).
    Gone {
        /// GitHub's words.
        message: String,
        /// What it took.
        spent: Spent,
    },
    /// 451: blocked for legal reasons.
    Blocked {
        /// GitHub's words.
        message: String,
        /// What it took.
        spent: Spent,
    },
    /// 403 that is no limit.
    Forbidden {
        /// GitHub's words.
        message: String,
        /// Which right is missing.
        kind: ForbiddenKind,
        /// What it took.
        spent: Spent,
    },
    /// 401: the token is unknown, revoked or expired.
    Unauthorized {
        /// GitHub's words.
        message: String,
        /// What it took.
        spent: Spent,
    },
    /// 409: the repository is empty, or its state forbids the request.
    Conflict {
        /// GitHub's words.
        message: String,
        /// What it took.
        spent: Spent,
    },
    /// 422: GitHub will not answer this request, such as a page too deep in a list.
    Unprocessable {
        /// GitHub's words.
        message: String,
        /// What it took.
        spent: Spent,
    },
}

/// An [`Outcome`] whose page has been decoded while it was checked, so that it is parsed once.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "it is taken apart where it arrives")]
pub enum Decoded<T> {
    /// An answer and what it was decoded to.
    Page(Page, T),
    /// Any outcome but [`Outcome::Page`].
    Other(Outcome),
}

impl Outcome {
    /// What it took.
    pub fn spent(&self) -> Spent {
        match self {
            Self::Page(page) => page.spent,
            Self::NotModified { spent, .. }
            | Self::Limited { spent, .. }
            | Self::TooSlow { spent, .. }
            | Self::NotFound { spent }
            | Self::Gone { spent, .. }
            | Self::Blocked { spent, .. }
            | Self::Forbidden { spent, .. }
            | Self::Unauthorized { spent, .. }
            | Self::Conflict { spent, .. }
            | Self::Unprocessable { spent, .. } => *spent,
        }
    }

    /// Says in words why there is no answer for `subject` and what to do next (`hint:` on its own line);
    /// none for [`Outcome::Page`] and [`Outcome::NotModified`].
    pub fn problem(&self, subject: &str) -> Option<String> {
        Some(match self {
            Self::Page(_) | Self::NotModified { .. } => return None,
            Self::Limited { resource, until, .. } => format!(
                "{subject}: the {resource} limit is used up until {}\nhint: run again after that",
                until.format("%Y-%m-%d %H:%M:%S UTC")
            ),
            Self::NotFound { .. } => format!(
                "{subject}: not found, or this token may not see it\nhint: check the name; a private repository needs a token with access to it"
            ),
            Self::TooSlow { message, .. } => format!(
                "{subject}: more than GitHub does for one query: {message}\nhint: ask for fewer items at once; where that is so already, see https://www.githubstatus.com and run again"
            ),
            Self::Gone { message, .. } => format!(
                "{subject}: gone: {message}\nhint: it was deleted or is switched off in the repository's settings; if it stays so, remove it from the list"
            ),
            Self::Blocked { message, .. } => format!(
                "{subject}: blocked for legal reasons: {message}\nhint: GitHub no longer shows it; remove it from the list"
            ),
            Self::Forbidden { message, kind, .. } => {
                format!("{subject}: forbidden: {message}\nhint: {}", kind.hint())
            }
            Self::Unauthorized { message, .. } => format!(
                "{subject}: GitHub does not accept the token: {message}\nhint: it may have expired or been revoked; make a new one at https://github.com/settings/tokens"
            ),
            Self::Conflict { message, .. } => format!(
                "{subject}: conflict: {message}\nhint: the repository may be empty or just being changed; run again when it has settled"
            ),
            Self::Unprocessable { message, .. } => format!(
                "{subject}: GitHub will not answer this request: {message}\nhint: narrow it down, such as to a shorter list; what GitHub does not know it will not answer later either"
            ),
        })
    }
}

impl fmt::Display for Spent {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} requests, {} not modified, {} of the quota", self.requests, self.not_modified, self.quota)?;
        match self.graphql_requests {
            0 => Ok(()),
            _ => write!(out, ", {} points of GraphQL", self.graphql_points),
        }
    }
}
