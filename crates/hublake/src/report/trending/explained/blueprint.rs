//! What a repository declares for Render.

use anyhow::Result;
use datafusion::prelude::SessionContext;
use serde::Serialize;

use crate::report::trending::ranked::{Showcase, showcase};
use crate::report::trending::rows::rows;

/// A `render.yaml` and what belongs to it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Blueprint {
    /// What the showcase tells.
    #[serde(flatten)]
    pub showcase: Showcase,
    /// 0 to 10.
    pub blueprint_quality_score: Option<i64>,
    /// 0 to 10.
    pub documentation_score: Option<i64>,
    /// Why `render.yaml` cannot be read.
    pub parse_error: Option<String>,
    /// The error's line, from 1.
    pub error_line: Option<i64>,
    /// The error's column, from 1.
    pub error_column: Option<i64>,
    /// Things in it that are unknown or doubtful.
    pub warning_count: Option<i64>,
    /// Its services and databases, in the order of the file.
    pub declared: Vec<Service>,
}

/// A service or a database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Service {
    /// `root`, `ungrouped`, or `project/environment`.
    pub scope: Option<String>,
    /// Its name.
    pub service_name: Option<String>,
    /// `web`, `worker`, `cron`, `private`, `static`, `postgres`, `redis` or `workflow`; null where unknown.
    pub service_type: Option<String>,
    /// As the file says.
    pub written_type: Option<String>,
    /// Runtime, as the file says.
    pub runtime: Option<String>,
    /// Plan, as the file says.
    pub plan: Option<String>,
    /// Its line in the file, from 1.
    pub line: Option<i64>,
    /// What is wrong with it.
    pub problem: Option<String>,
}

/// `None` where the repository has neither a blueprint nor a category.
pub(super) async fn blueprint(context: &SessionContext, repo_id: i64) -> Result<Option<Blueprint>> {
    let query = format!(
        "SELECT render_category, render_services, service_count, render_complexity_score, has_blueprint_button,
             deploy_button_url, blueprint_quality_score, documentation_score, parse_error, error_line, error_column,
             warning_count
         FROM stg_render_enrichment WHERE repo_id = {repo_id}"
    );
    let found = rows(context, &query, |row| {
        Some(Blueprint {
            showcase: showcase(row),
            blueprint_quality_score: row.number("blueprint_quality_score"),
            documentation_score: row.number("documentation_score"),
            parse_error: row.text("parse_error"),
            error_line: row.number("error_line"),
            error_column: row.number("error_column"),
            warning_count: row.number("warning_count"),
            declared: Vec::new(),
        })
    });
    let Some(mut found) = found.await?.pop() else { return Ok(None) };
    found.declared = declared(context, repo_id).await?;
    Ok(Some(found))
}

async fn declared(context: &SessionContext, repo_id: i64) -> Result<Vec<Service>> {
    let query = format!(
        "SELECT scope, service_name, service_type, written_type, runtime, plan, line, problem
         FROM stg_render_services WHERE repo_id = {repo_id} ORDER BY position"
    );
    rows(context, &query, |row| {
        Some(Service {
            scope: row.text("scope"),
            service_name: row.text("service_name"),
            service_type: row.text("service_type"),
            written_type: row.text("written_type"),
            runtime: row.text("runtime"),
            plan: row.text("plan"),
            line: row.number("line"),
            problem: row.text("problem"),
        })
    })
    .await
}
