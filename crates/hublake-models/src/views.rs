//! Views in a session.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use datafusion::common::TableReference;
use datafusion::datasource::ViewTable;
use datafusion::error::Result as EngineResult;
use datafusion::prelude::SessionContext;

use crate::Error;
use crate::model::{Kind, Model};
use crate::project::Project;
use crate::session;

/// Puts the views of some pipelines into a reader's default schema; those of a pipeline of which nothing is published
/// yet would find no tables.
///
/// The session already holds each stored table in schema `stored` and in the default schema. A view of a
/// stored table's name takes its place in the default schema; other views are added, so that what they
/// read without a schema is what readers see, whichever of both a view reads. `run_at` is the instant up to which the
/// views show.
///
/// Errors: [`Error::Query`] naming the view, for example when a stored table is not in the session.
pub async fn register_views(
    context: &SessionContext,
    project: &Project,
    pipelines: &[String],
    run_at: DateTime<Utc>,
) -> Result<(), Error> {
    let views = project.models().iter().filter(|model| model.kind == Kind::View);
    let views = project.reader_views().iter().chain(views);
    for view in by_reading(views.filter(|view| pipelines.contains(&view.pipeline)).collect()) {
        register(context, view, run_at).await.map_err(Error::query(&view.name))?;
    }
    Ok(())
}

/// The views so that each comes after those it reads; a view of a stored table's name reads that table under its own.
fn by_reading(mut waiting: Vec<&Model>) -> Vec<&Model> {
    let mut sorted = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let is_waiting = |name: &String| waiting.iter().any(|view| view.name == *name);
        let is_ready = |view: &&Model| !view.depends_on.iter().any(|name| *name != view.name && is_waiting(name));
        // Where views read each other, the engine names the table that the first of them does not find.
        let next = waiting.iter().position(is_ready).unwrap_or_default();
        sorted.push(waiting.remove(next));
    }
    sorted
}

pub(crate) async fn register(context: &SessionContext, view: &Model, run_at: DateTime<Utc>) -> EngineResult<()> {
    let plan = session::frame(context, &view.statement, run_at).await?.into_unoptimized_plan();
    let table = Arc::new(ViewTable::new(plan, Some(view.query.clone())));
    session::replace(context, TableReference::bare(view.name.as_str()), table)
}
