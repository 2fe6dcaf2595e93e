//! The simulated GitHub as a plain HTTP client sees it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail by panicking")]

mod agreement;
mod apps;
mod client;
mod conditional;
mod contents;
mod control;
mod faults;
mod filters;
mod generated;
mod graphql;
mod limits;
mod listing;
mod paging;
mod recorded;
mod recorded_traffic;
mod root;
mod search;
mod standing;
mod stargazers;
mod traffic;
mod trending;
mod truth;
