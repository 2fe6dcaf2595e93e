//! What can go wrong in publishing to PostgreSQL.

/// An error of publishing.
///
/// No message holds the server's address with its password, nor rows.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the message names each field")]
pub enum Error {
    /// The address cannot be used.
    #[error(
        "the address of the PostgreSQL server: {reason}\nhint: write postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=require"
    )]
    Address { reason: String },
    /// The server did not let us in.
    #[error("PostgreSQL at {server} cannot be reached: {reason}\nhint: check host, port, user, password and sslmode")]
    Connect { server: String, reason: String },
    /// The connection ended on the way.
    #[error(
        "the connection to PostgreSQL was lost while {what}: {reason}\nhint: readers see what was published before; publish again"
    )]
    Lost { what: String, reason: String },
    /// The connection ended when everything was written and only the end of the transaction was open.
    #[error(
        "the connection to PostgreSQL was lost while committing: {reason}\nhint: either all of it is published or nothing; publish again, which does what is left"
    )]
    LostAtCommit { reason: String },
    /// Somebody holds a lock for long.
    #[error(
        "PostgreSQL: a lock was not free within a minute while {what}: {reason}\nhint: another publication or a long transaction holds it; see pg_stat_activity, then publish again. Nothing was changed"
    )]
    Busy { what: String, reason: String },
    /// The user lacks a right.
    #[error("PostgreSQL refuses {what}: {reason}\nhint: {hint}. Nothing was changed")]
    NotPermitted { what: String, reason: String, hint: &'static str },
    /// A statement failed for another reason.
    #[error("PostgreSQL: {what} failed: {reason}\nhint: nothing was changed")]
    Statement { what: String, reason: String },
    /// There is no schema to publish to.
    #[error(
        "the search path of the user leads to no schema\nhint: create schema public, or name another in the address with ?options=-csearch_path%3DNAME"
    )]
    NoSchema,
    /// Somebody changed a published table by hand.
    #[error(
        "table {table} in PostgreSQL was changed by hand: {change}\nhint: {undo}; or have the table made anew with --replace. Nothing was changed"
    )]
    Changed { table: String, change: String, undo: String },
    /// A table or view of the name is there and nobody knows whose it is.
    #[error(
        "{name} is in PostgreSQL already and was not published by hublake\nhint: rename it, publish to another schema (?options=-csearch_path%3DNAME in the address), or have it dropped with --replace. Nothing was changed"
    )]
    Foreign { name: String },
    /// Views of the user read what has to be made anew.
    #[error(
        "{dependents} in PostgreSQL {verb} {table}, which has to be made anew\nhint: drop {pronoun}, publish, and create {pronoun} again. Nothing was changed"
    )]
    Dependents { table: String, dependents: String, verb: &'static str, pronoun: &'static str },
    /// A newer program published.
    #[error(
        "what is in PostgreSQL was published by a newer hublake (form {found}, this program knows {known})\nhint: install that version or a later one"
    )]
    Newer { found: i32, known: i32 },
    /// The rows cannot be read.
    #[error("the rows of {table} cannot be read")]
    Rows { table: String, source: Box<dyn std::error::Error + Send + Sync> },
    /// The rows do not have the form of the table.
    #[error("the rows of {table} do not fit: {reason}\nhint: nothing was changed; this is a fault of hublake's models")]
    Unfit { table: String, reason: String },
}

/// Names the statement that failed.
pub(crate) fn failed(what: impl Into<String>) -> impl FnOnce(sqlx::Error) -> Error {
    move |error| classify(what.into(), &error)
}

fn classify(what: String, error: &sqlx::Error) -> Error {
    let Some(refusal) = error.as_database_error() else {
        return Error::Lost { what, reason: error.to_string() };
    };
    let detail = refusal.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().and_then(|error| error.detail());
    let mut reason = refusal.message().to_owned();
    // The detail of a condition that does not hold is the whole row.
    let is_row = matches!(refusal.code().as_deref(), Some("23502" | "23514"));
    if let Some(detail) = detail.filter(|_| !is_row) {
        reason = format!("{reason} ({detail})");
    }
    // https://www.postgresql.org/docs/current/errcodes-appendix.html
    match refusal.code().as_deref() {
        Some("42501") => {
            let hint = "the user needs CREATE on the database and on the schema, TEMPORARY on the database, and to own what was published before";
            Error::NotPermitted { what, reason, hint }
        }
        Some("55P03" | "40P01") => Error::Busy { what, reason },
        Some(code) if code.starts_with("57P") || code.starts_with("08") => Error::Lost { what, reason },
        _ => Error::Statement { what, reason },
    }
}

/// As [`failed`], for the end of the transaction.
pub(crate) fn failed_commit(error: sqlx::Error) -> Error {
    match classify("committing".to_owned(), &error) {
        Error::Lost { reason, .. } => Error::LostAtCommit { reason },
        other => other,
    }
}
