//! Running audits.

use std::collections::BTreeMap;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use chrono::{DateTime, Utc};
use datafusion::error::Result as EngineResult;
use datafusion::prelude::{SessionContext, ident};
use std::time::Instant;

use crate::Error;
use crate::model::{Audit, Scope, Severity};
use crate::plan::{Action, Step, plan};
use crate::project::Project;
use crate::session;

/// What an audit found in one repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Name of the audit.
    pub audit: String,
    /// What it means for publication.
    pub severity: Severity,
    /// The repository, if the rows name one.
    pub repo_id: Option<i64>,
    /// Rows found.
    pub count: u64,
    /// The first of the rows, as `column=value` separated by spaces.
    pub sample: String,
}

/// Runs a pipeline's audits of one scope and returns what they find, by audit and repository.
///
/// For [`Scope::Repository`] the session is that of [`crate::build`] after it ran; for [`Scope::Table`] its
/// default schema holds the whole tables that are about to be published. Errors:
/// [`Error::UnknownPipeline`]; [`Error::Query`] naming the audit.
pub async fn audit(
    context: &SessionContext,
    project: &Project,
    pipeline: &str,
    scope: Scope,
    run_at: DateTime<Utc>,
) -> Result<Vec<Violation>, Error> {
    let steps = plan(project, pipeline)?;
    let is_asked = |step: &&Step| matches!(step.action, Action::Audit { scope: step_scope, .. } if step_scope == scope);
    let mut found = Vec::new();
    for step in steps.iter().filter(is_asked) {
        let Some(audit) = project.audits().iter().find(|audit| audit.name == step.name) else { continue };
        found.extend(run(context, audit, run_at).await.map_err(Error::query(&audit.name))?);
    }
    Ok(found)
}

async fn run(context: &SessionContext, audit: &Audit, run_at: DateTime<Utc>) -> EngineResult<Vec<Violation>> {
    let started = Instant::now();
    let rows = session::frame(context, &audit.statement, run_at).await?;
    let columns = rows.schema().fields().iter().map(|field| ident(field.name()).sort(true, false));
    let columns = columns.collect();
    let mut found = BTreeMap::new();
    for batch in rows.sort(columns)?.collect().await? {
        count_by_repository(&batch, &mut found)?;
    }
    let duration_ms = started.elapsed().as_millis();
    tracing::debug!(audit = audit.name, repositories = found.len(), duration_ms, "audited");
    let violation = |(repo_id, (count, sample))| Violation {
        audit: audit.name.clone(),
        severity: audit.severity,
        repo_id,
        count,
        sample,
    };
    Ok(found.into_iter().map(violation).collect())
}

fn count_by_repository(batch: &RecordBatch, found: &mut BTreeMap<Option<i64>, (u64, String)>) -> EngineResult<()> {
    let repo_ids = batch.column_by_name("repo_id").and_then(|column| column.as_primitive_opt::<Int64Type>());
    for row in 0..batch.num_rows() {
        let repo_id = repo_ids.filter(|ids| ids.is_valid(row)).map(|ids| ids.value(row));
        let entry = found.entry(repo_id).or_default();
        entry.0 += 1;
        if entry.0 == 1 {
            entry.1 = text_of(batch, row)?;
        }
    }
    Ok(())
}

fn text_of(batch: &RecordBatch, row: usize) -> EngineResult<String> {
    let options = FormatOptions::new().with_null("null");
    let mut parts = Vec::with_capacity(batch.num_columns());
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        if field.name() != "repo_id" {
            parts.push(format!("{}={}", field.name(), ArrayFormatter::try_new(column, &options)?.value(row)));
        }
    }
    Ok(parts.join(" "))
}
