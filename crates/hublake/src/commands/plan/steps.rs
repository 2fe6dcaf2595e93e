//! The steps of a run, from the same declarations that it executes.

use std::fmt::Write;

use anyhow::Result;
use hublake_models::Project;
use serde::Serialize;

use crate::pipeline::{Action, Pipeline};

/// One step of the pipeline.
#[derive(Serialize)]
pub struct StepRow {
    name: &'static str,
    needs: &'static [&'static str],
    description: &'static str,
    retries: u32,
    timeout_seconds: u64,
    /// What is built and audited within it, in order.
    models: Vec<String>,
}

/// Every step.
pub fn rows(project: &Project, pipeline: &Pipeline) -> Result<Vec<StepRow>> {
    let mut rows = Vec::new();
    for step in pipeline.steps {
        let models = match step.action {
            Action::Collect => Vec::new(),
            Action::Publish => hublake_models::plan(project, pipeline.name)?.iter().map(ToString::to_string).collect(),
        };
        rows.push(StepRow {
            name: step.name,
            needs: step.needs,
            description: step.description,
            retries: step.retries,
            timeout_seconds: step.timeout.as_secs(),
            models,
        });
    }
    Ok(rows)
}

/// All that is known of the steps.
pub fn all(pipeline: &str, steps: &[StepRow]) -> String {
    let mut text = format!("pipeline {pipeline}");
    for step in steps {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n\nstep {}{}: {}", step.name, after(step), step.description);
        let _ = write!(text, "\n  {} retries, at most {} s", step.retries, step.timeout_seconds);
        for model in &step.models {
            let _ = write!(text, "\n  {model}");
        }
    }
    text
}

/// A line or two of each step.
pub fn short(pipeline: &str, steps: &[StepRow]) -> String {
    let mut lines = Vec::new();
    for step in steps {
        lines.push(format!("step {}{}", step.name, after(step)));
        lines.push(format!("  {}", step.description));
        if !step.models.is_empty() {
            let count = step.models.len();
            lines.push(format!("  {count} models and audits; hublake plan {pipeline} --steps lists them"));
        }
    }
    lines.join("\n")
}

fn after(step: &StepRow) -> String {
    if step.needs.is_empty() { String::new() } else { format!(" after {}", step.needs.join(", ")) }
}
