//! What can go wrong while collecting.

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
    /// The task that writes raw rows ended early; its own error is reported where it is awaited.
    #[error("raw rows can no longer be written")]
    WriterGone,
}
