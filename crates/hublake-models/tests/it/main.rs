//! Tests of the engine and of the embedded models.

mod build;
mod cases;
mod docs;
mod embedded;
mod forms;
mod property;
mod tables;
mod scale;
#[path = "/tmp/percentile_copy.rs"]
mod percentile;
