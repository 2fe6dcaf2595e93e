//! Rows of the lake, as publishing reads them.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use arrow::datatypes::SchemaRef;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::{DataFrame, SessionContext};
use futures::{StreamExt, TryStreamExt};
use hublake_models::Project;
use hublake_postgres::{BoxError, Rows, Source};

use crate::catalogue;
use crate::home::Home;

/// In a query of a table that only grows: the number after which rows are new.
const AFTER: &str = "$after";

/// What is published in the lake now.
pub struct Lake {
    context: SessionContext,
    pipelines: Vec<String>,
    /// What tells the content of each table from any other: the names of its files, which are never used again.
    contents: BTreeMap<String, String>,
}

impl Lake {
    /// Opens what is published; a publication that comes meanwhile is waited for.
    pub async fn open(home: &Home, project: &Project) -> Result<Self> {
        let mut before = versions(home).await?;
        loop {
            let context = catalogue::reader(home, project, None, home.settings.present()).await?;
            let after = versions(home).await?;
            if before == after {
                let (pipelines, tables) = after;
                let contents = contents(home, &tables).await?;
                return Ok(Self { context, pipelines, contents });
            }
            before = after;
        }
    }

    /// Whether anything of a pipeline is published.
    pub fn has_pipeline(&self, name: &str) -> bool {
        self.pipelines.iter().any(|pipeline| pipeline == name)
    }

    /// The columns of a table or view.
    pub async fn schema(&self, name: &str) -> Option<SchemaRef> {
        let table = self.context.table_provider(name).await.ok()?;
        Some(table.schema())
    }

    /// Tells whether a query's answer may differ from an earlier one: its plan, in which views have become what they
    /// read and the present has become an instant, and the content of every table that it reads.
    pub async fn fingerprint(&self, query: &str) -> Result<String> {
        let planned = self.plan(query, None).await?;
        let plan = planned.into_optimized_plan()?;
        let mut text = format!("{}\n", plan.display_indent());
        for table in scanned(&plan)? {
            let content = self.contents.get(&table).map(String::as_str).unwrap_or_default();
            text.push_str(&format!("{table} {content}\n"));
        }
        Ok(text)
    }

    /// The rows of queries, by table.
    pub fn source(&self, queries: BTreeMap<String, String>) -> LakeRows<'_> {
        LakeRows { lake: self, queries }
    }

    async fn plan(&self, query: &str, after: Option<i64>) -> Result<DataFrame> {
        let query = query.replace(AFTER, &after.unwrap_or(-1).to_string());
        Ok(self.context.sql(&query).await?)
    }
}

/// Rows of queries over the lake.
pub struct LakeRows<'a> {
    lake: &'a Lake,
    queries: BTreeMap<String, String>,
}

impl Source for LakeRows<'_> {
    async fn rows(&self, table: &str, after: Option<i64>) -> Result<Rows, BoxError> {
        let query = self.queries.get(table).map(String::as_str).unwrap_or_default();
        let rows = self.lake.plan(query, after).await?.execute_stream().await?;
        Ok(rows.map_err(BoxError::from).boxed())
    }
}

/// The pipelines that have published, and the version of each table that readers see.
async fn versions(home: &Home) -> Result<(Vec<String>, BTreeMap<String, i64>)> {
    let publications = home.store.publications(None).await?;
    let pipelines = publications.iter().map(|publication| publication.pipeline.clone()).collect();
    let mut tables: BTreeMap<String, i64> = BTreeMap::new();
    for (name, version) in publications.into_iter().flat_map(|publication| publication.tables) {
        let seen = tables.entry(name).or_insert(version);
        *seen = version.max(*seen);
    }
    Ok((pipelines, tables))
}

async fn contents(home: &Home, tables: &BTreeMap<String, i64>) -> Result<BTreeMap<String, String>> {
    let mut contents = BTreeMap::new();
    for (name, version) in tables {
        let snapshot = home.lake.snapshot(name, Some(*version)).await?;
        let snapshot = snapshot.with_context(|| format!("table {name} is published but not in the lake"))?;
        let mut files: Vec<&str> = snapshot.files.iter().map(|file| file.path.as_str()).collect();
        files.sort_unstable();
        contents.insert(name.clone(), files.join(" "));
    }
    Ok(contents)
}

/// The tables that a plan reads.
fn scanned(plan: &LogicalPlan) -> Result<BTreeSet<String>> {
    let mut tables = BTreeSet::new();
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node {
            tables.insert(scan.table_name.table().to_owned());
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(tables)
}
