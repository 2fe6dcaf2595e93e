//! Tests of the engine and of the embedded models.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper of a test fails the test")]

mod build;
mod cases;
mod docs;
mod embedded;
mod forms;
mod history;
mod property;
mod tables;
mod traffic;
mod trending;
