//! Models and audits as values.

use std::fmt;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::sql::parser::Statement;
use serde::Deserialize;

/// The columns that say what a repository is called today.
pub(crate) const REPOSITORY_NAMES: [&str; 3] = ["repo_full_name", "repo_owner", "repo_name"];

/// One table or view, made by one file.
#[derive(Clone, Debug)]
pub struct Model {
    /// Name of the table, from the file's name.
    pub name: String,
    /// Folder of the file.
    pub layer: Layer,
    /// One sentence.
    pub description: String,
    /// Pipeline whose runs make the model.
    pub pipeline: String,
    /// How the table comes about.
    pub kind: Kind,
    /// Columns that identify a row; the rows of a stored table are sorted by them.
    pub grain: Vec<String>,
    /// The DATE column by whose calendar month the lake divides the stored rows; such a table bears no repository
    /// names.
    pub by_month: Option<String>,
    /// Where a run replaces days of a table stored by month: how many days before each it reads; `None` where it
    /// replaces months.
    pub previous_days: Option<u32>,
    /// Columns in their order.
    pub columns: Vec<Column>,
    /// The query's text.
    pub query: String,
    /// Models and sources that are read, sorted; `previous` tables are not among them.
    pub depends_on: Vec<String>,
    /// Path below the models folder.
    pub path: String,
    pub(crate) statement: Statement,
}

impl Model {
    /// The table's schema: the declared columns in their order, every one nullable.
    pub fn schema(&self) -> SchemaRef {
        schema_of(&self.columns)
    }

    /// Whether the lake holds the rows.
    pub fn is_stored(&self) -> bool {
        matches!(self.kind, Kind::Merge { .. } | Kind::Incremental)
    }
}

/// The folder a model lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// `staging/`: typed and current.
    Staging,
    /// `analytics/`: marts.
    Analytics,
    /// `views/`: what readers see in place of the stored table of the same name.
    Views,
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Staging => "staging",
            Self::Analytics => "analytics",
            Self::Views => "views",
        })
    }
}

/// How a table comes about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Computed for a batch and dropped when no later model reads it.
    Temporary,
    /// The previous rows whose key is not among the changes, and the query's rows.
    Merge {
        /// Columns that find a row in `changes`.
        key: Vec<String>,
        /// The temporary model that names the rows to replace.
        changes: String,
    },
    /// The query's rows replace all rows of the batch's repositories.
    Incremental,
    /// Computed when it is read.
    View,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Temporary => f.write_str("temporary"),
            Self::Merge { key, changes } => write!(f, "merge on {} by {changes}", key.join(", ")),
            Self::Incremental => f.write_str("incremental"),
            Self::View => f.write_str("view"),
        }
    }
}

/// One column of a model or source.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Name.
    pub name: String,
    /// Arrow type.
    pub data_type: DataType,
    /// The type as SQL writes it.
    pub sql_type: String,
    /// What it holds.
    pub comment: String,
}

/// A query that must return no rows.
#[derive(Clone, Debug)]
pub struct Audit {
    /// Name, from the file's name.
    pub name: String,
    /// One sentence: what holds when the audit is silent.
    pub description: String,
    /// Pipeline whose runs are audited.
    pub pipeline: String,
    /// What a row means for publication.
    pub severity: Severity,
    /// Which rows the audit sees.
    pub scope: Scope,
    /// The query's text; one of its columns is `repo_id`.
    pub query: String,
    /// Models and sources that are read, sorted; rows before the run as `previous.name`.
    pub depends_on: Vec<String>,
    /// Path below the models folder.
    pub path: String,
    pub(crate) statement: Statement,
}

/// What a violation means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The repository is not published.
    Error,
    /// The repository is published and the violation reported.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// Which rows an audit sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The candidate rows of a batch's repositories.
    Repository,
    /// The whole tables that are about to be published.
    Table,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Repository => "repository",
            Self::Table => "table",
        })
    }
}

pub(crate) fn schema_of(columns: &[Column]) -> SchemaRef {
    let fields = columns.iter().map(|column| Field::new(&column.name, column.data_type.clone(), true));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}
