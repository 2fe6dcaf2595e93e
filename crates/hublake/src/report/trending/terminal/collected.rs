//! When and how the newest run collected.

use std::collections::BTreeMap;

use crate::clean::cut;
use crate::report::grid::wrapped;
use crate::report::terminal::count;
use crate::report::trending::figures::TrendingList;
use crate::report::trending::run::{DISCOVER, Run, Task};
use crate::report::trending::words::{counted, instant};

/// Where the text behind a label begins.
const LABEL: usize = 16;
/// A message is not shown longer than this.
const LONGEST_MESSAGE: usize = 240;
const NAME_WIDTH: usize = 24;

/// What a task besides the searches is called.
const TASKS: [(&str, &str); 3] = [("details", "activity"), ("files", "files"), ("star_history", "star history")];

/// Lines with a label each; what went wrong is a warning of its own.
pub(super) fn collected(run: &Run, lists: &[TrendingList], width: usize) -> Vec<String> {
    let mut told = vec![("collected", when(run))];
    let found: Vec<_> = run.searches().filter(|task| task.is_successful).map(found).collect();
    if !found.is_empty() {
        told.push(("found", found.join(", ")));
    }
    for (name, label) in TASKS {
        let of_task: Vec<_> = run.tasks.iter().filter(|task| task.task == name).collect();
        if !of_task.is_empty() {
            told.push((label, work(&of_task)));
        }
    }
    told.extend(warnings(run, lists).into_iter().map(|warning| ("warning", warning)));
    told.iter().flat_map(|(label, text)| wrapped(&format!("  {label:<14}{text}"), width, LABEL)).collect()
}

fn when(run: &Run) -> String {
    let spent = counted(run.requests, "request", "requests");
    format!("{} to {} ({:.1} s), {spent}", instant(run.started_at), run.finished_at.format("%H:%M:%S"), run.seconds)
}

fn found(task: &Task) -> String {
    format!("{} {}", cut(&task.branch, NAME_WIDTH), count(task.repositories))
}

/// What tasks of one kind did together.
fn work(tasks: &[&Task]) -> String {
    let sum = |of: fn(&Task) -> i64| tasks.iter().map(|task| of(task)).sum::<i64>();
    let mut parts = vec![counted(sum(|task| task.repositories), "repository", "repositories")];
    parts.push(counted(sum(|task| task.requests), "request", "requests"));
    let (failed, retried) = (sum(|task| task.failed), sum(|task| task.retried));
    if retried > 0 {
        parts.push(format!("{} tried again", count(retried)));
    }
    if failed > 0 {
        parts.push(format!("{} without an answer", count(failed)));
    }
    parts.join(", ")
}

/// What a reader of the lists must know. Tasks that failed for the same reason are told once.
fn warnings(run: &Run, lists: &[TrendingList]) -> Vec<String> {
    let mut failed: BTreeMap<(&str, String), Vec<String>> = BTreeMap::new();
    for task in run.tasks.iter().filter(|task| !task.is_successful) {
        // The hint after the first line belongs to the run.
        let reason = task.message.as_deref().and_then(|text| text.lines().next());
        let message = reason.map_or("no reason is known".to_owned(), |text| cut(text, LONGEST_MESSAGE));
        let who = if task.branch.is_empty() { "all branches" } else { &task.branch };
        failed.entry((&task.task, message)).or_default().push(cut(who, NAME_WIDTH));
    }
    let mut warnings = Vec::new();
    for ((task, message), branches) in failed {
        let what = TASKS.iter().find(|(name, _)| *name == task).map_or("search", |(_, label)| label);
        let consequence = if task == DISCOVER { consequence(&branches, lists) } else { String::new() };
        let branches = branches.join(", ");
        warnings.push(match message.starts_with(what) {
            true => format!("{branches}: {message}{consequence}"),
            false => format!("{branches}: {what} failed: {message}{consequence}"),
        });
    }
    for task in run.tasks.iter().filter(|task| task.is_incomplete) {
        warnings.push(format!(
            "{}: GitHub's search had not looked everywhere, or found more than it gives; some may be missing",
            cut(&task.branch, NAME_WIDTH)
        ));
    }
    for task in run.tasks.iter().filter(|task| task.is_successful && task.failed > 0) {
        // The hint after the first line belongs to the run.
        if let Some(message) = task.message.as_deref().and_then(|text| text.lines().next()) {
            warnings.push(format!("{}: {}", cut(&task.branch, NAME_WIDTH), cut(message, LONGEST_MESSAGE)));
        }
    }
    warnings
}

/// What stands in the lists of branches whose search failed.
fn consequence(branches: &[String], lists: &[TrendingList]) -> String {
    let is_filled = |name: &String| {
        lists.iter().any(|list| list.language.eq_ignore_ascii_case(name) && list.snapshot_date.is_some())
    };
    match branches.iter().filter(|name| is_filled(name)).count() {
        0 => "; nothing of it is shown".to_owned(),
        _ => "; shown is what was seen before".to_owned(),
    }
}
