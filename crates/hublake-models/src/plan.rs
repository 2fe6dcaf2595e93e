//! The steps of a pipeline as data: what is printed is what is executed.

use std::fmt;

use crate::Error;
use crate::model::{Kind, Scope, Severity};
use crate::project::Project;

/// One step of a pipeline's run over a batch of repositories.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is done.
    pub action: Action,
    /// Model or audit.
    pub name: String,
    /// Models and sources that are read, sorted; an audit's rows before the run as `previous.name`.
    pub reads: Vec<String>,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Computes a table that is not stored.
    Compute,
    /// Computes changed rows and carries the other previous rows forward.
    Merge {
        /// Columns that find a row in `changes`.
        key: Vec<String>,
        /// The table that names the rows to replace.
        changes: String,
    },
    /// Computes all rows of the batch's repositories.
    Replace,
    /// Drops a computed table that nothing reads any more.
    Release,
    /// Offers a view.
    View,
    /// Looks for rows that must not be there.
    Audit {
        /// What a row means.
        severity: Severity,
        /// Which rows are seen.
        scope: Scope,
    },
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.action {
            Action::Compute => write!(f, "compute {}", self.name)?,
            Action::Merge { key, changes } => write!(f, "merge {} on {} by {changes}", self.name, key.join(", "))?,
            Action::Replace => write!(f, "replace {}", self.name)?,
            Action::Release => write!(f, "release {}", self.name)?,
            Action::View => write!(f, "view {}", self.name)?,
            Action::Audit { severity, scope } => write!(f, "audit {} ({severity}, per {scope})", self.name)?,
        }
        match self.reads.is_empty() {
            true => Ok(()),
            false => write!(f, " <- {}", self.reads.join(", ")),
        }
    }
}

/// The steps of a pipeline in their order: models, then audits of repositories, then audits of tables.
///
/// [`crate::build`] executes the steps over models and [`crate::audit`] those of its scope.
/// Errors: [`Error::UnknownPipeline`].
pub fn plan(project: &Project, pipeline: &str) -> Result<Vec<Step>, Error> {
    let mut steps = Vec::new();
    for model in project.models().iter().filter(|model| model.pipeline == pipeline) {
        let action = match &model.kind {
            Kind::Temporary => Action::Compute,
            Kind::Merge { key, changes } => Action::Merge { key: key.clone(), changes: changes.clone() },
            Kind::Incremental => Action::Replace,
            Kind::View => Action::View,
        };
        steps.push(Step { action, name: model.name.clone(), reads: model.depends_on.clone() });
    }
    if steps.is_empty() {
        return Err(unknown(project, pipeline));
    }
    release_early(&mut steps);
    for scope in [Scope::Repository, Scope::Table] {
        for audit in project.audits().iter().filter(|audit| audit.pipeline == pipeline && audit.scope == scope) {
            let action = Action::Audit { severity: audit.severity, scope };
            steps.push(Step { action, name: audit.name.clone(), reads: audit.depends_on.clone() });
        }
    }
    Ok(steps)
}

/// Puts a release behind the last reader of each computed table, so that its memory is free early.
fn release_early(steps: &mut Vec<Step>) {
    let computed = steps.iter().filter(|step| step.action == Action::Compute);
    for name in computed.map(|step| step.name.clone()).collect::<Vec<_>>() {
        let last = steps.iter().rposition(|step| step.name == name || step.reads.contains(&name));
        let release = Step { action: Action::Release, name, reads: Vec::new() };
        steps.insert(last.map_or(steps.len(), |last| last + 1), release);
    }
}

fn unknown(project: &Project, pipeline: &str) -> Error {
    let mut known = project.models().iter().map(|model| model.pipeline.as_str()).collect::<Vec<_>>();
    known.sort_unstable();
    known.dedup();
    Error::UnknownPipeline { pipeline: pipeline.to_owned(), known: known.join(", ") }
}
