//! The rows of one table.

use futures::StreamExt;
use sqlx::postgres::PgConnection;

use super::{Rows, Source};
use crate::encode::Encoder;
use crate::error::failed;
use crate::table::{Mode, TableSpec};
use crate::{Error, Result, sql};

/// Data is sent in pieces of about this size.
const PIECE_BYTES: usize = 1 << 20;
/// Rows between two looks at the size of a piece.
const ROWS_AT_ONCE: usize = 64;

/// What became of a table's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "numbers of rows, of which the names say which")]
pub enum Outcome {
    /// Its source is the same as at the last publication.
    Unread { rows: u64 },
    /// The rows were read and compared.
    Written {
        inserted: u64,
        updated: u64,
        deleted: u64,
        unchanged: u64,
        /// Texts that held the character U+0000, in what was sent.
        mended: u64,
    },
}

impl Outcome {
    /// Rows of the table now.
    pub fn rows(&self) -> u64 {
        match self {
            Self::Unread { rows } => *rows,
            Self::Written { inserted, updated, unchanged, .. } => inserted + updated + unchanged,
        }
    }

    /// Rows that were written or taken out.
    pub fn changes(&self) -> u64 {
        match self {
            Self::Unread { .. } => 0,
            Self::Written { inserted, updated, deleted, .. } => inserted + updated + deleted,
        }
    }
}

/// Brings a table's rows to what the source has; a new table is made, and one without rows takes them as they come.
pub(super) async fn load(
    connection: &mut PgConnection,
    schema: &str,
    table: &TableSpec,
    is_new: bool,
    is_full: bool,
    row_count: i64,
    source: &impl Source,
) -> Result<Outcome> {
    let after = match &table.mode {
        Mode::Append { after } if !is_new && !is_full => greatest(connection, schema, table, after).await?,
        _ => None,
    };
    let rows =
        source.rows(&table.name, after).await.map_err(|source| Error::Rows { table: table.name.clone(), source })?;
    if is_new {
        return make(connection, schema, table, rows).await;
    }
    if is_empty(connection, schema, table).await? {
        return fill(connection, schema, table, rows).await;
    }
    run(connection, table, "preparing the comparison of", &sql::create_incoming(table)).await?;
    let sent = copy(connection, table, sql::INCOMING, rows).await?;
    // The key finds rows that came twice; statistics let the comparison be planned well.
    let key = format!("ALTER TABLE {0} ADD PRIMARY KEY ({1}); ANALYZE {0}", sql::INCOMING, sql::names(&table.key));
    run(connection, table, "sorting what came for", &key).await?;
    let mut outcome = compare(connection, schema, table, sent).await?;
    if let (Mode::Append { .. }, Outcome::Written { unchanged, .. }) = (&table.mode, &mut outcome) {
        *unchanged = super::count(row_count);
    }
    run(connection, table, "tidying after", &format!("DROP TABLE {}", sql::INCOMING)).await?;
    Ok(outcome)
}

/// The greatest value of the column in which rows are added.
async fn greatest(connection: &mut PgConnection, schema: &str, table: &TableSpec, column: &str) -> Result<Option<i64>> {
    let query = format!("SELECT max({})::bigint FROM {}", sql::name(column), sql::place(schema, &table.name));
    let (value,): (Option<i64>,) = sqlx::query_as(&query)
        .persistent(false)
        .fetch_one(connection)
        .await
        .map_err(failed(format!("reading how far {} goes", table.name)))?;
    Ok(value)
}

/// A table that is not there yet: rows first, then key and indexes.
async fn make(connection: &mut PgConnection, schema: &str, table: &TableSpec, rows: Rows) -> Result<Outcome> {
    run(connection, table, "making", &sql::create_table(schema, table)).await?;
    let place = sql::place(schema, &table.name);
    let sent = copy(connection, table, &place, rows).await?;
    run(connection, table, "adding the key of", &sql::add_key(schema, table)).await?;
    for index in &table.indexes {
        run(connection, table, "indexing", &sql::create_index(schema, &table.name, index)).await?;
    }
    run(connection, table, "analysing", &format!("ANALYZE {place}")).await?;
    Ok(Outcome::Written { inserted: sent.rows, updated: 0, deleted: 0, unchanged: 0, mended: sent.mended })
}

/// Whether a table that is there has no rows.
async fn is_empty(connection: &mut PgConnection, schema: &str, table: &TableSpec) -> Result<bool> {
    let query = format!("SELECT NOT EXISTS (SELECT FROM {})", sql::place(schema, &table.name));
    let (is_empty,): (bool,) = sqlx::query_as(&query)
        .persistent(false)
        .fetch_one(connection)
        .await
        .map_err(failed(format!("looking for rows of {}", table.name)))?;
    Ok(is_empty)
}

/// A table that is there and has no rows takes them as they come: there is nothing to compare them with, and a
/// comparison would be planned for a table without pages, which then grows under it and is read anew for each row.
///
/// Key, indexes and foreign keys stay, because taking one away locks readers out to the end of the transaction.
async fn fill(connection: &mut PgConnection, schema: &str, table: &TableSpec, rows: Rows) -> Result<Outcome> {
    let place = sql::place(schema, &table.name);
    let sent = copy(connection, table, &place, rows).await?;
    if sent.rows > 0 {
        run(connection, table, "analysing", &format!("ANALYZE {place}")).await?;
    }
    Ok(Outcome::Written { inserted: sent.rows, updated: 0, deleted: 0, unchanged: 0, mended: sent.mended })
}

/// Writes what differs, and nothing else: a row that is as it was is not touched.
async fn compare(connection: &mut PgConnection, schema: &str, table: &TableSpec, sent: Sent) -> Result<Outcome> {
    let (mut updated, mut deleted) = (0, 0);
    if table.mode == Mode::Whole {
        deleted = run(connection, table, "taking rows out of", &sql::delete_gone(schema, table)).await?;
        for statement in sql::updates(schema, table) {
            updated += run(connection, table, "changing rows of", &statement).await?;
        }
    }
    let inserted = run(connection, table, "adding rows to", &sql::insert_new(schema, table)).await?;
    let unchanged = sent.rows.saturating_sub(inserted).saturating_sub(updated);
    Ok(Outcome::Written { inserted, updated, deleted, unchanged, mended: sent.mended })
}

struct Sent {
    rows: u64,
    mended: u64,
}

/// Sends rows as they are read.
async fn copy(connection: &mut PgConnection, table: &TableSpec, target: &str, mut rows: Rows) -> Result<Sent> {
    let sending = || failed(format!("sending the rows of {}", table.name));
    let mut encoder = Encoder::new(table);
    let mut sink = connection.copy_in_raw(&sql::copy(target, table)).await.map_err(sending())?;
    while let Some(batch) = rows.next().await {
        let batch = batch.map_err(|source| Error::Rows { table: table.name.clone(), source })?;
        let columns = encoder.columns(&batch)?;
        for row in 0..batch.num_rows() {
            encoder.row(&columns, row)?;
            if row % ROWS_AT_ONCE == 0 && encoder.ready().len() >= PIECE_BYTES {
                sink.send(encoder.ready()).await.map_err(sending())?;
                encoder.sent();
            }
        }
    }
    encoder.finish();
    sink.send(encoder.ready()).await.map_err(sending())?;
    sink.finish().await.map_err(sending())?;
    Ok(Sent { rows: encoder.rows, mended: encoder.mended })
}

/// Runs a statement about a table and gives the number of rows it wrote.
async fn run(connection: &mut PgConnection, table: &TableSpec, what: &str, statement: &str) -> Result<u64> {
    let done = sqlx::raw_sql(statement).execute(connection).await;
    Ok(done.map_err(failed(format!("{what} {}", table.name)))?.rows_affected())
}
