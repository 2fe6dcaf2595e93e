//! The control store: repositories and what selects them, credentials, runs, cursors, publications, accepted exceptions.
//!
//! One SQLite file in the home folder. Everything that moves what readers see moves in one transaction
//! ([`Store::publish`]): the publication and the cursors of its repositories.
//!
//! - No row is a value (`None`); a row that cannot be read is an error, never a missing one.
//! - Times are stored as microseconds since 1970, UTC.
//! - A [`Lock`] dies with its process.

mod credential;
mod cursor;
mod error;
mod exception;
mod journal;
mod lock;
mod presence;
mod publication;
mod repository;
mod run;
mod selection;
mod store;
mod time;

pub use credential::{Credential, Secret};
pub use cursor::{Attempt, Cursor};
pub use error::Error;
pub use exception::Exception;
pub use journal::JournalEntry;
pub use lock::{Holder, Lock, LockOutcome};
pub use publication::{NewPublication, Publication};
pub use repository::{Repository, RepositoryName};
pub use run::{Run, RunRepository, RunState, RunSummary};
pub use selection::Selection;
pub use store::Store;

/// Shorthand for results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
