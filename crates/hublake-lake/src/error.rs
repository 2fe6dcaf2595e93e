//! What can go wrong in the lake.

use deltalake_core::DeltaTableError;

/// An error of the lake; every variant names the table or place it concerns.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the message names each field")]
pub enum Error {
    /// The lake's address is not one this program can open.
    #[error("lake url {url:?} cannot be used: {reason}\nhint: give a folder, as a path or as a file:// url")]
    Url { url: String, reason: String },

    /// The lake was written in a format that this program does not know yet.
    #[error(
        "the lake at {url} has format {found}, this hublake reads up to {known}\n\
         hint: it was written by a newer hublake; install that version or a later one"
    )]
    NewerFormat { url: String, found: u32, known: u32 },

    /// A file of the lake itself (not of a table) cannot be read or written.
    #[error("{what} failed at {path}: {source}{}", full_disk_hint(.source))]
    Storage { what: &'static str, path: String, source: object_store::Error },

    /// A Delta operation on a table failed.
    #[error("table {table}: {what} failed: {source}{}", full_disk_hint(.source))]
    Delta { table: String, what: &'static str, source: Box<DeltaTableError> },

    /// A data file of a table cannot be encoded or decoded.
    #[error("table {table}: {what} failed: {source}")]
    Parquet { table: String, what: &'static str, source: parquet::errors::ParquetError },

    /// Rows do not fit the schema of their table.
    #[error("table {table}: {what} failed: {source}")]
    Arrow { table: String, what: &'static str, source: arrow::error::ArrowError },

    /// A query failed.
    #[error("{0}")]
    Query(#[from] datafusion::error::DataFusionError),

    /// A table, or what is to be written to it, is something that this program refuses to guess about.
    #[error("table {table}: {reason}\nhint: {hint}")]
    Unusable { table: String, reason: String, hint: &'static str },

    /// Another writer changed the table while its rows were being replaced.
    #[error(
        "table {table} was changed by another writer while version {version} was being made\n\
         hint: run again; nothing was published"
    )]
    Conflict { table: String, version: i64 },

    /// Some of the transaction identifiers of one append are in the table already and others are not.
    #[error(
        "table {table}: an append holds rows that are in the table already ({repeated}) and rows that are not\n\
         hint: ask the table for its transaction versions and append only what follows them"
    )]
    PartlyRepeated { table: String, repeated: String },

    /// A worker thread ended early.
    #[error("table {table}: a background task stopped: {source}")]
    Task { table: String, source: tokio::task::JoinError },
}

pub(crate) fn delta_error(table: &str, what: &'static str, source: DeltaTableError) -> Error {
    Error::Delta { table: table.to_owned(), what, source: Box::new(source) }
}

pub(crate) fn arrow_error(table: &str, what: &'static str, source: arrow::error::ArrowError) -> Error {
    Error::Arrow { table: table.to_owned(), what, source }
}

pub(crate) fn parquet_error(table: &str, what: &'static str, source: parquet::errors::ParquetError) -> Error {
    Error::Parquet { table: table.to_owned(), what, source }
}

pub(crate) fn storage_error(path: &object_store::path::Path, what: &'static str, source: object_store::Error) -> Error {
    Error::Storage { what, path: path.to_string(), source }
}

fn full_disk_hint(source: &(dyn std::error::Error + 'static)) -> &'static str {
    let mut current = Some(source);
    while let Some(error) = current {
        if let Some(io) = error.downcast_ref::<std::io::Error>()
            && matches!(io.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded)
        {
            return "\nhint: the disk is full; free some space and run again, nothing half-written is ever read";
        }
        current = error.source();
    }
    ""
}
