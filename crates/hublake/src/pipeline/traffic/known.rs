//! What is published of traffic, as collecting asks for it.

use std::collections::HashMap;

use anyhow::Result;
use arrow::array::{Array, AsArray};
use arrow::datatypes::{Date32Type, Int64Type, TimestampMicrosecondType};
use chrono::{DateTime, NaiveDate};
use datafusion::prelude::SessionContext;
use futures::future::BoxFuture;
use hublake_collect::traffic::Stream;
use hublake_collect::traffic::collect::{Published, State};
use hublake_lake::{SessionOptions, session};

use crate::home::Home;
use crate::pipeline::TRAFFIC;

const STATE_TABLE: &str = "stg_traffic_state";
const STAR_TABLE: &str = "stg_star_weeks";

/// The published staging tables; none before the first publication.
pub struct PublishedTraffic {
    context: Option<SessionContext>,
}

impl PublishedTraffic {
    /// Opens them.
    pub async fn open(home: &Home) -> Result<Self> {
        let Some(publication) = home.store.latest_publication(TRAFFIC.name).await? else {
            return Ok(Self { context: None });
        };
        let context = session(&SessionOptions::default())?;
        for name in [STATE_TABLE, STAR_TABLE] {
            let version = publication.tables.get(name).copied();
            let Some(snapshot) = home.lake.snapshot(name, version).await? else {
                anyhow::bail!("table {name} is published but not in the lake\nhint: restore the lake from a backup");
            };
            context.register_table(name, snapshot.provider())?;
        }
        Ok(Self { context: Some(context) })
    }

    /// The state of every stream by repository.
    pub async fn states(&self) -> Result<HashMap<i64, HashMap<Stream, State>>> {
        let mut states: HashMap<i64, HashMap<Stream, State>> = HashMap::new();
        let Some(context) = &self.context else { return Ok(states) };
        let query = format!("SELECT repo_id, stream, etag, last_success_at, \"count\" FROM {STATE_TABLE}");
        for rows in context.sql(&query).await?.collect().await? {
            let (ids, counts) =
                (rows.column(0).as_primitive::<Int64Type>(), rows.column(4).as_primitive::<Int64Type>());
            let (streams, etags) = (rows.column(1).as_string::<i32>(), rows.column(2).as_string::<i32>());
            let times = rows.column(3).as_primitive::<TimestampMicrosecondType>();
            for row in 0..rows.num_rows() {
                let Some(stream) = Stream::of_name(streams.value(row)) else { continue };
                let state = State {
                    etag: etags.is_valid(row).then(|| etags.value(row).to_owned()),
                    last_success_at: times
                        .is_valid(row)
                        .then(|| DateTime::from_timestamp_micros(times.value(row)))
                        .flatten(),
                    count: counts.is_valid(row).then(|| counts.value(row)),
                };
                states.entry(ids.value(row)).or_default().insert(stream, state);
            }
        }
        Ok(states)
    }

    async fn weeks(&self, repo_id: i64) -> Result<HashMap<NaiveDate, i64>, datafusion::error::DataFusionError> {
        let Some(context) = &self.context else { return Ok(HashMap::new()) };
        let query = format!("SELECT week_start, total FROM {STAR_TABLE} WHERE repo_id = {repo_id}");
        let mut weeks = HashMap::new();
        for rows in context.sql(&query).await?.collect().await? {
            let (days, totals) =
                (rows.column(0).as_primitive::<Date32Type>(), rows.column(1).as_primitive::<Int64Type>());
            weeks.extend((0..rows.num_rows()).filter_map(|row| Some((days.value_as_date(row)?, totals.value(row)))));
        }
        Ok(weeks)
    }
}

impl Published for PublishedTraffic {
    fn star_weeks(&self, repo_id: i64) -> BoxFuture<'_, hublake_collect::Result<HashMap<NaiveDate, i64>>> {
        Box::pin(async move {
            let failed = |error| hublake_collect::Error::Lake(hublake_lake::Error::Query(error));
            self.weeks(repo_id).await.map_err(failed)
        })
    }
}
