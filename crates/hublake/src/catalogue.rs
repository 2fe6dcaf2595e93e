//! What readers see: the tables of a publication.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use datafusion::catalog::MemorySchemaProvider;
use datafusion::common::TableReference;
use datafusion::prelude::SessionContext;
use hublake_lake::{SessionOptions, session};
use hublake_models::Project;

use crate::home::Home;

/// A session over what is published now, or was at `as_of`.
///
/// The default schema holds what readers see, schema `stored` each table as it lies in the lake. Views show up
/// to `present`.
pub async fn reader(
    home: &Home,
    project: &Project,
    as_of: Option<DateTime<Utc>>,
    present: DateTime<Utc>,
) -> Result<SessionContext> {
    let publications = home.store.publications(as_of).await?;
    if publications.is_empty() {
        return match as_of {
            None => Err(anyhow::anyhow!(
                "nothing is published yet\nhint: hublake add OWNER/NAME, then hublake run issues or hublake run traffic; or hublake run trending, which finds its own"
            )),
            Some(at) => Err(anyhow::anyhow!("nothing was published at {}", at.format("%Y-%m-%d %H:%M:%S UTC"))),
        };
    }
    let pipelines: Vec<String> = publications.iter().map(|publication| publication.pipeline.clone()).collect();
    let mut tables: BTreeMap<String, i64> = BTreeMap::new();
    for (name, version) in publications.into_iter().flat_map(|publication| publication.tables) {
        // What several pipelines append to is seen as far as the newest of their publications goes.
        let seen = tables.entry(name).or_insert(version);
        *seen = version.max(*seen);
    }
    let context = with_tables(home, tables).await?;
    hublake_models::register_views(&context, project, &pipelines, present).await?;
    Ok(context)
}

async fn with_tables(home: &Home, tables: BTreeMap<String, i64>) -> Result<SessionContext> {
    let options = SessionOptions { memory_limit_bytes: home.settings.memory_bytes, ..Default::default() };
    let context = session(&options)?;
    let catalog = context.catalog("hublake").context("the session has no catalogue")?;
    catalog.register_schema("stored", Arc::new(MemorySchemaProvider::new()))?;
    let opened = tables.iter().map(|(name, version)| async move {
        let snapshot = home.lake.snapshot(name, Some(*version)).await?;
        let snapshot = snapshot.with_context(|| {
            format!(
                "table {name} is published but not in the lake\nhint: restore the lake from a backup, or collect again"
            )
        })?;
        anyhow::Ok((name, snapshot.provider()))
    });
    // All are waited for: one that is given up on its way leaves a task behind that complains.
    for opened in futures::future::join_all(opened).await {
        let (name, provider) = opened?;
        context.register_table(TableReference::partial("stored", name.as_str()), Arc::clone(&provider))?;
        context.register_table(name.as_str(), provider)?;
    }
    Ok(context)
}
