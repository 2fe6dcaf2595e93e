//! `hublake plan`.

use anyhow::Result;
use hublake_models::Project;

use super::Ended;
use crate::cli::PlanArgs;
use crate::pipeline::ISSUES;

/// Prints the steps that a run takes, from the same declarations that the run executes.
pub fn plan(_args: PlanArgs) -> Result<Ended> {
    let project = Project::embedded()?;
    say!("pipeline {}", ISSUES.name);
    for step in ISSUES.steps {
        let needs = if step.needs.is_empty() { String::new() } else { format!(" after {}", step.needs.join(", ")) };
        say!("\nstep {}{needs}: {}", step.name, step.description);
        say!("  {} retries, at most {} s", step.retries, step.timeout.as_secs());
        if step.action == crate::pipeline::Action::Publish {
            for step in hublake_models::plan(&project, ISSUES.name)? {
                say!("  {step}");
            }
        }
    }
    Ok(Ended::Done)
}
