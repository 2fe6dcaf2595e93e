//! What is published of trending repositories, as collecting asks for it.

use std::collections::HashMap;

use anyhow::Result;
use arrow::array::{Array, AsArray};
use arrow::datatypes::Int64Type;
use chrono::{DateTime, Days, Utc};
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
const NAMED: &str = "file.dockerfile_paths";
const NOT_NAMED: &str = "CAST(NULL AS VARCHAR[])";
/// Days of snapshots that the stars gained a day are told from.
const VELOCITY_DAYS: u64 = 7;
/// Repositories that one query names.
const ASKED_AT_ONCE: usize = 5_000;

/// The published tables; none before the first publication.
pub struct PublishedTrending {
    context: Option<SessionContext>,
    /// The column with the Dockerfiles that a `render.yaml` names; null where an older program published the files.
    named_dockerfiles: &'static str,
    now: DateTime<Utc>,
}

impl PublishedTrending {
    /// Opens them.
    pub async fn open(home: &Home, now: DateTime<Utc>) -> Result<Self> {
        let mut named_dockerfiles = NOT_NAMED;
        let Some(publication) = home.store.latest_publication(TRENDING.name).await? else {
            return Ok(Self { context: None, named_dockerfiles, now });
        };
        let context = session(&SessionOptions::default())?;
        for name in [FILES, BLUEPRINTS, SNAPSHOTS] {
            let version = publication.tables.get(name).copied();
            let Some(snapshot) = home.lake.snapshot(name, version).await? else {
                anyhow::bail!("table {name} is published but not in the lake\nhint: restore the lake from a backup");
            };
            if name == FILES && snapshot.schema.field_with_name("dockerfile_paths").is_ok() {
                named_dockerfiles = NAMED;
            }
            context.register_table(name, snapshot.provider())?;
        }
        Ok(Self { context: Some(context), named_dockerfiles, now })
    }

    async fn of(&self, repo_ids: &[i64]) -> Result<HashMap<i64, Known>, DataFusionError> {
        let mut known: HashMap<i64, Known> = HashMap::new();
        let Some(context) = &self.context else { return Ok(known) };
        let named_dockerfiles = self.named_dockerfiles;
        for ids in repo_ids.chunks(ASKED_AT_ONCE) {
            let list = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            // What a render.yaml says is not stored of a repository that a rule left out.
            let query = format!(
                "SELECT file.repo_id, file.role, file.path, file.blob_sha, file.files_digest, {named_dockerfiles}
                 FROM {FILES} file LEFT JOIN {BLUEPRINTS} stored
                 ON stored.repo_id = file.repo_id AND stored.blob_sha = file.blob_sha
                 WHERE file.repo_id IN ({list}) AND (file.role <> 'render_yaml' OR stored.repo_id IS NOT NULL)
                 ORDER BY file.repo_id, file.role, file.path"
            );
            for rows in context.sql(&query).await?.collect().await? {
                let ids = rows.column(0).as_primitive::<Int64Type>();
                let text = |column: usize, row: usize| rows.column(column).as_string::<i32>().value(row).to_owned();
                let named = rows.column(5).as_list::<i32>();
                for row in 0..rows.num_rows() {
                    let one = known.entry(ids.value(row)).or_default();
                    one.files.push(KnownFile { role: text(1, row), path: text(2, row), blob_sha: text(3, row) });
                    if rows.column(4).is_valid(row) {
                        one.files_digest = Some(text(4, row));
                    }
                    if named.is_valid(row) {
                        let paths = named.value(row);
                        let paths = paths.as_string::<i32>().iter().flatten();
                        one.named_dockerfiles = Some(paths.map(str::to_owned).collect());
                    }
                }
            }
            // Half a day is the least that the models tell stars a day from.
            let (now, today) = (self.now.format("%Y-%m-%dT%H:%M:%S%.6fZ"), self.now.date_naive());
            let first = today - Days::new(VELOCITY_DAYS);
            let query = format!(
                "SELECT DISTINCT repo_id FROM {SNAPSHOTS} WHERE repo_id IN ({list})
                 AND (snapshot_date >= DATE '{first}' AND snapshot_date < DATE '{today}'
                         AND seen_at <= TIMESTAMP '{now}' - INTERVAL '12 hours'
                     OR snapshot_date = DATE '{today}' AND star_velocity IS NOT NULL)",
            );
            for rows in context.sql(&query).await?.collect().await? {
                for repo_id in rows.column(0).as_primitive::<Int64Type>().iter().flatten() {
                    known.entry(repo_id).or_default().has_velocity = true;
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

#[cfg(test)]
mod tests {
    use super::*;

    async fn known_of(files: &str, named_dockerfiles: &'static str) -> Known {
        let context = session(&SessionOptions::default()).unwrap();
        let snapshot = "SELECT CAST(8 AS BIGINT) AS repo_id, DATE '2026-09-01' AS snapshot_date,
            TIMESTAMP '2026-09-01T10:00:00Z' AS seen_at, 1.0 AS star_velocity";
        let blueprint = "SELECT CAST(7 AS BIGINT) AS repo_id, 'y' AS blob_sha";
        for (name, query) in [(FILES, files), (BLUEPRINTS, blueprint), (SNAPSHOTS, snapshot)] {
            let rows = context.sql(query).await.unwrap();
            context.register_table(name, rows.into_view()).unwrap();
        }
        let now = "2026-09-02T12:00:00Z".parse().unwrap();
        let published = PublishedTrending { context: Some(context), named_dockerfiles, now };
        published.of(&[7]).await.unwrap().remove(&7).unwrap()
    }

    const FILE: &str = "SELECT CAST(7 AS BIGINT) AS repo_id, 'render_yaml' AS role, 'render.yaml' AS path,
        'y' AS blob_sha, 'digest' AS files_digest";

    #[tokio::test]
    async fn what_a_render_yaml_names_is_known_and_in_tables_of_an_older_program_it_is_not() {
        let known = known_of(&format!("{FILE}, make_array('a/Dockerfile') AS dockerfile_paths"), NAMED).await;
        assert_eq!(known.named_dockerfiles, Some(vec!["a/Dockerfile".to_owned()]));
        let known = known_of(FILE, NOT_NAMED).await;
        assert_eq!((known.named_dockerfiles, known.files_digest.as_deref()), (None, Some("digest")));
    }
}
