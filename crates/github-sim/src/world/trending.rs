//! The truth about what trending repositories are judged by.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use crate::render::user::Users;
use crate::world::files::OF_BOT;
use crate::world::git::Commit;
use crate::world::issue::{Issue, IssueState, instant};
use crate::world::{Access, RepositoryRef, World};

/// Where e-mails lie that GitHub gives to people who keep theirs private.
const PRIVATE_MAIL: &str = "@users.noreply.github.com";

/// What a repository is at the world's now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrendingTruth {
    /// GitHub's numeric id.
    pub id: u64,
    /// `owner/name`
    pub full_name: String,
    /// `None` where nobody wrote one.
    pub description: Option<String>,
    /// The language that most of it is written in.
    pub language: Option<String>,
    /// In the order in which they are served.
    pub topics: Vec<String>,
    /// Stars that are left.
    pub stars: u64,
    /// Forks.
    pub forks: u64,
    /// Open issues and pull requests; pull requests alone where issues are turned off.
    pub open_issues: u64,
    /// UTC.
    pub created_at: DateTime<Utc>,
    /// UTC.
    pub updated_at: DateTime<Utc>,
    /// UTC.
    pub pushed_at: Option<DateTime<Utc>>,
    /// Commits of the default branch, oldest first.
    pub commits: Vec<CommitTruth>,
    /// When each issue was closed that is closed now, oldest first; pull requests are none of them. None where issues
    /// are turned off: GitHub counts them no more.
    pub closings: Vec<DateTime<Utc>>,
    /// Git's id of each file by path.
    pub files: BTreeMap<String, String>,
}

/// A commit of the default branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommitTruth {
    /// UTC.
    pub at: DateTime<Utc>,
    /// Who wrote it.
    pub author: AuthorTruth,
}

/// Who wrote a commit, as far as anybody can know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthorTruth {
    /// Somebody with an account, by its id.
    Person(u64),
    /// Somebody without an account, by e-mail in lower case.
    Mail(String),
    /// An App, by its name in lower case.
    Bot(String),
}

impl TrendingTruth {
    /// How many commits were made between two instants, both included.
    pub fn commits_between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> usize {
        self.within(from, to).count()
    }

    /// How many issues were closed between two instants, both included.
    pub fn closings_between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> usize {
        self.closings.iter().filter(|at| (from..=to).contains(*at)).count()
    }

    /// How many different people, and how many different Apps, wrote the commits between two instants.
    pub fn authors_between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> (usize, usize) {
        let authors: BTreeSet<&AuthorTruth> = self.within(from, to).map(|commit| &commit.author).collect();
        let bots = authors.iter().filter(|author| matches!(author, AuthorTruth::Bot(_))).count();
        (authors.len() - bots, bots)
    }

    fn within(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> impl Iterator<Item = &CommitTruth> {
        self.commits.iter().filter(move |commit| (from..=to).contains(&commit.at))
    }
}

impl World {
    /// The truth about a repository, at the world's now; commits that are to come are not in it.
    pub fn trending_truth<'a>(&self, repository: impl Into<RepositoryRef<'a>>) -> Option<TrendingTruth> {
        let found = self.repository(repository)?;
        let now = self.now().timestamp();
        let figures = found.figures(now);
        let is_shown = found.access != Access::IssuesDisabled;
        let issues = found.issues.values().filter(|issue| is_shown && is_closed_issue(issue));
        let mut closings: Vec<i64> = issues.filter_map(|issue| issue.closed_at).collect();
        closings.sort_unstable();
        let commits = found.branch.commits().iter().filter(|commit| commit.at <= now);
        Some(TrendingTruth {
            id: found.id,
            full_name: found.full_name(),
            description: found.description().map(std::borrow::Cow::into_owned),
            language: found.language().map(str::to_owned),
            topics: found.topics().to_vec(),
            stars: figures.stars,
            forks: figures.forks,
            open_issues: found.open_issue_count() as u64,
            created_at: instant(found.created_at),
            updated_at: instant(found.updated_at()),
            pushed_at: found.pushed_at().map(instant),
            commits: commits.map(|commit| truth(commit, &self.users)).collect(),
            closings: closings.into_iter().map(instant).collect(),
            files: found.branch.files().map(|(path, oid)| (path.to_owned(), oid.to_string())).collect(),
        })
    }
}

fn is_closed_issue(issue: &Issue) -> bool {
    !issue.is_pull_request && issue.state == IssueState::Closed
}

fn truth(commit: &Commit, users: &Users) -> CommitTruth {
    let account: Option<Value> = users.json(commit.author.user).parse().ok().filter(|json: &Value| json.is_object());
    let text = |key: &str| account.as_ref().and_then(|json| json.get(key)).and_then(Value::as_str);
    let email = commit.author.email.to_lowercase();
    let private_id = email.strip_suffix(PRIVATE_MAIL).and_then(|start| start.split_once('+')?.0.parse().ok());
    let author = if text("type") == Some("Bot") || commit.author.name.ends_with(OF_BOT) {
        AuthorTruth::Bot(commit.author.name.to_lowercase())
    } else if let Some(id) = account.as_ref().and_then(|json| json.get("id")).and_then(Value::as_u64).or(private_id) {
        AuthorTruth::Person(id)
    } else {
        AuthorTruth::Mail(email)
    };
    CommitTruth { at: instant(commit.at), author }
}
