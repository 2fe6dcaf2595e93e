//! What can go wrong in the control store.

use std::path::PathBuf;

/// An error of the control store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the message names each field")]
pub enum Error {
    /// The home folder cannot be used.
    #[error("home folder {}: {source}\nhint: check that it exists, is writable, and that the disk is not full", path.display())]
    Home { path: PathBuf, source: std::io::Error },
    /// The file is no database, or a damaged one.
    #[error("control store {}: {source}\nhint: it is damaged or no database; restore it from a backup. Nothing was changed", path.display())]
    Unreadable { path: PathBuf, source: sqlx::Error },
    /// A newer program changed the database's form.
    #[error("control store {} was written by a newer hublake (form {found}, this program knows {known})\nhint: install that version or a later one", path.display())]
    Newer { path: PathBuf, found: i64, known: i64 },
    /// The database's form could not be brought up to date.
    #[error("control store {}: cannot bring its form up to date: {source}", path.display())]
    Migration { path: PathBuf, source: sqlx::migrate::MigrateError },
    /// A statement failed.
    #[error("control store: {what} failed: {source}{}", next_step(source))]
    Statement { what: &'static str, source: sqlx::Error },
    /// A row holds a value that cannot be what was written.
    #[error(
        "control store: {what} is unreadable: {reason}\nhint: restore {} from a backup; a silent fresh start could lose history",
        "control.db"
    )]
    BadValue { what: String, reason: String },
    /// The key that seals credentials is not usable.
    #[error(
        "{name}: {reason}\nhint: give 32 bytes as 64 hexadecimal digits or in base64, for example from `openssl rand -hex 32`"
    )]
    BadKey { name: &'static str, reason: String },
    /// A sealed credential cannot be opened with this key.
    #[error(
        "the saved credential cannot be opened with this key\nhint: set HUBLAKE_SECRET_KEY to the key it was saved with, or save it again with `hublake auth`"
    )]
    Sealed,
    /// A lock file cannot be used.
    #[error("lock {}: {source}", path.display())]
    Lock { path: PathBuf, source: std::io::Error },
}

/// Names the statement that failed.
pub(crate) fn statement(what: &'static str) -> impl FnOnce(sqlx::Error) -> Error {
    move |source| match source {
        sqlx::Error::ColumnDecode { index, source } => {
            Error::BadValue { what: format!("column {index}, met while {what},"), reason: source.to_string() }
        }
        source => Error::Statement { what, source },
    }
}

/// The next step by SQLite's primary result code (<https://sqlite.org/rescode.html>).
fn next_step(error: &sqlx::Error) -> &'static str {
    let code = error.as_database_error().and_then(|error| error.code());
    match code.and_then(|code| code.parse::<u32>().ok()).map(|code| code & 0xff) {
        Some(5 | 6) => "\nhint: another process has been writing for long; see whether one hangs, then run again",
        Some(8) => "\nhint: the home folder cannot be written; check its permissions",
        Some(11 | 26) => "\nhint: control.db is damaged; restore it from a backup",
        Some(10 | 13) => "\nhint: the disk may be full; free some space and run again. Nothing was changed",
        _ => "",
    }
}
