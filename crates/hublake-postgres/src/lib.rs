//! Publishing tables to PostgreSQL, all of them in one transaction.
//!
//! A [`Plan`] says as data what is to be there: tables ([`TableSpec`]) and views ([`ViewSpec`]); a [`Source`] gives the
//! rows as Arrow batches. [`publish`] then, in one transaction:
//!
//! - makes what is missing, brings what an older program made up to date, and refuses what was changed by hand,
//! - sends the rows of each table whose source changed by binary `COPY`, and writes only what differs,
//! - makes the views and lets a role read.
//!
//! Readers see the old state or the new one. What was published is noted in schema `hublake` of the same database
//! and in the same transaction, so both are always of one piece.
//!
//! [`trending`] holds the nine tables and six views of trending repositories.

mod encode;
mod error;
mod ledger;
mod publish;
mod reader;
mod server;
mod shape;
mod sql;
mod table;
pub mod trending;

pub use error::Error;
pub use publish::{BoxError, Outcome, Plan, Planned, Published, Rows, Source, TableReport, publish};
pub use server::Server;
pub use table::{ColumnSpec, ColumnType, Filled, IndexSpec, Mode, Reference, TableSpec, ViewSpec};

/// Shorthand for results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
