//! What a batch touches of the tables stored by month.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use chrono::NaiveDate;
use hublake_lake::{Months, Table, Taken};
use hublake_models::Model;

/// The months or days whose rows a batch changes.
pub(super) enum Touched {
    /// All days of these months may change.
    Months(Months),
    /// These days change, and no others of their months.
    Days(BTreeSet<NaiveDate>),
}

impl Touched {
    /// Takes the rows of repositories out of a table stored by month: of the days alone where its model reads so many
    /// days before them, else of the months.
    pub(super) async fn take(
        &self,
        table: &mut Table,
        model: &Model,
        repo_ids: &[i64],
        previous: bool,
    ) -> Result<Taken> {
        let taken = match (self, model.previous_days) {
            (Self::Days(days), Some(before)) => table.take_days(repo_ids, days, before, previous).await?,
            (Self::Days(days), None) => {
                table.take_months(repo_ids, &Months::of(days.iter().copied()), previous).await?
            }
            (Self::Months(months), None) => table.take_months(repo_ids, months, previous).await?,
            (Self::Months(_), Some(_)) => bail!(
                "model {} replaces days, and pipeline {} tells months\nhint: leave previous_days out of {}",
                model.name,
                model.pipeline,
                model.path
            ),
        };
        Ok(taken)
    }
}
