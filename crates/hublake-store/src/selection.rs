//! What brings repositories in without naming them.

use chrono::Utc;

use crate::error::statement;
use crate::time::micros;
use crate::{Error, Result, Store};

/// What brings repositories in, or keeps them out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Selection {
    /// A user's, by login.
    User(String),
    /// An organisation's, by login.
    Organisation(String),
    /// A rule, as its author wrote it.
    Rule(String),
}

impl Selection {
    fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::User(login) => ("user", login),
            Self::Organisation(login) => ("organisation", login),
            Self::Rule(text) => ("rule", text),
        }
    }
}

impl Store {
    /// Adds a selection; one that is there stays as it is.
    pub async fn add_selection(&self, selection: &Selection) -> Result<()> {
        let (kind, value) = selection.parts();
        sqlx::query("INSERT INTO selections (kind, value, added_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(kind)
            .bind(value)
            .bind(micros(Utc::now()))
            .execute(&self.pool)
            .await
            .map_err(statement("adding a selection"))?;
        Ok(())
    }

    /// Forgets a selection; tells whether it was there.
    pub async fn remove_selection(&self, selection: &Selection) -> Result<bool> {
        let (kind, value) = selection.parts();
        let done = sqlx::query("DELETE FROM selections WHERE kind = $1 AND value = $2")
            .bind(kind)
            .bind(value)
            .execute(&self.pool)
            .await
            .map_err(statement("removing a selection"))?;
        Ok(done.rows_affected() > 0)
    }

    /// All selections, in the order in which they were added.
    pub async fn selections(&self) -> Result<Vec<Selection>> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT kind, value FROM selections ORDER BY added_at, kind, value")
                .fetch_all(&self.pool)
                .await
                .map_err(statement("listing selections"))?;
        rows.into_iter()
            .map(|(kind, value)| match kind.as_str() {
                "user" => Ok(Selection::User(value)),
                "organisation" => Ok(Selection::Organisation(value)),
                "rule" => Ok(Selection::Rule(value)),
                _ => Err(Error::BadValue { what: format!("selection {value}"), reason: format!("its kind is {kind}") }),
            })
            .collect()
    }
}
