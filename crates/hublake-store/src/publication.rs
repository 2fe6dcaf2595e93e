//! What readers see: table versions that belong together.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use crate::error::statement;
use crate::time::{instant, micros};
use crate::{Cursor, Error, Result, Store};

/// Table versions that readers see together since `published_at`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// Grows by one a publication.
    pub publication_id: i64,
    /// The pipeline that made it.
    pub pipeline: String,
    /// The run that made it.
    pub run_seq: i64,
    /// When readers began to see it.
    pub published_at: DateTime<Utc>,
    /// What the run called the present.
    pub run_at: DateTime<Utc>,
    /// Delta version by table.
    pub tables: BTreeMap<String, i64>,
}

/// A publication to be made, with the cursors that move with it.
#[derive(Clone, Debug)]
pub struct NewPublication {
    /// The pipeline.
    pub pipeline: String,
    /// The run.
    pub run_seq: i64,
    /// When readers begin to see it; where that is before the pipeline's last publication, the store takes the
    /// last one's time, so that a clock set back does not turn publications around.
    pub published_at: DateTime<Utc>,
    /// What the run called the present.
    pub run_at: DateTime<Utc>,
    /// Delta version by table.
    pub tables: BTreeMap<String, i64>,
    /// The published part of these is written, their attempts are forgotten.
    pub cursors: Vec<Cursor>,
}

#[derive(FromRow)]
struct Row {
    publication_id: i64,
    pipeline: String,
    run_seq: i64,
    published_at: i64,
    run_at: i64,
    tables: String,
}

impl Store {
    /// Makes readers see new table versions and moves the cursors, in one transaction.
    pub async fn publish(&self, publication: NewPublication) -> Result<Publication> {
        let failed = || statement("publishing");
        let tables = serde_json::to_string(&publication.tables)
            .map_err(|error| Error::BadValue { what: "a publication".to_owned(), reason: error.to_string() })?;
        let mut transaction = self.pool.begin().await.map_err(failed())?;
        let (publication_id, published_at): (i64, i64) = sqlx::query_as(
            "INSERT INTO publications (publication_id, pipeline, run_seq, published_at, run_at, tables)
             SELECT (SELECT COALESCE(MAX(publication_id), 0) + 1 FROM publications), $1, $2,
                 CASE WHEN last_at > $3 THEN last_at ELSE $3 END, $4, $5
             FROM (SELECT MAX(published_at) AS last_at FROM publications WHERE pipeline = $1) AS earlier
             RETURNING publication_id, published_at",
        )
        .bind(&publication.pipeline)
        .bind(publication.run_seq)
        .bind(micros(publication.published_at))
        .bind(micros(publication.run_at))
        .bind(tables)
        .fetch_one(&mut *transaction)
        .await
        .map_err(failed())?;
        for cursor in &publication.cursors {
            cursor.save(&mut transaction).await.map_err(failed())?;
        }
        transaction.commit().await.map_err(failed())?;
        Ok(Publication {
            publication_id,
            pipeline: publication.pipeline,
            run_seq: publication.run_seq,
            published_at: instant(published_at, "the publication's time")?,
            run_at: publication.run_at,
            tables: publication.tables,
        })
    }

    /// What readers of a pipeline see now.
    pub async fn latest_publication(&self, pipeline: &str) -> Result<Option<Publication>> {
        self.one_publication(
            "SELECT * FROM publications WHERE pipeline = $1 AND published_at <= $2 ORDER BY publication_id DESC LIMIT 1",
            pipeline,
            i64::MAX,
        )
        .await
    }

    /// What readers of a pipeline saw at an instant.
    pub async fn publication_as_of(&self, pipeline: &str, at: DateTime<Utc>) -> Result<Option<Publication>> {
        self.one_publication(
            "SELECT * FROM publications WHERE pipeline = $1 AND published_at <= $2
             ORDER BY published_at DESC, publication_id DESC LIMIT 1",
            pipeline,
            micros(at),
        )
        .await
    }

    /// The newest publication of every pipeline, of what was published up to `at` if it is given.
    pub async fn publications(&self, at: Option<DateTime<Utc>>) -> Result<Vec<Publication>> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT * FROM publications p WHERE published_at <= $1 AND NOT EXISTS (
                 SELECT 1 FROM publications q WHERE q.pipeline = p.pipeline AND q.published_at <= $1
                     AND (q.published_at > p.published_at
                          OR (q.published_at = p.published_at AND q.publication_id > p.publication_id)))
             ORDER BY pipeline",
        )
        .bind(at.map_or(i64::MAX, micros))
        .fetch_all(&self.pool)
        .await
        .map_err(statement("reading publications"))?;
        rows.into_iter().map(Row::into_publication).collect()
    }

    /// Every publication that was current at or after an instant, oldest first.
    pub async fn publications_since(&self, at: DateTime<Utc>) -> Result<Vec<Publication>> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT * FROM publications p WHERE published_at >= $1 OR NOT EXISTS (
                 SELECT 1 FROM publications q WHERE q.pipeline = p.pipeline AND q.publication_id > p.publication_id
                     AND q.published_at <= $1)
             ORDER BY publication_id",
        )
        .bind(micros(at))
        .fetch_all(&self.pool)
        .await
        .map_err(statement("reading publications"))?;
        rows.into_iter().map(Row::into_publication).collect()
    }

    async fn one_publication(&self, query: &'static str, pipeline: &str, at: i64) -> Result<Option<Publication>> {
        let row: Option<Row> = sqlx::query_as(query)
            .bind(pipeline)
            .bind(at)
            .fetch_optional(&self.pool)
            .await
            .map_err(statement("reading publications"))?;
        row.map(Row::into_publication).transpose()
    }
}

impl Row {
    fn into_publication(self) -> Result<Publication> {
        let what = format!("publication {}", self.publication_id);
        let tables = serde_json::from_str(&self.tables)
            .map_err(|error| Error::BadValue { what: what.clone(), reason: error.to_string() })?;
        Ok(Publication {
            publication_id: self.publication_id,
            pipeline: self.pipeline,
            run_seq: self.run_seq,
            published_at: instant(self.published_at, &what)?,
            run_at: instant(self.run_at, &what)?,
            tables,
        })
    }
}
