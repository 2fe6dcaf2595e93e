//! A client for GitHub's REST and GraphQL APIs that spares the quota and tells expected outcomes from errors.
//!
//! It knows requests, answers, limits and tokens; it knows no table. One [`Client`] serves many tasks at
//! once and is cheap to clone.
//!
//! - **Conditional requests**: give a [`Request`] the ETag of an earlier answer; [`Outcome::NotModified`]
//!   costs nothing of the primary limit when the request is authorised.
//! - **Limits**: primary and secondary limits are waited for up to [`Config::max_wait`], then reported as
//!   [`Outcome::Limited`]. A part of every budget ([`Config::quota_floor_fraction`]) is left untouched.
//! - **Paging**: [`Page::next`] is GitHub's `rel="next"` link, followed as it comes and only on the API's
//!   own host.
//! - **GraphQL**: [`Client::graphql`] asks a query under the same limits; a query that is more than GitHub
//!   does for one is [`Outcome::TooSlow`], limits told with status 200 are limits.
//! - **Errors**: what GitHub refuses (404, 410, 451, 403, 401, 409, 422) is a value of [`Outcome`]; an
//!   [`Error`] means that no usable answer came at all.

mod app;
mod budget;
mod client;
mod clock;
mod config;
mod error;
mod graphql;
mod headers;
mod listing;
mod message;
mod name;
mod outcome;
mod pace;
mod rate;
mod repository;
mod token;
mod viewer;
mod wait;

pub use client::Client;
pub use clock::{Clock, ManualClock, SystemClock};
pub use config::{Auth, Config};
pub use error::Error;
pub use graphql::{
    GraphqlAnswer, GraphqlBody, GraphqlData, GraphqlError, GraphqlOutcome, GraphqlRateLimit, GraphqlRequest, PathStep,
};
pub use listing::{Account, ListOutcome};
pub use name::{NameError, RepoName};
pub use outcome::{Decoded, ForbiddenKind, Outcome, Page, Request, Spent};
pub use rate::{RateLimit, Resource};
pub use repository::{Permissions, Repository, RepositoryOutcome};
pub use token::TokenKind;
pub use viewer::{Viewer, ViewerOutcome};
pub use wait::{Wait, WaitReason};
