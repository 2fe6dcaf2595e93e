//! Which of Render's services repositories use.

use anyhow::Result;
use chrono::NaiveDate;
use datafusion::prelude::SessionContext;
use serde::Serialize;

use super::rows::rows;

/// A service, over the Render repositories of a day.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Adoption {
    /// `web`, `worker`, `cron`, `private`, `static`, `postgres`, `redis` or `workflow`.
    pub service_type: String,
    /// What it is.
    pub service_description: Option<String>,
    /// Repositories that have at least one.
    pub repos_using_service: i64,
    /// How often they have it in all their environments.
    pub total_service_instances: i64,
    /// Mean complexity of these repositories' blueprints, 0 to 10.
    pub avg_complexity_score: Option<f64>,
    /// Those of them with a button that deploys them.
    pub blueprints_with_service: i64,
    /// The day of the newest run that saw a repository use one, UTC.
    pub snapshot_date: Option<NaiveDate>,
}

/// The most used first; those that nobody uses are there with 0.
pub(super) async fn adoption(context: &SessionContext) -> Result<Vec<Adoption>> {
    let query = "SELECT service_type, service_description, repos_using_service, total_service_instances,
             avg_complexity_score, blueprints_with_service, snapshot_date
         FROM analytics_render_services_adoption
         ORDER BY repos_using_service DESC, total_service_instances DESC, service_type";
    rows(context, query, |row| {
        Some(Adoption {
            service_type: row.text("service_type")?,
            service_description: row.text("service_description"),
            repos_using_service: row.number("repos_using_service").unwrap_or_default(),
            total_service_instances: row.number("total_service_instances").unwrap_or_default(),
            avg_complexity_score: row.decimal("avg_complexity_score"),
            blueprints_with_service: row.number("blueprints_with_service").unwrap_or_default(),
            snapshot_date: row.date("snapshot_date"),
        })
    })
    .await
}
