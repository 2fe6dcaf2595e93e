//! Tests of the lake through its public interface, by subject.

mod append;
mod as_of;
mod fixture;
mod joining;
mod opening;
mod reading;
mod replace;
mod schema;
