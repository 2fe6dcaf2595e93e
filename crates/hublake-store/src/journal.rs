//! The journal of administrative acts.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use crate::error::statement;
use crate::time::{instant, micros};
use crate::{Result, Store};

/// Something that a person did to the home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    /// When.
    pub at: DateTime<Utc>,
    /// What, such as `add repository`.
    pub act: String,
    /// To what, such as `rust-lang/rust`; never a secret.
    pub subject: String,
    /// Who.
    pub done_by: String,
}

#[derive(FromRow)]
struct Row {
    at: i64,
    act: String,
    subject: String,
    done_by: String,
}

impl Store {
    /// Writes an entry.
    pub async fn journal(&self, act: &str, subject: &str, done_by: &str) -> Result<()> {
        sqlx::query(
            "INSERT INTO journal (entry_id, at, act, subject, done_by)
             VALUES ((SELECT COALESCE(MAX(entry_id), 0) + 1 FROM journal), $1, $2, $3, $4)",
        )
        .bind(micros(Utc::now()))
        .bind(act)
        .bind(subject)
        .bind(done_by)
        .execute(&self.pool)
        .await
        .map_err(statement("writing the journal"))?;
        Ok(())
    }

    /// The newest entries, newest first.
    pub async fn journal_entries(&self, limit: u32) -> Result<Vec<JournalEntry>> {
        let rows: Vec<Row> =
            sqlx::query_as("SELECT at, act, subject, done_by FROM journal ORDER BY entry_id DESC LIMIT $1")
                .bind(i64::from(limit))
                .fetch_all(&self.pool)
                .await
                .map_err(statement("reading the journal"))?;
        rows.into_iter()
            .map(|row| {
                let at = instant(row.at, "a journal entry's time")?;
                Ok(JournalEntry { at, act: row.act, subject: row.subject, done_by: row.done_by })
            })
            .collect()
    }
}
