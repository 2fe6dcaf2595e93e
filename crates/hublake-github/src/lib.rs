//! A client for GitHub's REST API that spares the quota and tells expected outcomes from errors.
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
//! - **Errors**: what GitHub refuses (404, 410, 451, 403, 401, 409, 422) is a value of [`Outcome`]; an
//!   [`Error`] means that no usable answer came at all.

mod app;
mod budget;
mod client;
mod clock;
mod config;
mod error;
mod headers;
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
pub use name::{NameError, RepoName};
pub use outcome::{Decoded, ForbiddenKind, Outcome, Page, Request, Spent};
pub use rate::{RateLimit, Resource};
pub use repository::{Permissions, Repository, RepositoryOutcome};
pub use token::TokenKind;
pub use viewer::{Viewer, ViewerOutcome};
pub use wait::{Wait, WaitReason};
