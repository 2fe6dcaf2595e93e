//! What an hourly collector saw of bitcoin-core/gui, as the issue lists GitHub would have given.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::document::{Document, labels_by_name};
use crate::truth::read_ndjson;

/// A repository's beginning and its changes, as raw REST issue objects.
pub struct Replay {
    /// Issues and pull requests before the first step.
    pub beginning: Vec<Value>,
    /// In order of time.
    pub steps: Vec<Step>,
}

/// What one hour changed.
pub struct Step {
    /// When the collector had seen it.
    pub at: DateTime<Utc>,
    /// The new state of every issue and pull request that changed.
    pub changed: Vec<Value>,
}

/// A line of the recorded history.
struct Change {
    commit: String,
    committed_at: DateTime<Utc>,
    is_addition: bool,
    document: Document,
}

const HISTORY: &str = "history/bitcoin-core-gui.hourly_changes.2026-03-01_2026-05-01.ndjson.gz";
const ISSUES: &str = "issues/bitcoin-core-gui.issues_with_timeline.ndjson.gz";

impl Replay {
    /// The recorded hourly history.
    ///
    /// The recorded issues are of a later day than the history: what changed after its beginning is taken back with
    /// the help of the timelines, from the earliest document there is.
    pub fn recorded(folder: &Path) -> Self {
        let changes: Vec<Change> = read_ndjson(&folder.join(HISTORY), Change::read);
        let start = changes.first().expect("the history has lines").committed_at - TimeDelta::hours(1);
        let mut documents = BTreeMap::new();
        for document in read_ndjson(&folder.join(ISSUES), Document::read) {
            documents.insert(document.number(), document);
        }
        let mut seen = BTreeSet::new();
        for change in &changes {
            let number = change.document.number();
            if !seen.insert(number) {
                continue;
            }
            if change.is_addition {
                documents.remove(&number);
            } else {
                documents.insert(number, change.document.clone());
            }
        }
        let labels = labels_by_name(documents.values());
        let beginning = documents.values().filter_map(|document| document.as_of(start, &labels)).collect();

        let mut steps: Vec<Step> = Vec::new();
        let mut commit = String::new();
        for change in changes {
            if change.commit != commit {
                steps.push(Step { at: change.committed_at, changed: Vec::new() });
                commit = change.commit;
            }
            let step = steps.last_mut().expect("a step was begun");
            step.changed.push(change.document.listed());
        }
        Self { beginning, steps }
    }
}

impl Change {
    fn read(mut line: Value) -> Self {
        let text = |key: &str| line[key].as_str().unwrap_or_else(|| panic!("a change has no {key}")).to_owned();
        Self {
            commit: text("commit"),
            committed_at: text("committed_at").parse().expect("a commit has an instant"),
            is_addition: text("change") == "A",
            document: Document::read(line["doc"].take()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::truth::{Issue, recorded_data};

    #[test]
    fn the_recorded_history_has_87_steps_with_100_changes_in_order_of_time() {
        let Some(folder) = recorded_data() else {
            eprintln!("HUBLAKE_RECORDED_DATA is not set: the recorded history is not read");
            return;
        };
        let replay = Replay::recorded(&folder);
        assert_eq!(replay.steps.len(), 87);
        assert_eq!(replay.steps.iter().map(|step| step.changed.len()).sum::<usize>(), 100);
        assert!(replay.steps.is_sorted_by_key(|step| step.at));

        let start = replay.steps[0].at - TimeDelta::hours(1);
        let mut state = BTreeMap::new();
        for object in &replay.beginning {
            let issue = Issue::from_rest(object);
            assert!(issue.updated_at <= start && issue.created_at <= issue.updated_at, "#{}", issue.number);
            assert_eq!(issue.is_closed(), issue.closed_at.is_some(), "#{}", issue.number);
            assert!(state.insert(issue.number, issue).is_none());
        }
        assert!(state.len() > 800, "{}", state.len());
        for step in &replay.steps {
            for object in &step.changed {
                let issue = Issue::from_rest(object);
                assert!(issue.updated_at <= step.at, "#{} is from the future", issue.number);
                let old = state.insert(issue.number, issue.clone());
                assert!(old.is_none_or(|old| old.updated_at < issue.updated_at), "#{} is not newer", issue.number);
            }
        }
    }
}
