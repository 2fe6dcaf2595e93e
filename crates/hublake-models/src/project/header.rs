//! From a file to a model or an audit, before it is checked against the others.

use serde::Deserialize;

use crate::Error;
use crate::model::{Audit, Kind, Layer, Model, Scope, Severity};
use crate::sql_file::SqlFile;
use crate::statement;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelHeader {
    kind: KindName,
    pipeline: String,
    grain: Vec<String>,
    key: Option<Vec<String>>,
    changes: Option<String>,
    by_month: Option<String>,
    previous_days: Option<u32>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum KindName {
    Temporary,
    Merge,
    Incremental,
    View,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AuditHeader {
    pipeline: String,
    severity: Severity,
    scope: Scope,
}

/// Reads a model; what it depends on is not known yet.
pub(super) fn model(file: &SqlFile<'_>, layer: Layer) -> Result<Model, Error> {
    let header: ModelHeader = file.header()?;
    if header.previous_days.is_some() && header.by_month.is_none() {
        let hint = "name the DATE column in by_month, or leave previous_days out";
        return Err(file.error(
            2,
            "previous_days counts days of a table stored by month, and there is no by_month",
            hint,
        ));
    }
    let statement = statement::parse(file)?;
    Ok(Model {
        name: file.name.to_owned(),
        layer,
        description: file.description.to_owned(),
        pipeline: header.pipeline.clone(),
        grain: header.grain.clone(),
        by_month: header.by_month.clone(),
        previous_days: header.previous_days,
        kind: kind(file, header)?,
        columns: statement::columns(file, &statement)?,
        query: file.query.trim().to_owned(),
        depends_on: Vec::new(),
        path: file.path.to_owned(),
        statement,
    })
}

/// Reads an audit; what it depends on is not known yet.
pub(super) fn audit(file: &SqlFile<'_>) -> Result<Audit, Error> {
    let header: AuditHeader = file.header()?;
    let statement = statement::parse(file)?;
    if !statement::column_names(&statement).iter().any(|name| name == "repo_id") {
        return Err(file.error(1, "the audit has no column repo_id", "select the repository that each row is about"));
    }
    Ok(Audit {
        name: file.name.to_owned(),
        description: file.description.to_owned(),
        pipeline: header.pipeline,
        severity: header.severity,
        scope: header.scope,
        query: file.query.trim().to_owned(),
        depends_on: Vec::new(),
        path: file.path.to_owned(),
        statement,
    })
}

fn kind(file: &SqlFile<'_>, header: ModelHeader) -> Result<Kind, Error> {
    match (header.kind, header.key, header.changes) {
        (KindName::Merge, Some(key), Some(changes)) => Ok(Kind::Merge { key, changes }),
        (KindName::Merge, ..) => {
            Err(file.error(2, "a merge lacks `key` or `changes`", "name the key's columns and the table of changes"))
        }
        (KindName::Temporary, None, None) => Ok(Kind::Temporary),
        (KindName::Incremental, None, None) => Ok(Kind::Incremental),
        (KindName::View, None, None) => Ok(Kind::View),
        _ => Err(file.error(2, "`key` and `changes` belong to a merge", "write kind = \"merge\" or leave them out")),
    }
}
