//! What is to be published: the tables of trending, and those that were asked for besides.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use arrow::datatypes::DataType;
use hublake_models::{Kind, Layer, Model, Project};
use hublake_postgres::{ColumnType, Planned, TableSpec, ViewSpec, trending};

use super::rows::Lake;

/// The pipeline whose tables are published in any case.
const TRENDING: &str = "trending";

/// The rows of each of its tables.
const QUERIES: [(&str, &str); 9] = [
    ("raw_github_repos", include_str!("../../postgres/raw_github_repos.sql")),
    ("raw_repo_metrics", include_str!("../../postgres/raw_repo_metrics.sql")),
    ("stg_repos_validated", include_str!("../../postgres/stg_repos_validated.sql")),
    ("stg_render_enrichment", include_str!("../../postgres/stg_render_enrichment.sql")),
    ("dim_languages", include_str!("../../postgres/dim_languages.sql")),
    ("dim_render_services", include_str!("../../postgres/dim_render_services.sql")),
    ("dim_repositories", include_str!("../../postgres/dim_repositories.sql")),
    ("fact_repo_snapshots", include_str!("../../postgres/fact_repo_snapshots.sql")),
    ("fact_render_usage", include_str!("../../postgres/fact_render_usage.sql")),
];

/// What is to be published.
#[derive(Default)]
pub struct Asked {
    /// The tables.
    pub tables: Vec<Planned>,
    /// The views over them.
    pub views: Vec<ViewSpec>,
    /// The query of each table's rows.
    pub queries: BTreeMap<String, String>,
    /// What the user should know.
    pub notes: Vec<String>,
}

impl Asked {
    /// Finds the tables of these names; a pipeline's name stands for all of its tables.
    pub async fn new(project: &Project, lake: &Lake, names: &[String]) -> Result<Self> {
        let mut asked = Self::default();
        if lake.has_pipeline(TRENDING) {
            for table in trending::tables() {
                let query = QUERIES.iter().find(|(name, _)| *name == table.name).map_or("", |(_, query)| query);
                asked.add(lake, table, query.to_owned()).await?;
            }
            asked.views = trending::views();
        } else if names.is_empty() {
            bail!(
                "nothing of trending is published yet\nhint: hublake run trending; or say with --tables what else to publish"
            );
        } else {
            asked.notes.push("nothing of trending is published yet, so its tables are left out".to_owned());
        }
        for name in expand(project, names) {
            let is_there = asked.queries.contains_key(&name) || asked.views.iter().any(|view| view.name == name);
            if !is_there {
                let table = spec(project, lake, &name).await?;
                asked.add(lake, table, format!("SELECT * FROM \"{name}\"")).await?;
            }
        }
        Ok(asked)
    }

    async fn add(&mut self, lake: &Lake, table: TableSpec, query: String) -> Result<()> {
        let source = lake.fingerprint(&query).await?;
        self.queries.insert(table.name.clone(), query);
        self.tables.push(Planned { table, source });
        Ok(())
    }
}

/// Names, with each pipeline's name replaced by its marts and their views.
fn expand(project: &Project, names: &[String]) -> Vec<String> {
    let mut expanded = Vec::new();
    for name in names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
        let of_pipeline =
            project.models().iter().filter(|model| model.pipeline == name && model.layer == Layer::Analytics);
        let before = expanded.len();
        expanded.extend(of_pipeline.filter(|model| model.kind != Kind::Temporary).map(|model| model.name.clone()));
        if expanded.len() == before {
            expanded.push(name.to_owned());
        }
    }
    expanded
}

/// A table like what readers of the lake see under the name.
async fn spec(project: &Project, lake: &Lake, name: &str) -> Result<TableSpec> {
    let Some(schema) = lake.schema(name).await else {
        bail!("there is no table {name}\nhint: hublake query \"SHOW TABLES\" lists them");
    };
    let Some(model) = shown(project, name) else {
        bail!(
            "table {name} cannot be published: its rows have no key\nhint: hublake query \"SELECT * FROM {name}\" --format parquet > FILE"
        );
    };
    let mut table = TableSpec::new(name, &model.description);
    for field in schema.fields() {
        let Some(column_type) = column_type(field.data_type()) else {
            bail!(
                "table {name} cannot be published: PostgreSQL has no type for its column {} ({})\nhint: hublake query \"SELECT * FROM {name}\" --format parquet > FILE",
                field.name(),
                field.data_type()
            );
        };
        let comment = model.columns.iter().find(|column| column.name == *field.name());
        let comment = comment.map_or("", |column| column.comment.as_str());
        table = match model.grain.contains(field.name()) {
            true => table.required(field.name(), column_type, comment),
            false => table.column(field.name(), column_type, comment),
        };
    }
    let key: Vec<&str> = model.grain.iter().map(String::as_str).collect();
    Ok(table.key(&key))
}

/// The model that readers see under the name.
fn shown<'a>(project: &'a Project, name: &str) -> Option<&'a Model> {
    let view = project.reader_views().iter().find(|view| view.name == name);
    view.or_else(|| project.model(name)).filter(|model| !model.grain.is_empty())
}

fn column_type(data_type: &DataType) -> Option<ColumnType> {
    Some(match data_type {
        DataType::Int64 => ColumnType::BigInt,
        DataType::Float64 => ColumnType::Double,
        DataType::Boolean => ColumnType::Boolean,
        DataType::Utf8 => ColumnType::Text,
        DataType::Date32 => ColumnType::Date,
        DataType::Timestamp(..) => ColumnType::Timestamptz,
        DataType::List(element) => match element.data_type() {
            DataType::Utf8 => ColumnType::TextArray,
            DataType::Int64 => ColumnType::BigIntArray,
            _ => return None,
        },
        _ => return None,
    })
}
