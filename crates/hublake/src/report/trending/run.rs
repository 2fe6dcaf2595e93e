//! When and how the newest run collected.

use anyhow::Result;
use chrono::{DateTime, Utc};
use datafusion::prelude::SessionContext;
use serde::Serialize;

use super::rows::{Row, rows};

/// What looks for repositories; the other tasks ask about those that were found.
pub const DISCOVER: &str = "discover";

/// A run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Run {
    /// Its name.
    pub run_id: String,
    /// When its first task began.
    pub started_at: DateTime<Utc>,
    /// When its last task ended.
    pub finished_at: DateTime<Utc>,
    /// Between the two.
    pub seconds: f64,
    /// Requests of these tasks.
    pub requests: i64,
    /// What they used up of GitHub's quota.
    pub quota: i64,
    /// Branch by branch; those that are nobody's last.
    pub tasks: Vec<Task>,
}

/// A part of a run's work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Task {
    /// The language, or `render`; empty where the task is of all branches.
    pub branch: String,
    /// `discover`, `details`, `files` or `star_history`.
    pub task: String,
    /// Whether it came to its end; what a failed branch had found does not count.
    pub is_successful: bool,
    /// Why it failed, or what is to be known.
    pub message: Option<String>,
    /// Repositories that were found or asked about.
    pub repositories: i64,
    /// Groups in which they were asked about.
    pub batches: i64,
    /// Repositories of which the answer did not come.
    pub failed: i64,
    /// Requests that were made again.
    pub retried: i64,
    /// Requests.
    pub requests: i64,
    /// What they used up of GitHub's quota.
    pub quota: i64,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: DateTime<Utc>,
    /// Whether GitHub said to the end that its search had not looked everywhere, or found more than it gives.
    pub is_incomplete: bool,
}

impl Run {
    /// A run of these tasks; `None` without any.
    fn of(run_id: &str, tasks: Vec<Task>) -> Option<Self> {
        let started_at = tasks.iter().map(|task| task.started_at).min()?;
        let finished_at = tasks.iter().map(|task| task.finished_at).max()?;
        let milliseconds = i32::try_from((finished_at - started_at).num_milliseconds()).unwrap_or(i32::MAX);
        Some(Self {
            run_id: run_id.to_owned(),
            started_at,
            finished_at,
            seconds: f64::from(milliseconds) / 1000.0,
            requests: tasks.iter().map(|task| task.requests).sum(),
            quota: tasks.iter().map(|task| task.quota).sum(),
            tasks,
        })
    }

    /// The run as far as it tells of a branch: its own tasks and those of all branches.
    pub fn of_branch(&self, branch: &str) -> Option<Self> {
        let is_here = |task: &&Task| task.branch.is_empty() || task.branch.eq_ignore_ascii_case(branch);
        Self::of(&self.run_id, self.tasks.iter().filter(is_here).cloned().collect())
    }

    /// The searches, one or more a branch.
    pub fn searches(&self) -> impl Iterator<Item = &Task> {
        self.tasks.iter().filter(|task| task.task == DISCOVER)
    }

    /// A branch's search; `None` where the run has no such branch.
    pub fn search(&self, branch: &str) -> Option<&Task> {
        self.searches().find(|task| task.branch.eq_ignore_ascii_case(branch))
    }
}

/// The newest complete run.
pub(super) async fn newest_run(context: &SessionContext) -> Result<Option<Run>> {
    // Tasks of a run that died are there and have no row among the complete runs.
    let query = "SELECT run_id, branch, task, status, message, repositories, batches, failed, retried, requests, quota,
             started_at, finished_at, is_incomplete
         FROM raw_run_tasks
         WHERE run_seq = (SELECT max(run_seq) FROM raw_runs WHERE pipeline = 'trending' AND stream = 'trending')
         ORDER BY CASE WHEN branch = '' THEN 1 ELSE 0 END, started_at, branch, task";
    let mut run_id = String::new();
    let tasks = rows(context, query, |row| {
        run_id = row.text("run_id")?;
        task(row)
    })
    .await?;
    Ok(Run::of(&run_id, tasks))
}

fn task(row: &Row<'_>) -> Option<Task> {
    let number = |name| row.number(name).unwrap_or_default();
    Some(Task {
        branch: row.text("branch").unwrap_or_default(),
        task: row.text("task")?,
        is_successful: row.text("status")? == "success",
        message: row.text("message"),
        repositories: number("repositories"),
        batches: number("batches"),
        failed: number("failed"),
        retried: number("retried"),
        requests: number("requests"),
        quota: number("quota"),
        started_at: row.instant("started_at")?,
        finished_at: row.instant("finished_at")?,
        is_incomplete: number("is_incomplete") > 0,
    })
}
