//! Repositories that are collected.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use crate::error::statement;
use crate::time::{instant, micros, optional};
use crate::{Result, Store};

/// A repository that is, or was, collected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// GitHub's numeric id.
    pub repo_id: i64,
    /// The account that owns it, as last known.
    pub owner: String,
    /// Its name, as last known.
    pub name: String,
    /// Whether only some may see it.
    pub is_private: bool,
    /// Whether its owner has archived it.
    pub is_archived: bool,
    /// Whether a selection brought it, not its name; it goes when the selection has it no more.
    pub is_selected: bool,
    /// When it was first added.
    pub added_at: DateTime<Utc>,
    /// Since when it is no longer collected; its history stays.
    pub removed_at: Option<DateTime<Utc>>,
}

/// A name that a repository has or had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryName {
    /// `owner/name`.
    pub full_name: String,
    /// Since when it is known here.
    pub valid_from: DateTime<Utc>,
    /// Until when; `None` for the name it has now.
    pub valid_to: Option<DateTime<Utc>>,
}

#[derive(FromRow)]
struct Row {
    repo_id: i64,
    owner: String,
    name: String,
    is_private: i64,
    is_archived: i64,
    is_selected: i64,
    added_at: i64,
    removed_at: Option<i64>,
}

impl Repository {
    /// `owner/name`.
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }
}

impl Store {
    /// Adds a repository, or brings its name and flags up to date; one that was removed is collected again.
    pub async fn add_repository(&self, repository: &Repository) -> Result<()> {
        let failed = || statement("adding a repository");
        let mut transaction = self.pool.begin().await.map_err(failed())?;
        sqlx::query(
            "INSERT INTO repositories (repo_id, owner, name, is_private, is_archived, added_at, removed_at, is_selected)
             VALUES ($1, $2, $3, $4, $5, $6, NULL, $7)
             ON CONFLICT (repo_id) DO UPDATE SET owner = excluded.owner, name = excluded.name,
                 is_private = excluded.is_private, is_archived = excluded.is_archived, removed_at = NULL,
                 is_selected = excluded.is_selected",
        )
        .bind(repository.repo_id)
        .bind(&repository.owner)
        .bind(&repository.name)
        .bind(i64::from(repository.is_private))
        .bind(i64::from(repository.is_archived))
        .bind(micros(repository.added_at))
        .bind(i64::from(repository.is_selected))
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
        note_name(&mut transaction, repository.repo_id, &repository.full_name()).await.map_err(failed())?;
        transaction.commit().await.map_err(failed())
    }

    /// Gives a repository the name it has now.
    pub async fn rename_repository(&self, repo_id: i64, owner: &str, name: &str) -> Result<()> {
        let failed = || statement("renaming a repository");
        let mut transaction = self.pool.begin().await.map_err(failed())?;
        let renamed = sqlx::query("UPDATE repositories SET owner = $2, name = $3 WHERE repo_id = $1")
            .bind(repo_id)
            .bind(owner)
            .bind(name)
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        if renamed.rows_affected() > 0 {
            note_name(&mut transaction, repo_id, &format!("{owner}/{name}")).await.map_err(failed())?;
        }
        transaction.commit().await.map_err(failed())
    }

    /// The names that a repository had, oldest first.
    pub async fn repository_names(&self, repo_id: i64) -> Result<Vec<RepositoryName>> {
        let rows: Vec<(String, i64, Option<i64>)> = sqlx::query_as(
            "SELECT full_name, valid_from, valid_to FROM repository_names WHERE repo_id = $1 ORDER BY valid_from",
        )
        .bind(repo_id)
        .fetch_all(&self.pool)
        .await
        .map_err(statement("listing a repository's names"))?;
        let what = format!("a name of repository {repo_id}");
        rows.into_iter()
            .map(|(full_name, from, to)| {
                let (valid_from, valid_to) = (instant(from, &what)?, optional(to, &what)?);
                Ok(RepositoryName { full_name, valid_from, valid_to })
            })
            .collect()
    }

    /// The repositories that are collected, by id.
    pub async fn repositories(&self) -> Result<Vec<Repository>> {
        let rows: Vec<Row> = sqlx::query_as("SELECT * FROM repositories WHERE removed_at IS NULL ORDER BY repo_id")
            .fetch_all(&self.pool)
            .await
            .map_err(statement("listing repositories"))?;
        rows.into_iter().map(Row::into_repository).collect()
    }

    /// Every repository that was ever added, by id.
    pub async fn all_repositories(&self) -> Result<Vec<Repository>> {
        let rows: Vec<Row> = sqlx::query_as("SELECT * FROM repositories ORDER BY repo_id")
            .fetch_all(&self.pool)
            .await
            .map_err(statement("listing repositories"))?;
        rows.into_iter().map(Row::into_repository).collect()
    }

    /// The collected repository of this name, whatever the case of its letters.
    pub async fn repository_by_name(&self, owner: &str, name: &str) -> Result<Option<Repository>> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT * FROM repositories
             WHERE LOWER(owner) = LOWER($1) AND LOWER(name) = LOWER($2) AND removed_at IS NULL ORDER BY added_at DESC",
        )
        .bind(owner)
        .bind(name)
        .fetch_optional(&self.pool)
        .await
        .map_err(statement("finding a repository"))?;
        row.map(Row::into_repository).transpose()
    }

    /// Stops collecting a repository; its history stays. Tells whether it was collected.
    pub async fn remove_repository(&self, repo_id: i64, removed_at: DateTime<Utc>) -> Result<bool> {
        let done = sqlx::query("UPDATE repositories SET removed_at = $2 WHERE repo_id = $1 AND removed_at IS NULL")
            .bind(repo_id)
            .bind(micros(removed_at))
            .execute(&self.pool)
            .await
            .map_err(statement("removing a repository"))?;
        Ok(done.rows_affected() > 0)
    }

    /// Forgets a repository and where collecting it stands.
    pub async fn purge_repository(&self, repo_id: i64) -> Result<()> {
        let failed = || statement("purging a repository");
        let mut transaction = self.pool.begin().await.map_err(failed())?;
        for forget in [
            "DELETE FROM attempts WHERE repo_id = $1",
            "DELETE FROM cursors WHERE repo_id = $1",
            "DELETE FROM exceptions WHERE repo_id = $1",
            "DELETE FROM repository_names WHERE repo_id = $1",
            "DELETE FROM repositories WHERE repo_id = $1",
        ] {
            sqlx::query(forget).bind(repo_id).execute(&mut *transaction).await.map_err(failed())?;
        }
        transaction.commit().await.map_err(failed())
    }
}

/// Keeps a name with its time where it is another one than the repository had last.
async fn note_name(connection: &mut sqlx::SqliteConnection, repo_id: i64, full_name: &str) -> Result<(), sqlx::Error> {
    let last: Option<(String, i64)> =
        sqlx::query_as("SELECT full_name, valid_from FROM repository_names WHERE repo_id = $1 AND valid_to IS NULL")
            .bind(repo_id)
            .fetch_optional(&mut *connection)
            .await?;
    let now = match &last {
        Some((last, _)) if last == full_name => return Ok(()),
        // A clock set back must not turn names around.
        Some((_, since)) => micros(Utc::now()).max(since + 1),
        None => micros(Utc::now()),
    };
    sqlx::query("UPDATE repository_names SET valid_to = $2 WHERE repo_id = $1 AND valid_to IS NULL")
        .bind(repo_id)
        .bind(now)
        .execute(&mut *connection)
        .await?;
    sqlx::query("INSERT INTO repository_names (repo_id, full_name, valid_from) VALUES ($1, $2, $3)")
        .bind(repo_id)
        .bind(full_name)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

impl Row {
    fn into_repository(self) -> Result<Repository> {
        Ok(Repository {
            repo_id: self.repo_id,
            owner: self.owner,
            name: self.name,
            is_private: self.is_private != 0,
            is_archived: self.is_archived != 0,
            is_selected: self.is_selected != 0,
            added_at: instant(self.added_at, "a repository's time of adding")?,
            removed_at: optional(self.removed_at, "a repository's time of removal")?,
        })
    }
}
