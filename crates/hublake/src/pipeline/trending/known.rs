//! What is published of trending repositories, as collecting asks for it.

use std::collections::HashMap;

use anyhow::Result;
use arrow::array::{Array, AsArray};
use arrow::datatypes::Int64Type;
use chrono::{Days, NaiveDate};
use datafusion::error::DataFusionError;
use datafusion::prelude::SessionContext;
use futures::future::BoxFuture;
use hublake_collect::trending::collect::{Known, KnownFile, Published};
use hublake_lake::{SessionOptions, session};

use crate::home::Home;
use crate::pipeline::TRENDING;

const FILES: &str = "stg_repo_files";
const BLUEPRINTS: &str = "stg_render_enrichment";
const SNAPSHOTS: &str = "fact_repo_snapshots";
/// Days of snapshots that the stars gained a day are told from.
const VELOCITY_DAYS: u64 = 7;
/// Repositories that one query names.
const ASKED_AT_ONCE: usize = 5_000;

/// The published tables; none before the first publication.
pub struct PublishedTrending {
    context: Option<SessionContext>,
    today: NaiveDate,
}

impl PublishedTrending {
    /// Opens them.
    pub async fn open(home: &Home, today: NaiveDate) -> Result<Self> {
        let Some(publication) = home.store.latest_publication(TRENDING.name).await? else {
            return Ok(Self { context: None, today });
        };
        let context = session(&SessionOptions::default())?;
        for name in [FILES, BLUEPRINTS, SNAPSHOTS] {
            let version = publication.tables.get(name).copied();
            let Some(snapshot) = home.lake.snapshot(name, version).await? else {
                anyhow::bail!("table {name} is published but not in the lake\nhint: restore the lake from a backup");
            };
            context.register_table(name, snapshot.provider())?;
        }
        Ok(Self { context: Some(context), today })
    }

    async fn of(&self, repo_ids: &[i64]) -> Result<HashMap<i64, Known>, DataFusionError> {
        let mut known: HashMap<i64, Known> = HashMap::new();
        let Some(context) = &self.context else { return Ok(known) };
        for ids in repo_ids.chunks(ASKED_AT_ONCE) {
            let list = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            // What a render.yaml says is not stored of a repository that a rule left out.
            let query = format!(
                "SELECT file.repo_id, file.role, file.path, file.blob_sha, file.files_digest
                 FROM {FILES} file LEFT JOIN {BLUEPRINTS} stored
                 ON stored.repo_id = file.repo_id AND stored.blob_sha = file.blob_sha
                 WHERE file.repo_id IN ({list}) AND (file.role <> 'render_yaml' OR stored.repo_id IS NOT NULL)
                 ORDER BY file.repo_id, file.role, file.path"
            );
            for rows in context.sql(&query).await?.collect().await? {
                let ids = rows.column(0).as_primitive::<Int64Type>();
                let text = |column: usize, row: usize| rows.column(column).as_string::<i32>().value(row).to_owned();
                for row in 0..rows.num_rows() {
                    let one = known.entry(ids.value(row)).or_default();
                    one.files.push(KnownFile { role: text(1, row), path: text(2, row), blob_sha: text(3, row) });
                    if rows.column(4).is_valid(row) {
                        one.files_digest = Some(text(4, row));
                    }
                }
            }
            let first = self.today - Days::new(VELOCITY_DAYS);
            let query = format!(
                "SELECT DISTINCT repo_id FROM {SNAPSHOTS} WHERE repo_id IN ({list})
                 AND snapshot_date BETWEEN DATE '{first}' AND DATE '{}'",
                self.today
            );
            for rows in context.sql(&query).await?.collect().await? {
                for repo_id in rows.column(0).as_primitive::<Int64Type>().iter().flatten() {
                    known.entry(repo_id).or_default().has_recent_snapshot = true;
                }
            }
        }
        Ok(known)
    }
}

impl Published for PublishedTrending {
    fn known(&self, repo_ids: Vec<i64>) -> BoxFuture<'_, hublake_collect::Result<HashMap<i64, Known>>> {
        Box::pin(async move {
            let failed = |error| hublake_collect::Error::Lake(hublake_lake::Error::Query(error));
            self.of(&repo_ids).await.map_err(failed)
        })
    }
}
