//! Collecting what is trending: the branches side by side, and of each branch what can go side by side.
//!
//! A branch searches, then asks for the details of what it found, for the days on which stars were given where no
//! snapshot tells it, and for the files whose content is new. A branch that fails does not stop the others; a
//! repository that two branches find is asked about once.

mod ask;
mod branch;
mod details;
mod expect;
mod fetch;
mod ledger;
mod options;
mod query;
mod render;
mod rest;
mod search;
mod stars;

use futures::future::try_join_all;
use hublake_github::{Client, Spent};

use self::ask::Asking;
use self::branch::{Branch, collect_branch, late_packages};
pub use self::expect::{Expected, expect};
pub use self::ledger::Task;
pub use self::options::{Known, KnownFile, Language, Options, Published, RenderOptions};
use super::{PIPELINE, RENDER, STREAM, complete_attempt};
use crate::raw_writer::RawRun;
use crate::{Progress, RawWriter, Result, RunStamp};

/// What all branches of a run share.
pub struct Run<'a> {
    /// Asks GitHub.
    pub client: &'a Client,
    /// Takes answers.
    pub writer: &'a RawWriter,
    /// Marks what is written.
    pub stamp: &'a RunStamp,
    /// What to look for.
    pub options: &'a Options,
    /// Tells what is published.
    pub published: &'a dyn Published,
    /// Told of each step; branches go by ids below 0.
    pub progress: Progress,
}

/// What a run brought.
#[derive(Clone, Debug)]
pub struct Collection {
    /// Each branch, in the order of the settings, `render` last.
    pub branches: Vec<BranchCollected>,
    /// What each stream took.
    pub spent: Vec<(&'static str, Spent)>,
    /// Whether there is something to publish: at least one branch found what it looked for. A run without is noted in
    /// `raw_run_tasks` alone.
    pub is_complete: bool,
    /// Answers.
    pub pages: i64,
    /// What they told, by repository.
    pub rows: i64,
}

/// What a branch brought.
#[derive(Clone, Debug)]
pub struct BranchCollected {
    /// Its name: the language, or `render`.
    pub branch: String,
    /// Repositories that it takes.
    pub found: usize,
    /// Repositories whose details it brought; those of another branch are counted there.
    pub described: usize,
    /// Files with a new content.
    pub files: usize,
    /// Repositories whose history of stars it brought.
    pub star_histories: usize,
    /// Whether GitHub said to the end that the results are incomplete, or has more than it gives.
    pub is_incomplete: bool,
    /// Why nothing of it is used.
    pub failure: Option<String>,
    /// What else failed, in words with the next step.
    pub problems: Vec<String>,
    /// What each of its tasks took and came to.
    pub tasks: Vec<Task>,
}

impl Collection {
    /// Everything that the run took.
    pub fn spent(&self) -> Spent {
        self.spent.iter().fold(Spent::default(), |all, (_, spent)| all + *spent)
    }

    /// What failed, in words with the next step; each once.
    pub fn problems(&self) -> Vec<String> {
        let mut problems: Vec<String> = Vec::new();
        for branch in &self.branches {
            for problem in branch.failure.iter().chain(&branch.problems) {
                if !problems.contains(problem) {
                    problems.push(problem.clone());
                }
            }
        }
        problems
    }
}

/// Looks for everything that the options name, and keeps every answer.
///
/// # Errors
/// What ends the whole run: the lake or the control store cannot be used.
pub async fn collect(run: &Run<'_>) -> Result<Collection> {
    let asking = Asking::new(run);
    let started_at = asking.now();
    let languages = run.options.languages.iter().map(Branch::Language);
    let branches: Vec<_> = languages.chain(run.options.render.as_ref().map(Branch::Render)).collect();
    let of_branches = branches.iter().zip(1..).map(|(branch, number)| collect_branch(&asking, *branch, -number));
    let mut collected = try_join_all(of_branches).await?;
    late_packages(&asking, &mut collected).await?;
    let tasks = collected.iter().flat_map(|branch| &branch.result.tasks);
    run.writer.sender().tasks(tasks.map(|task| task.raw(run.stamp)).collect()).await?;
    let is_complete = collected.iter().any(|branch| branch.result.failure.is_none());
    let collection = Collection {
        spent: asking.spent(),
        is_complete,
        pages: asking.pages(),
        rows: asking.rows(),
        branches: collected.into_iter().map(|branch| branch.result).collect(),
    };
    if is_complete {
        run.writer.sender().run(raw_run(&asking, &collection, started_at)).await?;
    }
    Ok(collection)
}

fn raw_run(asking: &Asking<'_>, collection: &Collection, started_at: chrono::DateTime<chrono::Utc>) -> RawRun {
    let stamp = asking.run.stamp;
    RawRun {
        stamp: stamp.clone(),
        pipeline: PIPELINE,
        stream: STREAM,
        repo_id: 0,
        repo_full_name: String::new(),
        is_renamed: false,
        mode: STREAM,
        started_at,
        finished_at: asking.now(),
        since: Some(asking.window_start),
        pages_fetched: collection.pages,
        records_fetched: collection.rows,
        max_updated_at: None,
        final_url: String::new(),
        spent: collection.spent(),
        attempt: complete_attempt(stamp, started_at),
    }
}

#[cfg(test)]
mod tests;
