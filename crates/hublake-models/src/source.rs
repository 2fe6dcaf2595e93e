//! The tables that a batch session offers to the models, declared in `sources.toml`.

use std::collections::BTreeMap;

use arrow::datatypes::SchemaRef;
use serde::Deserialize;

use crate::Error;
use crate::model::{Column, schema_of};
use crate::types;

/// A table that is there before the first model runs.
#[derive(Clone, Debug)]
pub struct Source {
    /// Name of the table.
    pub name: String,
    /// One sentence.
    pub description: String,
    /// Whether it is a raw table of the lake, so that views may read it (and other models may not: decoded rows
    /// are theirs).
    pub is_kept: bool,
    /// Columns in their order.
    pub columns: Vec<Column>,
}

impl Source {
    /// The table's schema, every column nullable.
    pub fn schema(&self) -> SchemaRef {
        schema_of(&self.columns)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declaration {
    description: String,
    #[serde(default)]
    kept: bool,
    columns: Vec<(String, String, String)>,
}

/// Reads `sources.toml`: a table per source, `kept = true` for a raw table of the lake, its columns as `[name, type, comment]`.
pub(crate) fn parse(path: &str, text: &str) -> Result<Vec<Source>, Error> {
    let fault = |line: usize, reason: String| Error::File {
        path: path.to_owned(),
        line,
        reason,
        hint: format!("write [name] with `description` and `columns`; types are {}", types::NAMES),
    };
    let declarations: BTreeMap<String, Declaration> = toml::from_str(text)
        .map_err(|error| fault(line_of(text, error.span().map_or(0, |span| span.start)), error.message().to_owned()))?;
    let mut sources = Vec::new();
    for (name, declaration) in declarations {
        let mut columns = Vec::new();
        for (column, sql_type, comment) in declaration.columns {
            let Some(data_type) = types::parse(&sql_type) else {
                let line = text.find(&format!("\"{sql_type}\"")).map_or(1, |at| line_of(text, at));
                return Err(fault(line, format!("{name}.{column} has the unknown type {sql_type}")));
            };
            columns.push(Column { name: column, data_type, sql_type, comment });
        }
        sources.push(Source { name, description: declaration.description, is_kept: declaration.kept, columns });
    }
    Ok(sources)
}

/// The line, from 1, of a byte offset.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|&byte| byte == b'\n').count() + 1
}
