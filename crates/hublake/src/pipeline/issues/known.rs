//! What is published, as collecting asks for it.

use std::collections::{HashMap, HashSet};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use chrono::{DateTime, Utc};
use datafusion::prelude::SessionContext;
use futures::future::BoxFuture;
use hublake_collect::issues::{Published, PublishedItem};
use hublake_lake::{Lake, SessionOptions, session};
use hublake_store::Store;
use tokio::sync::OnceCell;

use crate::pipeline::ISSUES;

type Result<T> = hublake_collect::Result<T>;

const ISSUES_TABLE: &str = "stg_issue_current";
const DEPARTURES_TABLE: &str = "stg_issue_departures";
const EVENTS_TABLE: &str = "stg_issue_events";

/// The published staging tables, opened when the first repository asks.
pub struct PublishedTables {
    lake: Lake,
    store: Store,
    session: OnceCell<Tables>,
}

/// A session over the tables that are published; an earlier version of the program did not have them all.
struct Tables {
    context: SessionContext,
    names: HashSet<&'static str>,
}

impl PublishedTables {
    /// Nothing is opened yet.
    pub fn new(lake: Lake, store: Store) -> Self {
        Self { lake, store, session: OnceCell::new() }
    }

    async fn tables(&self) -> Result<&Tables> {
        self.session.get_or_try_init(|| self.open()).await
    }

    async fn open(&self) -> Result<Tables> {
        let context = session(&SessionOptions::default()).map_err(failed)?;
        let mut names = HashSet::new();
        if let Some(publication) = self.store.latest_publication(ISSUES.name).await? {
            for name in [ISSUES_TABLE, DEPARTURES_TABLE, EVENTS_TABLE] {
                let Some(version) = publication.tables.get(name) else { continue };
                let Some(snapshot) = self.lake.snapshot(name, Some(*version)).await? else { continue };
                context.register_table(name, snapshot.provider()).map_err(failed)?;
                names.insert(name);
            }
        }
        Ok(Tables { context, names })
    }

    async fn rows(&self, table: &str, query: &str) -> Result<Vec<RecordBatch>> {
        let tables = self.tables().await?;
        if !tables.names.contains(table) {
            return Ok(Vec::new());
        }
        tables.context.sql(query).await.map_err(failed)?.collect().await.map_err(failed)
    }

    /// A condition that leaves out what is known to be gone.
    async fn is_there(&self, repo_id: i64) -> Result<String> {
        let is_empty = !self.tables().await?.names.contains(DEPARTURES_TABLE);
        Ok(match is_empty {
            true => "TRUE".to_owned(),
            false => {
                format!("issue_number NOT IN (SELECT issue_number FROM {DEPARTURES_TABLE} WHERE repo_id = {repo_id})")
            }
        })
    }
}

impl Published for PublishedTables {
    fn lookup(&self, repo_id: i64, numbers: Vec<i64>) -> BoxFuture<'_, Result<HashMap<i64, DateTime<Utc>>>> {
        Box::pin(async move {
            let numbers: Vec<String> = numbers.iter().map(i64::to_string).collect();
            let query = format!(
                "SELECT issue_number, updated_at FROM {ISSUES_TABLE} WHERE repo_id = {repo_id} AND issue_number IN ({})",
                numbers.join(", ")
            );
            let mut known = HashMap::new();
            for rows in self.rows(ISSUES_TABLE, &query).await? {
                let times = rows.column(1).as_primitive::<TimestampMicrosecondType>();
                for (number, time) in rows.column(0).as_primitive::<Int64Type>().iter().zip(times) {
                    known.extend(number.zip(time.and_then(DateTime::from_timestamp_micros)));
                }
            }
            Ok(known)
        })
    }

    fn totals(&self, repo_id: i64) -> BoxFuture<'_, Result<(i64, i64)>> {
        Box::pin(async move {
            let query = format!(
                "SELECT is_pull_request, CAST(COUNT(*) AS BIGINT) FROM {ISSUES_TABLE} \
                 WHERE repo_id = {repo_id} AND {} GROUP BY is_pull_request",
                self.is_there(repo_id).await?
            );
            let mut totals = (0, 0);
            for rows in self.rows(ISSUES_TABLE, &query).await? {
                let counts = rows.column(1).as_primitive::<Int64Type>();
                for (is_pull_request, count) in rows.column(0).as_boolean().iter().zip(counts) {
                    match is_pull_request {
                        Some(true) => totals.1 += count.unwrap_or_default(),
                        _ => totals.0 += count.unwrap_or_default(),
                    }
                }
            }
            Ok(totals)
        })
    }

    fn items(&self, repo_id: i64) -> BoxFuture<'_, Result<Vec<PublishedItem>>> {
        Box::pin(async move {
            let query = format!(
                "SELECT issue_number, issue_node_id, updated_at, is_pull_request FROM {ISSUES_TABLE} \
                 WHERE repo_id = {repo_id} AND {}",
                self.is_there(repo_id).await?
            );
            let mut items = Vec::new();
            for rows in self.rows(ISSUES_TABLE, &query).await? {
                let node_ids = rows.column(1).as_string::<i32>();
                let times = rows.column(2).as_primitive::<TimestampMicrosecondType>();
                let kinds = rows.column(3).as_boolean();
                for (row, number) in rows.column(0).as_primitive::<Int64Type>().iter().enumerate() {
                    let Some(updated_at) = DateTime::from_timestamp_micros(times.value(row)) else { continue };
                    items.extend(number.map(|number| PublishedItem {
                        number,
                        node_id: node_ids.is_valid(row).then(|| node_ids.value(row).to_owned()),
                        updated_at,
                        is_pull_request: kinds.value(row),
                    }));
                }
            }
            Ok(items)
        })
    }

    fn events(&self, repo_id: i64, node_ids: Vec<String>) -> BoxFuture<'_, Result<HashSet<String>>> {
        Box::pin(async move {
            let ids: Vec<String> = node_ids.iter().map(|id| format!("'{}'", id.replace('\'', "''"))).collect();
            let query = format!(
                "SELECT event_node_id FROM {EVENTS_TABLE} WHERE repo_id = {repo_id} AND event_node_id IN ({})",
                ids.join(", ")
            );
            let rows = self.rows(EVENTS_TABLE, &query).await?;
            let found = rows.iter().flat_map(|rows| rows.column(0).as_string::<i32>().iter().flatten());
            Ok(found.map(str::to_owned).collect())
        })
    }
}

fn failed(error: datafusion::error::DataFusionError) -> hublake_collect::Error {
    hublake_collect::Error::Lake(hublake_lake::Error::Query(error))
}
