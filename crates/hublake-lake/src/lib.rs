//! Delta tables on a folder, and the DataFusion session over them.
//!
//! A [`Lake`] is a folder of Delta tables. There are two ways to write, and each is one conditional put
//! into a table's log whose cost does not depend on how many commits the table already has:
//!
//! - [`Table::append`] adds rows (raw tables). Each append carries transaction identifiers; a repeated one
//!   is recognised and skipped, which Delta itself does not do.
//! - [`Table::take`] and [`Table::put`], then [`Table::commit`], replace all rows of some repositories
//!   (staging and marts). Files hold disjoint ranges of `repo_id`, like the leaves of a B-tree, so a run
//!   touches only the files of its repositories. A table may be stored by month besides: its files hold rows
//!   of one calendar month each, and [`Table::take_months`] or [`Table::take_days`] takes the place of
//!   [`Table::take`].
//!
//! Reading goes through [`Snapshot::provider`], a scan of plain Parquet files at one version of the table.
//! This is the only crate that names `deltalake`.

mod cover;
mod error;
mod file;
mod json_text;
mod lake;
mod leaves;
mod log;
mod maintain;
mod months;
mod percentile;
mod provider;
mod rows;
mod session;
mod snapshot;
mod stable_number;
mod table;
mod within;

pub use cover::cheapest_cover;
pub use error::Error;
pub use json_text::json_text;
pub use lake::Lake;
pub use leaves::Taken;
pub use maintain::Maintenance;
pub use months::Months;
pub use percentile::percentile_exact;
pub use session::{SessionOptions, session};
pub use snapshot::{DataFile, Snapshot};
pub use stable_number::stable_number;
pub use table::{Appended, PartitionedRows, Table, TableSpec};
pub use within::{lag_within, lead_within, sum_within};

/// Shorthand for results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
