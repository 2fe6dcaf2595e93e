//! One publication, in one transaction.

mod load;
mod standing;
mod trender;
mod views;

use std::collections::BTreeSet;
use std::future::Future;

use arrow::array::RecordBatch;
use futures::stream::BoxStream;
use sha2::{Digest, Sha256};
use sqlx::Connection;
use sqlx::postgres::PgConnection;

pub use self::load::Outcome;
use self::standing::Standing;
use crate::error::{failed, failed_commit};
use crate::ledger::{self, Entry, Ledger};
use crate::table::{TableSpec, ViewSpec};
use crate::{Error, Result, Server, reader, shape, sql};

/// Whatever went wrong where rows come from.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Rows as they are read.
pub type Rows = BoxStream<'static, std::result::Result<RecordBatch, BoxError>>;

/// Where rows come from.
pub trait Source {
    /// Begins to read the rows of a table, with a column for each of its columns that is filled from rows.
    ///
    /// Of a table that is only added to, `after` is the greatest value of its ordering column that is there already:
    /// only greater ones need be given.
    fn rows(&self, table: &str, after: Option<i64>) -> impl Future<Output = std::result::Result<Rows, BoxError>>;
}

/// What is to be published together.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The tables; one that is referred to comes before those that refer to it.
    pub tables: Vec<Planned>,
    /// Views over them, each after those it reads.
    pub views: Vec<ViewSpec>,
    /// The role that may read; it is made if it is not there.
    pub reader: String,
    /// Read and compare all rows, though their source is the same as before.
    pub is_full: bool,
    /// Drop tables and views of these names that were changed by hand or are not ours, and make them anew.
    pub replaces: bool,
}

/// A table to be published.
#[derive(Clone, Debug)]
pub struct Planned {
    /// What it is to look like.
    pub table: TableSpec,
    /// Tells what its rows come from: while it stays the same, the rows are not read again.
    pub source: String,
}

/// What a publication did.
#[derive(Clone, Debug, Default)]
pub struct Published {
    /// The schema.
    pub schema: String,
    /// Each table in the order of the plan.
    pub tables: Vec<TableReport>,
    /// The number of views that stand.
    pub view_count: usize,
    /// What the user should know, as sentences; some end with a hint.
    pub notes: Vec<String>,
}

/// What became of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableReport {
    /// The table.
    pub name: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// Publishes a plan: afterwards the server holds what the plan says, or, after an error, what it held before.
///
/// Two publications of one database take turns. Readers are held up only by the making of tables and views.
///
/// Errors: [`Error::Changed`], [`Error::Foreign`] and [`Error::Dependents`] where something is in the way;
/// [`Error::Lost`] and [`Error::LostAtCommit`] where the connection ended; others name the table or the statement.
pub async fn publish(server: &Server, plan: &Plan, source: &impl Source) -> Result<Published> {
    let mut connection = server.connect().await?;
    let mut transaction = connection.begin().await.map_err(failed("beginning"))?;
    let published = publish_within(&mut transaction, plan, source).await?;
    transaction.commit().await.map_err(failed_commit)?;
    // The work is done; a server that goes now changes nothing.
    let _ = connection.close().await;
    Ok(published)
}

async fn publish_within(connection: &mut PgConnection, plan: &Plan, source: &impl Source) -> Result<Published> {
    let schema = current_schema(connection).await?;
    let mut ledger = ledger::open(connection, &schema).await?;
    let mut published = Published { schema: schema.clone(), view_count: plan.views.len(), ..Published::default() };
    published.notes.extend(trender::set_aside(connection, &schema, plan, &ledger).await?);
    let relations = shape::relations(connection, &schema).await?;
    let standing = Standing::judge(&schema, plan, &ledger, &relations)?;
    standing.clear(connection, &schema, plan, &relations).await?;

    for planned in &plan.tables {
        let table = &planned.table;
        let is_new = standing.is_new(&table.name);
        let entry = ledger.entry(table.name.clone()).or_default();
        if is_new || standing.is_adopted(&table.name) {
            *entry = Entry { name: table.name.clone(), ..Entry::default() };
        }
        let source_digest = digest(&planned.source);
        let outcome = if !is_new && !plan.is_full && entry.source == source_digest {
            Outcome::Unread { rows: count(entry.row_count) }
        } else {
            load::load(connection, &schema, table, is_new, plan.is_full, entry.row_count, source).await?
        };
        entry.row_count = i64::try_from(outcome.rows()).unwrap_or(i64::MAX);
        entry.source = source_digest;
        entry.declared = declared(table);
        tracing::info!(table = %table.name, rows = entry.row_count, changes = outcome.changes(), "published");
        published.tables.push(TableReport { name: table.name.clone(), outcome });
    }
    finish_tables(connection, &schema, plan, &standing).await?;
    views::make(connection, &schema, plan, &mut ledger).await?;
    published.notes.extend(note_mended(&published.tables));
    let names = names(plan);
    published.notes.extend(reader::grant(connection, &schema, &plan.reader, &names).await?);
    note(connection, &schema, plan, &mut ledger).await?;
    Ok(published)
}

async fn current_schema(connection: &mut PgConnection) -> Result<String> {
    let (schema,): (Option<String>,) = sqlx::query_as("SELECT current_schema()::text")
        .fetch_one(&mut *connection)
        .await
        .map_err(failed("looking for the schema"))?;
    let schema = schema.ok_or(Error::NoSchema)?;
    // Views name tables without schema; a table of that name elsewhere on the path must not be meant.
    let statement = format!("SET LOCAL search_path TO {}", sql::name(&schema));
    sqlx::raw_sql(&statement).execute(connection).await.map_err(failed("choosing the schema"))?;
    Ok(schema)
}

/// Foreign keys that are missing, once all rows are in: checking them row by row would take longer.
async fn finish_tables(connection: &mut PgConnection, schema: &str, plan: &Plan, standing: &Standing) -> Result<()> {
    for Planned { table, .. } in &plan.tables {
        for reference in &table.references {
            if standing.has_part(&table.name, &reference.name(&table.name)) {
                continue;
            }
            let statement = sql::add_reference(schema, &table.name, reference);
            let what = format!("adding the foreign key of {} to {}", table.name, reference.table);
            sqlx::raw_sql(&statement).execute(&mut *connection).await.map_err(failed(what))?;
        }
    }
    Ok(())
}

/// Writes the ledger, with what the catalogue makes of the tables.
async fn note(connection: &mut PgConnection, schema: &str, plan: &Plan, ledger: &mut Ledger) -> Result<()> {
    let relations = shape::relations(connection, schema).await?;
    for Planned { table, .. } in &plan.tables {
        if let (Some(entry), Some(relation)) = (ledger.get_mut(&table.name), relations.get(&table.name)) {
            entry.shape = standing::declared_columns(table, relation);
        }
    }
    for view in &plan.views {
        if let (Some(entry), Some(relation)) = (ledger.get_mut(&view.name), relations.get(&view.name)) {
            entry.shape.clone_from(&relation.definition);
        }
    }
    let names: BTreeSet<String> = names(plan).into_iter().collect();
    for entry in ledger.values().filter(|entry| names.contains(&entry.name)) {
        ledger::note(connection, schema, entry).await?;
    }
    ledger::note_form(connection, schema).await
}

fn note_mended(tables: &[TableReport]) -> Vec<String> {
    let mended = tables.iter().filter_map(|report| match report.outcome {
        Outcome::Written { mended, .. } if mended > 0 => Some(format!(
            "{}: {mended} texts hold the character U+0000, which PostgreSQL cannot store; U+FFFD stands in its place",
            report.name
        )),
        _ => None,
    });
    mended.collect()
}

/// Tables and views of a plan.
fn names(plan: &Plan) -> Vec<String> {
    let tables = plan.tables.iter().map(|planned| planned.table.name.clone());
    tables.chain(plan.views.iter().map(|view| view.name.clone())).collect()
}

/// Tells one declaration from another.
fn declared(declaration: &impl std::fmt::Debug) -> String {
    digest(&format!("{declaration:?}"))
}

fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn count(rows: i64) -> u64 {
    u64::try_from(rows).unwrap_or_default()
}
