//! From the raw rows of a batch to typed ones.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result};
use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Int64Type, SchemaRef};
use datafusion::common::DataFusionError;
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use futures::{Stream, TryStreamExt};
use hublake_collect::decode::Rejected;
use hublake_collect::{decode, tables};
use hublake_lake::{SessionOptions, Snapshot, session};

use super::RawTables;
use super::known_payloads::KnownPayloads;
use crate::home::Home;

/// Batches of raw rows that are decoded at once, and rows in each: a payload is some kilobytes.
const DECODERS: usize = 2;
const RAW_ROWS: usize = 512;

/// Registers the members' typed issues and events; tells how many elements could not be decoded, by repository.
pub(super) async fn decode_streams(
    home: &Home,
    context: &SessionContext,
    raw: &RawTables,
    condition: &str,
    known: KnownPayloads,
) -> Result<BTreeMap<i64, usize>> {
    let mut rejected = BTreeMap::new();
    let issues = Decoding {
        source: raw.of(tables::RAW_ISSUES)?,
        stream: hublake_collect::issues::STREAM,
        name: "decoded_issues",
        schema: decode::issue_schema(),
        decode: decode::issues,
    };
    issues.register(home, context, condition, known, &mut rejected).await?;
    let events = Decoding {
        source: raw.of(tables::RAW_EVENTS)?,
        stream: hublake_collect::events::STREAM,
        name: "decoded_issue_events",
        schema: decode::event_schema(),
        decode: decode::events,
    };
    events.register(home, context, condition, KnownPayloads::default(), &mut rejected).await?;
    Ok(rejected)
}

/// Registers the members' issues that were found gone.
pub(super) async fn register_departures(context: &SessionContext, raw: &Snapshot, condition: &str) -> Result<()> {
    context.register_table("raw_departures_read", raw.provider())?;
    let query = format!(
        "SELECT repo_id, issue_number, fetched_at AS left_at, reason, moved_to, run_id AS source_run_id, \
         run_seq AS source_run_seq, fetched_at AS source_recorded_at FROM raw_departures_read WHERE {condition}"
    );
    let frame = context.sql(&query).await?;
    let schema = Arc::new(frame.schema().as_arrow().clone());
    let rows = frame.collect().await?;
    context.deregister_table("raw_departures_read")?;
    context.register_table("decoded_issue_departures", Arc::new(MemTable::try_new(schema, vec![rows])?))?;
    Ok(())
}

/// How the raw rows of a stream become typed ones.
struct Decoding<'a> {
    source: &'a Snapshot,
    stream: &'static str,
    name: &'static str,
    schema: SchemaRef,
    decode: fn(&RecordBatch) -> hublake_collect::Result<decode::Decoded>,
}

impl Decoding<'_> {
    /// Decodes the raw rows of the members' runs, but for those whose very payload is published; rows that cannot
    /// be decoded go to `raw_rejected`.
    async fn register(
        self,
        home: &Home,
        context: &SessionContext,
        condition: &str,
        known: KnownPayloads,
        rejected: &mut BTreeMap<i64, usize>,
    ) -> Result<()> {
        let known = Arc::new(known);
        let stream = read_raw(home, self.source, condition, RAW_ROWS).await?;
        let decoded: Vec<(RecordBatch, decode::Decoded)> = stream
            .map_ok(|raw| {
                let (known, decode) = (Arc::clone(&known), self.decode);
                let work = move || -> Result<_> {
                    let raw = known.leave_out(raw)?;
                    let decoded = decode(&raw)?;
                    // Only the rows that were rejected are needed again.
                    let kept = if decoded.rejected.is_empty() { raw.slice(0, 0) } else { raw };
                    Ok((kept, decoded))
                };
                async move { tokio::task::spawn_blocking(work).await? }
            })
            .try_buffered(DECODERS)
            .try_collect()
            .await?;
        let mut rows = Vec::with_capacity(decoded.len());
        for (raw, decoded) in decoded {
            if !decoded.rejected.is_empty() {
                keep_rejected(home, self.stream, &raw, &decoded.rejected, rejected).await?;
            }
            rows.push(decoded.rows);
        }
        context.register_table(self.name, Arc::new(MemTable::try_new(self.schema, vec![rows])?))?;
        Ok(())
    }
}

/// Decodes rows of a raw table into `T`; tells which could not be decoded.
pub(super) type Decode<T> = fn(&RecordBatch, &mut T) -> hublake_collect::Result<Vec<Rejected>>;

/// Decodes the raw rows of several tables, one after the other, `batch_rows` at once; those that cannot be decoded go to
/// `raw_rejected`. Tells how many these were, by repository.
pub(super) async fn decode_into<T>(
    rows: &mut T,
    sources: &[(&str, Decode<T>)],
    home: &Home,
    raw: &RawTables,
    condition: &str,
    batch_rows: usize,
) -> Result<BTreeMap<i64, usize>> {
    let mut rejected = BTreeMap::new();
    for (table, decode) in sources {
        let mut stream = read_raw(home, raw.of(table)?, condition, batch_rows).await?;
        while let Some(batch) = stream.try_next().await? {
            let refused = decode(&batch, rows)?;
            if !refused.is_empty() {
                keep_rejected(home, table, &batch, &refused, &mut rejected).await?;
            }
        }
    }
    Ok(rejected)
}

async fn read_raw(
    home: &Home,
    table: &Snapshot,
    condition: &str,
    batch_rows: usize,
) -> Result<impl Stream<Item = Result<RecordBatch>> + Unpin + use<>> {
    let memory_limit_bytes = home.settings.memory_bytes;
    let reading = session(&SessionOptions { memory_limit_bytes, batch_rows, ..Default::default() })?;
    reading.register_table("raw", table.provider())?;
    let stream = reading.sql(&format!("SELECT * FROM raw WHERE {condition}")).await?.execute_stream().await?;
    let name = table.name.clone();
    Ok(stream.map_err(move |error| unreadable_raw(&name, error)))
}

/// A file of raw rows that is damaged or gone stops the step: what it held is not to be guessed.
fn unreadable_raw(table: &str, error: DataFusionError) -> anyhow::Error {
    match error.find_root() {
        DataFusionError::ParquetError(_) | DataFusionError::ObjectStore(_) => anyhow::anyhow!(
            "table {table} cannot be read: {error}\nhint: a file of it is damaged or gone; restore it from a backup and run again. Nothing was published"
        ),
        _ => error.into(),
    }
}

async fn keep_rejected(
    home: &Home,
    stream: &str,
    raw: &RecordBatch,
    rejected: &[Rejected],
    counts: &mut BTreeMap<i64, usize>,
) -> Result<()> {
    let column = |name: &str| raw.column_by_name(name).map(|column| column.as_primitive::<Int64Type>());
    let (ids, runs) = column("repo_id").zip(column("run_seq")).context("raw rows lack repo_id or run_seq")?;
    let pages = column("page_number").context("raw rows lack page_number")?;
    let items = column("item_index").context("raw rows lack item_index")?;
    let mut table = home.lake.table(&tables::raw_rejected()).await?;
    for one in rejected {
        let repo_id = ids.value(one.row);
        // One identifier an element: a batch that is built again rejects it again, and it is kept once.
        let place = format!("{}/{}/{}", runs.value(one.row), pages.value(one.row), items.value(one.row));
        let app_id = format!("rejected/{stream}/{repo_id}/{place}");
        let rows = decode::rejected_rows(raw, std::slice::from_ref(one), stream)?;
        table.append(rows, &[(app_id, 1)]).await?;
        *counts.entry(repo_id).or_default() += 1;
        tracing::warn!(repo_id, reason = one.reason, "an element was rejected");
    }
    Ok(())
}
