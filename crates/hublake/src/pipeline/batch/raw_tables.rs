//! The raw tables that a publication reads.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use hublake_collect::tables;
use hublake_lake::Snapshot;

use crate::home::Home;
use crate::pipeline::Pipeline;

/// The raw tables of a pipeline as they were when publishing began.
pub struct RawTables {
    by_name: BTreeMap<String, Snapshot>,
}

impl RawTables {
    /// Opens them; those that must be there because runs are noted as collected are an error where they are not.
    pub async fn open(home: &Home, pipeline: &Pipeline) -> Result<Self> {
        let mut by_name = BTreeMap::new();
        for spec in tables::of_pipeline(pipeline.name) {
            let snapshot = match spec.name.as_str() {
                tables::RAW_RUNS | tables::RAW_ISSUES => written(home, &spec.name, pipeline).await?,
                // Nothing may have come for it yet.
                _ => home.lake.table(&spec).await?.snapshot().clone(),
            };
            by_name.insert(spec.name, snapshot);
        }
        Ok(Self { by_name })
    }

    /// One of them.
    pub fn of(&self, name: &str) -> Result<&Snapshot> {
        self.by_name.get(name).with_context(|| format!("table {name} is not of this pipeline"))
    }
}

async fn written(home: &Home, table: &str, pipeline: &Pipeline) -> Result<Snapshot> {
    let snapshot = home.lake.snapshot(table, None).await?;
    snapshot.with_context(|| {
        let name = pipeline.name;
        format!("table {table} is not in the lake, though runs are noted as collected\nhint: restore the lake, or collect again with `hublake run {name}{}`", if name == "issues" { " --full" } else { "" })
    })
}
