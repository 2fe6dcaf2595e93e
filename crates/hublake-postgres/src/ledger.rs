//! What was published, noted in schema `hublake` of the same database and in the same transaction.

use std::collections::BTreeMap;

use sqlx::postgres::PgConnection;

use crate::error::failed;
use crate::{Error, Result};

/// The form of what this program publishes; it grows when a change of it needs more than making tables anew.
const FORM: i32 = 1;

/// What the ledger has about one table or view.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Entry {
    pub(crate) name: String,
    /// Digest of what the relation was declared as.
    pub(crate) declared: String,
    /// What it then looked like in the catalogue: columns of a table, query of a view.
    pub(crate) shape: String,
    /// Digest of what its rows came from.
    pub(crate) source: String,
    pub(crate) row_count: i64,
}

/// The entries about one schema by name.
pub(crate) type Ledger = BTreeMap<String, Entry>;

/// Waits for its turn, makes the ledger if it is not there, and reads it.
///
/// Errors: [`Error::Newer`] where a newer program published.
pub(crate) async fn open(connection: &mut PgConnection, schema: &str) -> Result<Ledger> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('hublake publication', 0))")
        .execute(&mut *connection)
        .await
        .map_err(failed("waiting for its turn to publish"))?;
    let (is_there,): (bool,) = sqlx::query_as("SELECT to_regclass('hublake.published') IS NOT NULL")
        .fetch_one(&mut *connection)
        .await
        .map_err(failed("looking for the schema hublake"))?;
    if !is_there {
        let made = sqlx::raw_sql(include_str!("ledger/make.sql")).execute(&mut *connection).await;
        made.map_err(failed("making the schema hublake"))?;
    }
    let form: Option<(i32,)> = sqlx::query_as("SELECT form FROM hublake.schemas WHERE schema_name = $1")
        .bind(schema)
        .fetch_optional(&mut *connection)
        .await
        .map_err(failed("reading hublake.schemas"))?;
    if let Some((found,)) = form
        && found > FORM
    {
        return Err(Error::Newer { found, known: FORM });
    }
    let entries: Vec<Entry> =
        sqlx::query_as("SELECT name, declared, shape, source, row_count FROM hublake.published WHERE schema_name = $1")
            .bind(schema)
            .fetch_all(connection)
            .await
            .map_err(failed("reading hublake.published"))?;
    Ok(entries.into_iter().map(|entry| (entry.name.clone(), entry)).collect())
}

/// Notes that a schema was published to now.
pub(crate) async fn note_form(connection: &mut PgConnection, schema: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO hublake.schemas (schema_name, form, published_at) VALUES ($1, $2, now())
         ON CONFLICT (schema_name) DO UPDATE SET form = EXCLUDED.form, published_at = EXCLUDED.published_at",
    )
    .bind(schema)
    .bind(FORM)
    .execute(connection)
    .await
    .map_err(failed("noting the publication"))?;
    Ok(())
}

/// Notes what is there now of one table or view.
pub(crate) async fn note(connection: &mut PgConnection, schema: &str, entry: &Entry) -> Result<()> {
    sqlx::query(
        "INSERT INTO hublake.published (schema_name, name, declared, shape, source, row_count, published_at)
         VALUES ($1, $2, $3, $4, $5, $6, now())
         ON CONFLICT (schema_name, name) DO UPDATE SET declared = EXCLUDED.declared, shape = EXCLUDED.shape,
             source = EXCLUDED.source, row_count = EXCLUDED.row_count, published_at = EXCLUDED.published_at",
    )
    .bind(schema)
    .bind(&entry.name)
    .bind(&entry.declared)
    .bind(&entry.shape)
    .bind(&entry.source)
    .bind(entry.row_count)
    .execute(connection)
    .await
    .map_err(failed("noting the publication"))?;
    Ok(())
}
