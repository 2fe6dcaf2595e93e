//! Tests of the lake through its public interface, by subject.

#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod append;
mod as_of;
mod by_day;
mod by_month;
mod fixture;
mod joining;
mod opening;
mod reading;
mod replace;
mod schema;
