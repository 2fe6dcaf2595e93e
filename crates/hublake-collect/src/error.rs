//! What can go wrong while collecting.

use std::path::PathBuf;

/// An error that ends a run; what concerns one repository only is told in its result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The lake refused.
    #[error(transparent)]
    Lake(#[from] hublake_lake::Error),
    /// The control store refused.
    #[error(transparent)]
    Store(#[from] hublake_store::Error),
    /// No usable answer from GitHub.
    #[error(transparent)]
    GitHub(#[from] hublake_github::Error),
    /// Rows could not be laid out.
    #[error("laying out rows of {table} failed: {source}")]
    Arrow {
        /// The table.
        table: &'static str,
        /// Arrow's words.
        source: arrow::error::ArrowError,
    },
    /// A file to import cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    ImportRead {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// A file to import is of no kind that is known; nothing of it is taken.
    #[error("{}: no traffic is known to look like this: {found}\nhint: known are the files of github-repo-stats, ghstats and traffic-stats, JSON arrays of repo, uniques, count and timestamp, and CSV files with the columns date, repo, views, view_uniques, clones, clone_uniques", path.display())]
    ImportUnknown {
        /// The file.
        path: PathBuf,
        /// What was found instead.
        found: String,
    },
    /// A column or a value in a file to import is not what can be there; nothing of the file is taken.
    #[error("{}, line {line}, column {column}: {problem}", path.display())]
    ImportField {
        /// The file.
        path: PathBuf,
        /// The line, from 1; in a database the row's id, and 0 for the table itself.
        line: u64,
        /// The column: its number and name in a CSV file, its number in JSON, table and name in a database.
        column: String,
        /// What is wrong.
        problem: String,
    },
    /// A file to import leaves out what must be known to use it.
    #[error("{}: the file does not say {what}\nhint: {hint}", path.display())]
    ImportUnsaid {
        /// The file.
        path: PathBuf,
        /// What it does not say.
        what: &'static str,
        /// What to do.
        hint: &'static str,
    },
    /// A database to import cannot be read.
    #[error("cannot read the database {}: {source}\nhint: is it whole, and closed by the program that writes it?", path.display())]
    ImportDatabase {
        /// The file.
        path: PathBuf,
        /// The database's words.
        source: sqlx::Error,
    },
    /// The task that writes raw rows ended early; its own error is reported where it is awaited.
    #[error("raw rows can no longer be written")]
    WriterGone,
}
