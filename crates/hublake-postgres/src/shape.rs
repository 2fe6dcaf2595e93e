//! What is in the database.

use std::collections::BTreeMap;

use sqlx::postgres::PgConnection;

use crate::Result;
use crate::error::failed;

/// A table, view or other relation as the catalogue has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Relation {
    /// `r` for a table, `v` for a view.
    pub(crate) kind: String,
    pub(crate) columns: Vec<Found>,
    pub(crate) key: Vec<String>,
    /// Names of indexes and constraints.
    pub(crate) parts: Vec<String>,
    /// Of a view, its query as PostgreSQL spells it.
    pub(crate) definition: String,
}

/// A column as the catalogue has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) name: String,
    /// With length and precision.
    pub(crate) data_type: String,
    /// NOT NULL, and nothing fills it where an insert leaves it out.
    pub(crate) must_be_given: bool,
}

impl Relation {
    pub(crate) fn is_table(&self) -> bool {
        self.kind == "r"
    }

    pub(crate) fn is_view(&self) -> bool {
        self.kind == "v"
    }

    pub(crate) fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|found| found.name == column)
    }

    /// Names and types of the columns, a line each, as the ledger keeps them.
    pub(crate) fn columns_as_text(&self) -> String {
        let lines = self.columns.iter().map(|column| format!("{} {}", column.name, column.data_type));
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// The relations of a schema by name.
pub(crate) async fn relations(connection: &mut PgConnection, schema: &str) -> Result<BTreeMap<String, Relation>> {
    let reading = || failed("reading the catalogue");
    let mut relations: BTreeMap<String, Relation> = BTreeMap::new();
    let found: Vec<(String, String, String)> = sqlx::query_as(include_str!("shape/relations.sql"))
        .bind(schema)
        .fetch_all(&mut *connection)
        .await
        .map_err(reading())?;
    for (name, kind, definition) in found {
        relations.insert(name, Relation { kind, definition, ..Relation::default() });
    }
    let columns: Vec<(String, String, String, bool)> = sqlx::query_as(include_str!("shape/columns.sql"))
        .bind(schema)
        .fetch_all(&mut *connection)
        .await
        .map_err(reading())?;
    for (relation, name, data_type, must_be_given) in columns {
        if let Some(relation) = relations.get_mut(&relation) {
            relation.columns.push(Found { name, data_type, must_be_given });
        }
    }
    let parts: Vec<(String, String, Vec<String>)> = sqlx::query_as(include_str!("shape/parts.sql"))
        .bind(schema)
        .fetch_all(&mut *connection)
        .await
        .map_err(reading())?;
    for (relation, name, key) in parts {
        if let Some(relation) = relations.get_mut(&relation) {
            relation.parts.push(name);
            if !key.is_empty() {
                relation.key = key;
            }
        }
    }
    Ok(relations)
}

/// Relations outside `ours` that read one of ours: views of users, with their schemas.
pub(crate) async fn dependents(
    connection: &mut PgConnection,
    schema: &str,
    read: &[String],
    ours: &[String],
) -> Result<Vec<(String, String)>> {
    sqlx::query_as(include_str!("shape/dependents.sql"))
        .bind(schema)
        .bind(read)
        .bind(ours)
        .fetch_all(connection)
        .await
        .map_err(failed("reading the catalogue"))
}
