//! What is collected from GitHub, and how an answer becomes rows.
//!
//! One file a stream says what to ask, where the cursor stands and when a run is complete ([`issues`], [`events`],
//! [`traffic`], [`trending`]). What comes back goes through a [`RawWriter`], which puts it into the lake in groups,
//! across repositories, before anything is made of it. [`decode`] turns raw payloads into typed rows.

mod collected;
mod departures;
mod element;
mod error;
mod progress;
mod raw_rows;
mod raw_writer;

pub mod blueprint;
pub mod decode;
pub mod events;
pub mod issues;
pub mod tables;
pub mod traffic;
pub mod trending;

pub use collected::{Collected, CollectedResult};
pub use error::Error;
pub use progress::{Event, Progress};
pub use raw_writer::{RawWriter, RunStamp};

/// Shorthand for results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
