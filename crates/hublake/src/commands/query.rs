//! `hublake query`.

use anyhow::{Context, Result};
use datafusion::prelude::SQLOptions;
use hublake_models::Project;

use super::Ended;
use crate::catalogue;
use crate::cli::QueryArgs;
use crate::home::Home;
use crate::output;

/// Runs one reading statement over what is published.
pub async fn query(home: &Home, args: QueryArgs) -> Result<Ended> {
    let project = Project::embedded()?;
    let present = args.as_of.unwrap_or_else(|| home.settings.present());
    let context = catalogue::reader(home, &project, args.as_of, present).await?;
    let only_reading = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    let started = std::time::Instant::now();
    let rows = context.sql_with_options(&args.sql, only_reading).await.map_err(|error| {
        anyhow::anyhow!(
            "the query cannot be run: {}\nhint: SHOW TABLES lists the tables, DESCRIBE TABLE their columns",
            error.strip_backtrace()
        )
    })?;
    let schema = rows.schema().as_arrow().clone();
    let batches = rows.collect().await.context("the query failed")?;
    tracing::info!(duration_ms = started.elapsed().as_secs_f64() * 1e3, "query done");
    output::print(&schema, &batches, args.format)?;
    Ok(Ended::Done)
}
