//! Commits, the people behind them, and closed issues of the last days.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::RecordBatch;
use chrono::{DateTime, Utc};

use super::rows::TrendingRows;
use super::{Elements, each, texts, times};
use crate::Result;
use crate::decode::Rejected;
use crate::trending::{Branch, Commit, Issue, RestCommit, RestIssue};

/// Decodes rows of `raw_repo_metrics` into `rows`; tells which could not be decoded.
///
/// # Errors
/// The batch lacks a column of the table.
pub fn metrics(raw: &RecordBatch, rows: &mut TrendingRows) -> Result<Vec<Rejected>> {
    let elements = Elements::of(raw)?;
    let (kinds, apis, outcomes) = (texts(raw, "metric_type")?, texts(raw, "api")?, texts(raw, "outcome")?);
    let window_starts = times(raw, "window_start")?;
    Ok(each(raw, |row| {
        let origin = elements.origin(row);
        if rows.is_of_excluded(origin.repo_full_name) {
            return Ok(());
        }
        let details = rows.details.entry((origin.repo_id, origin.run_seq)).or_default();
        details.seen_at = details.seen_at.max(origin.seen_at);
        details.window_start = Some(window_starts.value(row));
        details.run_id = origin.run_id.to_owned();
        let answer = Answer {
            payload: elements.payload(row),
            outcome: outcomes.value(row),
            is_rest: apis.value(row) == "rest",
            window: Window { first: window_starts.value(row), last: origin.seen_at },
        };
        match kinds.value(row) {
            "commits" => answer.read(&mut details.commits),
            "issues" => answer.read(&mut details.issues),
            other => Err(format!("there is no metric {other}")),
        }
    }))
}

/// An answer about a metric.
struct Answer<'a> {
    payload: Result<Option<&'a str>, String>,
    outcome: &'a str,
    is_rest: bool,
    window: Window,
}

impl Answer<'_> {
    /// Adds it; where it cannot be read the metric is not known.
    fn read<T: Read>(self, metric: &mut Metric<T>) -> Result<(), String> {
        let Self { payload, outcome, is_rest, window } = self;
        let read = payload.and_then(|payload| match (outcome, payload) {
            ("more" | "answer", Some(payload)) => metric.read.add(payload, is_rest, window),
            ("no_push" | "empty" | "disabled", None) => Ok(()),
            (other, _) => Err(format!("there is no outcome {other}")),
        });
        metric.is_broken |= read.is_err();
        metric.has_end |= outcome != "more";
        read
    }
}

/// What is counted of pages.
trait Read {
    /// Adds what a page tells of a window.
    fn add(&mut self, payload: &str, is_rest: bool, window: Window) -> Result<(), String>;
}

/// What the pages of a run told.
#[derive(Default)]
pub(super) struct Metric<T> {
    read: T,
    has_end: bool,
    is_broken: bool,
}

impl<T> Metric<T> {
    /// What was read, where that is all there is.
    pub(super) fn whole(&self) -> Option<&T> {
        (self.has_end && !self.is_broken).then_some(&self.read)
    }
}

/// Microseconds, both ends included.
#[derive(Clone, Copy)]
struct Window {
    first: i64,
    last: i64,
}

impl Window {
    fn has(self, at: Option<DateTime<Utc>>) -> bool {
        at.is_some_and(|at| (self.first..=self.last).contains(&at.timestamp_micros()))
    }
}

/// What answers of a run tell of a repository's last days.
#[derive(Default)]
pub(super) struct Details {
    pub(super) seen_at: i64,
    /// None where nothing tells of these days.
    pub(super) window_start: Option<i64>,
    pub(super) run_id: String,
    /// Whether its files are known as well, all of them.
    pub(super) is_listed: bool,
    pub(super) commits: Metric<Commits>,
    pub(super) issues: Metric<ClosedIssues>,
}

/// The commits of a window.
#[derive(Default)]
pub(super) struct Commits {
    hashes: BTreeSet<String>,
    /// Who wrote them, and whether that is a bot.
    authors: BTreeMap<String, bool>,
}

impl Commits {
    pub(super) fn count(&self) -> usize {
        self.hashes.len()
    }

    /// People, or bots.
    pub(super) fn authors(&self, are_bots: bool) -> usize {
        self.authors.values().filter(|is_bot| **is_bot == are_bots).count()
    }

    fn add_commit(&mut self, author: Author<'_>, hash: &str) {
        if self.hashes.insert(hash.to_owned())
            && let Some(key) = author.key()
        {
            *self.authors.entry(key).or_default() |= author.is_bot();
        }
    }
}

impl Read for Commits {
    fn add(&mut self, payload: &str, is_rest: bool, window: Window) -> Result<(), String> {
        let failed = |error: serde_json::Error| error.to_string();
        if is_rest {
            let page: Vec<RestCommit> = serde_json::from_str(payload).map_err(failed)?;
            for commit in page {
                let at = commit.commit.committer.as_ref().and_then(|committer| committer.date);
                if window.has(at) {
                    self.add_commit(Author::of_rest(&commit), &commit.sha);
                }
            }
            return Ok(());
        }
        let alias: Branch = serde_json::from_str(payload).map_err(failed)?;
        // An empty repository has no branch.
        let history = alias.default_branch_ref.and_then(|branch| branch.target?.history);
        for commit in history.and_then(|history| history.nodes).into_iter().flatten().flatten() {
            if window.has(Some(commit.committed_date)) {
                self.add_commit(Author::of_graphql(&commit), &commit.oid);
            }
        }
        Ok(())
    }
}

/// Who wrote a commit, in whichever way that is told.
#[derive(Default)]
struct Author<'a> {
    id: Option<i64>,
    login: Option<&'a str>,
    name: Option<&'a str>,
    email: Option<&'a str>,
    is_marked: bool,
}

impl<'a> Author<'a> {
    fn of_rest(commit: &'a RestCommit) -> Self {
        let (account, signature) = (commit.author.as_ref(), commit.commit.author.as_ref());
        Self {
            id: account.and_then(|account| account.id),
            login: account.and_then(|account| account.login.as_deref()),
            name: signature.and_then(|signature| signature.name.as_deref()),
            email: signature.and_then(|signature| signature.email.as_deref()),
            is_marked: account.is_some_and(|account| account.kind.as_deref() == Some("Bot")),
        }
    }

    fn of_graphql(commit: &'a Commit) -> Self {
        let Some(author) = &commit.author else { return Self::default() };
        Self {
            id: author.user.as_ref().and_then(|user| user.database_id),
            login: author.user.as_ref().map(|user| user.login.as_str()),
            name: author.name.as_deref(),
            email: author.email.as_deref(),
            is_marked: false,
        }
    }

    /// GitHub's id, which the address that it gives to those who hide theirs holds as well; else the address.
    fn key(&self) -> Option<String> {
        let email = self.email.map(|email| email.trim().to_lowercase()).filter(|email| !email.is_empty());
        let of_address = email.as_deref().and_then(|email| {
            let (id, _) = email.strip_suffix("@users.noreply.github.com")?.split_once('+')?;
            id.parse::<i64>().ok()
        });
        let id = self.id.or(of_address).map(|id| format!("id {id}"));
        id.or(email).or_else(|| self.name.map(|name| format!("name {}", name.trim().to_lowercase())))
    }

    fn is_bot(&self) -> bool {
        let address = self.email.and_then(|email| email.strip_suffix("@users.noreply.github.com"));
        let names = [self.login, self.name, address];
        self.is_marked || names.into_iter().flatten().any(|name| name.trim().to_lowercase().ends_with("[bot]"))
    }
}

/// The issues that were closed in a window.
#[derive(Default)]
pub(super) struct ClosedIssues {
    numbers: BTreeSet<i64>,
}

impl ClosedIssues {
    pub(super) fn count(&self) -> usize {
        self.numbers.len()
    }
}

impl Read for ClosedIssues {
    fn add(&mut self, payload: &str, is_rest: bool, window: Window) -> Result<(), String> {
        let failed = |error: serde_json::Error| error.to_string();
        let issues: Vec<Issue> = if is_rest {
            let page: Vec<RestIssue> = serde_json::from_str(payload).map_err(failed)?;
            let issues = page.into_iter().filter(|issue| issue.pull_request.is_none());
            issues.map(|issue| Issue { number: issue.number, closed_at: issue.closed_at }).collect()
        } else {
            let alias: Branch = serde_json::from_str(payload).map_err(failed)?;
            alias.issues.and_then(|issues| issues.nodes).into_iter().flatten().flatten().collect()
        };
        let closed = issues.into_iter().filter(|issue| window.has(issue.closed_at));
        self.numbers.extend(closed.map(|issue| issue.number));
        Ok(())
    }
}
