//! Accepted exceptions to audits.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use crate::error::statement;
use crate::time::{instant, micros};
use crate::{Result, Store};

/// An audit's finding in one repository that a person accepted; it is shown with the figures it touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// Its number.
    pub exception_id: i64,
    /// The audit.
    pub rule: String,
    /// The repository.
    pub repo_id: i64,
    /// Why it was accepted.
    pub why: String,
    /// Who accepted it.
    pub accepted_by: String,
    /// When.
    pub accepted_at: DateTime<Utc>,
}

#[derive(FromRow)]
struct Row {
    exception_id: i64,
    rule: String,
    repo_id: i64,
    why: String,
    accepted_by: String,
    accepted_at: i64,
}

impl Store {
    /// Accepts what an audit finds in a repository, in place of an earlier exception for the same.
    pub async fn accept_exception(&self, rule: &str, repo_id: i64, why: &str, by: &str) -> Result<i64> {
        let failed = || statement("accepting an exception");
        let mut transaction = self.pool.begin().await.map_err(failed())?;
        sqlx::query("UPDATE exceptions SET revoked_at = $3 WHERE rule = $1 AND repo_id = $2 AND revoked_at IS NULL")
            .bind(rule)
            .bind(repo_id)
            .bind(micros(Utc::now()))
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        let exception_id = sqlx::query_scalar(
            "INSERT INTO exceptions (exception_id, rule, repo_id, why, accepted_by, accepted_at)
             VALUES ((SELECT COALESCE(MAX(exception_id), 0) + 1 FROM exceptions), $1, $2, $3, $4, $5)
             RETURNING exception_id",
        )
        .bind(rule)
        .bind(repo_id)
        .bind(why)
        .bind(by)
        .bind(micros(Utc::now()))
        .fetch_one(&mut *transaction)
        .await
        .map_err(failed())?;
        transaction.commit().await.map_err(failed())?;
        Ok(exception_id)
    }

    /// The exceptions in force.
    pub async fn exceptions(&self) -> Result<Vec<Exception>> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT exception_id, rule, repo_id, why, accepted_by, accepted_at FROM exceptions
             WHERE revoked_at IS NULL ORDER BY exception_id",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(statement("listing exceptions"))?;
        rows.into_iter().map(Row::into_exception).collect()
    }

    /// Ends an exception. Tells whether it was in force.
    pub async fn revoke_exception(&self, exception_id: i64) -> Result<bool> {
        let done = sqlx::query("UPDATE exceptions SET revoked_at = $2 WHERE exception_id = $1 AND revoked_at IS NULL")
            .bind(exception_id)
            .bind(micros(Utc::now()))
            .execute(&self.pool)
            .await
            .map_err(statement("revoking an exception"))?;
        Ok(done.rows_affected() > 0)
    }
}

impl Row {
    fn into_exception(self) -> Result<Exception> {
        Ok(Exception {
            exception_id: self.exception_id,
            rule: self.rule,
            repo_id: self.repo_id,
            why: self.why,
            accepted_by: self.accepted_by,
            accepted_at: instant(self.accepted_at, "an exception's time")?,
        })
    }
}
