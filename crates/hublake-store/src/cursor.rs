//! Where collecting a stream of a repository stands.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use crate::error::statement;
use crate::time::{instant, micros, optional};
use crate::{Result, Store};

/// Where collecting a stream of a repository stands. No cursor means that it was never begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The stream, such as `issues`.
    pub stream: String,
    /// The repository's numeric id.
    pub repo_id: i64,
    /// Everything updated up to then is published; moves only with a publication.
    pub watermark_updated_at: Option<DateTime<Utc>>,
    /// The address that is asked first.
    pub probe_url: Option<String>,
    /// ETag of the answer to `probe_url` that the published state contains.
    pub probe_etag: Option<String>,
    /// Raw runs up to this one are published.
    pub published_run_seq: Option<i64>,
    /// When everything, or at least a wide overlap, was last collected again.
    pub last_repair_at: Option<DateTime<Utc>>,
    /// Collecting that is not published yet.
    pub attempt: Option<Attempt>,
}

/// Collecting that is not published yet; it survives the death of the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The run that began it.
    pub first_run_seq: i64,
    /// The newest run that added to it.
    pub last_run_seq: i64,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// `full` or `incremental`.
    pub mode: String,
    /// In a full load, which goes by ascending update time: everything up to then is in the lake.
    pub committed_updated_at: Option<DateTime<Utc>>,
    /// Newest update time when it began: the watermark that its publication sets.
    pub max_updated_at: Option<DateTime<Utc>>,
    /// The address asked first when it began.
    pub probe_url: Option<String>,
    /// ETag of the answer to `probe_url`.
    pub probe_etag: Option<String>,
    /// The last page is in the lake: what it collected can be published.
    pub complete: bool,
    /// It read everything again, or a wide overlap.
    pub is_repair: bool,
}

#[derive(FromRow)]
struct CursorRow {
    stream: String,
    repo_id: i64,
    watermark_updated_at: Option<i64>,
    probe_url: Option<String>,
    probe_etag: Option<String>,
    published_run_seq: Option<i64>,
    last_repair_at: Option<i64>,
}

#[derive(FromRow)]
struct AttemptRow {
    stream: String,
    repo_id: i64,
    first_run_seq: i64,
    last_run_seq: i64,
    started_at: i64,
    mode: String,
    committed_updated_at: Option<i64>,
    max_updated_at: Option<i64>,
    probe_url: Option<String>,
    probe_etag: Option<String>,
    is_complete: i64,
    is_repair: i64,
}

impl Store {
    /// Where collecting a stream stands, for every repository that was ever begun, by repository.
    ///
    /// # Errors
    /// A row that cannot be read is an error, so that it never looks like a first run.
    pub async fn cursors(&self, stream: &str) -> Result<Vec<Cursor>> {
        self.cursors_of(stream, None).await
    }

    /// Where collecting a stream of one repository stands; `None` if it was never begun.
    pub async fn cursor(&self, stream: &str, repo_id: i64) -> Result<Option<Cursor>> {
        Ok(self.cursors_of(stream, Some(repo_id)).await?.pop())
    }

    async fn cursors_of(&self, stream: &str, repo_id: Option<i64>) -> Result<Vec<Cursor>> {
        let published: Vec<CursorRow> =
            sqlx::query_as("SELECT * FROM cursors WHERE stream = $1 AND repo_id = COALESCE($2, repo_id)")
                .bind(stream)
                .bind(repo_id)
                .fetch_all(&self.pool)
                .await
                .map_err(statement("reading cursors"))?;
        let attempts: Vec<AttemptRow> =
            sqlx::query_as("SELECT * FROM attempts WHERE stream = $1 AND repo_id = COALESCE($2, repo_id)")
                .bind(stream)
                .bind(repo_id)
                .fetch_all(&self.pool)
                .await
                .map_err(statement("reading attempts"))?;
        let mut cursors = BTreeMap::new();
        for row in published {
            let cursor = row.into_cursor()?;
            cursors.insert(cursor.repo_id, cursor);
        }
        for row in attempts {
            let (stream, repo_id) = (row.stream.clone(), row.repo_id);
            let attempt = row.into_attempt()?;
            cursors.entry(repo_id).or_insert_with(|| Cursor::unpublished(stream, repo_id)).attempt = Some(attempt);
        }
        Ok(cursors.into_values().collect())
    }

    /// Notes how far collecting has come; what was noted before is replaced.
    pub async fn save_attempt(&self, stream: &str, repo_id: i64, attempt: &Attempt) -> Result<()> {
        sqlx::query(
            "INSERT INTO attempts (stream, repo_id, first_run_seq, last_run_seq, started_at, mode,
                 committed_updated_at, max_updated_at, probe_url, probe_etag, is_complete, is_repair)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             ON CONFLICT (stream, repo_id) DO UPDATE SET first_run_seq = excluded.first_run_seq,
                 last_run_seq = excluded.last_run_seq, started_at = excluded.started_at, mode = excluded.mode,
                 committed_updated_at = excluded.committed_updated_at, max_updated_at = excluded.max_updated_at,
                 probe_url = excluded.probe_url, probe_etag = excluded.probe_etag,
                 is_complete = excluded.is_complete, is_repair = excluded.is_repair",
        )
        .bind(stream)
        .bind(repo_id)
        .bind(attempt.first_run_seq)
        .bind(attempt.last_run_seq)
        .bind(micros(attempt.started_at))
        .bind(&attempt.mode)
        .bind(attempt.committed_updated_at.map(micros))
        .bind(attempt.max_updated_at.map(micros))
        .bind(&attempt.probe_url)
        .bind(&attempt.probe_etag)
        .bind(i64::from(attempt.complete))
        .bind(i64::from(attempt.is_repair))
        .execute(&self.pool)
        .await
        .map_err(statement("saving an attempt"))?;
        Ok(())
    }

    /// Notes that a stream of a repository was looked through at `at`, whether or not anything is published of it.
    pub async fn note_repair(&self, stream: &str, repo_id: i64, at: DateTime<Utc>) -> Result<()> {
        sqlx::query(
            "INSERT INTO cursors (stream, repo_id, last_repair_at) VALUES ($1, $2, $3)
             ON CONFLICT (stream, repo_id) DO UPDATE SET last_repair_at = excluded.last_repair_at",
        )
        .bind(stream)
        .bind(repo_id)
        .bind(micros(at))
        .execute(&self.pool)
        .await
        .map_err(statement("noting a repair"))?;
        Ok(())
    }

    /// Forgets collecting that is not published: the next run begins from what is.
    pub async fn clear_attempt(&self, stream: &str, repo_id: i64) -> Result<()> {
        sqlx::query("DELETE FROM attempts WHERE stream = $1 AND repo_id = $2")
            .bind(stream)
            .bind(repo_id)
            .execute(&self.pool)
            .await
            .map_err(statement("clearing an attempt"))?;
        Ok(())
    }
}

impl Cursor {
    fn unpublished(stream: String, repo_id: i64) -> Self {
        Self {
            stream,
            repo_id,
            watermark_updated_at: None,
            probe_url: None,
            probe_etag: None,
            published_run_seq: None,
            last_repair_at: None,
            attempt: None,
        }
    }

    /// Writes the published part and forgets the attempt, within the transaction of a publication.
    pub(crate) async fn save(&self, connection: &mut sqlx::SqliteConnection) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO cursors (stream, repo_id, watermark_updated_at, probe_url, probe_etag, published_run_seq,
                 last_repair_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (stream, repo_id) DO UPDATE SET watermark_updated_at = excluded.watermark_updated_at,
                 probe_url = excluded.probe_url, probe_etag = excluded.probe_etag,
                 published_run_seq = excluded.published_run_seq, last_repair_at = excluded.last_repair_at",
        )
        .bind(&self.stream)
        .bind(self.repo_id)
        .bind(self.watermark_updated_at.map(micros))
        .bind(&self.probe_url)
        .bind(&self.probe_etag)
        .bind(self.published_run_seq)
        .bind(self.last_repair_at.map(micros))
        .execute(&mut *connection)
        .await?;
        sqlx::query("DELETE FROM attempts WHERE stream = $1 AND repo_id = $2")
            .bind(&self.stream)
            .bind(self.repo_id)
            .execute(connection)
            .await?;
        Ok(())
    }
}

impl CursorRow {
    fn into_cursor(self) -> Result<Cursor> {
        let what = format!("the cursor of {} for repository {}", self.stream, self.repo_id);
        Ok(Cursor {
            watermark_updated_at: optional(self.watermark_updated_at, &what)?,
            last_repair_at: optional(self.last_repair_at, &what)?,
            probe_url: self.probe_url,
            probe_etag: self.probe_etag,
            published_run_seq: self.published_run_seq,
            ..Cursor::unpublished(self.stream, self.repo_id)
        })
    }
}

impl AttemptRow {
    fn into_attempt(self) -> Result<Attempt> {
        let what = format!("the attempt of {} for repository {}", self.stream, self.repo_id);
        Ok(Attempt {
            first_run_seq: self.first_run_seq,
            last_run_seq: self.last_run_seq,
            started_at: instant(self.started_at, &what)?,
            mode: self.mode,
            committed_updated_at: optional(self.committed_updated_at, &what)?,
            max_updated_at: optional(self.max_updated_at, &what)?,
            probe_url: self.probe_url,
            probe_etag: self.probe_etag,
            complete: self.is_complete != 0,
            is_repair: self.is_repair != 0,
        })
    }
}
