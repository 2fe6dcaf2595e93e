//! What GitHub says of one repository.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::client::Client;
use crate::error::Error;
use crate::name::RepoName;
use crate::outcome::{Decoded, Outcome, Request, Spent};

/// One repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// GitHub's numeric id: the repository's identity.
    pub repo_id: i64,
    /// GitHub's node id.
    pub node_id: String,
    /// The current name; after a rename it differs from the one asked for.
    pub name: RepoName,
    /// The current name, `owner/name`.
    pub full_name: String,
    /// Whether only members see it.
    pub private: bool,
    /// Whether it is read-only for good.
    pub archived: bool,
    /// Whether its issues are switched on.
    pub has_issues: bool,
    /// Whether it is a fork.
    pub fork: bool,
    /// The default branch.
    pub default_branch: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// What the token may do; none without a token.
    pub permissions: Option<Permissions>,
    /// Open issues and open pull requests together (GitHub's `open_issues_count`).
    pub open_issues_and_pulls_count: u64,
}

/// What a token may do with a repository.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Permissions {
    /// Administer.
    pub admin: bool,
    /// Maintain.
    pub maintain: bool,
    /// Write.
    pub push: bool,
    /// Manage issues.
    pub triage: bool,
    /// Read.
    pub pull: bool,
}

/// What asking for a repository came to.
#[derive(Debug, Clone)]
pub enum RepositoryOutcome {
    /// It is there.
    Found {
        /// The repository.
        repository: Box<Repository>,
        /// What it took.
        spent: Spent,
    },
    /// It cannot be had; never [`Outcome::Page`]. [`Outcome::problem`] says it in words.
    Unavailable(Outcome),
}

impl Client {
    /// Asks for a repository by name; follows a rename.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub async fn repository(&self, name: &RepoName) -> Result<RepositoryOutcome, Error> {
        let url = self.url(&format!("repos/{}/{}", name.owner(), name.name()), &[]);
        self.fetch_repository(Request::new(url)).await
    }

    /// Asks for a repository by its numeric id, which outlives every rename and transfer.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub async fn repository_by_id(&self, repo_id: i64) -> Result<RepositoryOutcome, Error> {
        let url = self.url(&format!("repositories/{repo_id}"), &[]);
        self.fetch_repository(Request::new(url)).await
    }

    async fn fetch_repository(&self, request: Request) -> Result<RepositoryOutcome, Error> {
        let decoded = self.get_decoded(request, |body| serde_json::from_slice::<Body>(body)).await?;
        Ok(match decoded {
            Decoded::Page(page, body) => {
                let repository = Box::new(Repository::from(body));
                self.learn_owner(repository.repo_id, repository.name.owner());
                RepositoryOutcome::Found { repository, spent: page.spent }
            }
            Decoded::Other(outcome) => RepositoryOutcome::Unavailable(outcome),
        })
    }
}

#[derive(Deserialize)]
pub(crate) struct Body {
    id: i64,
    node_id: String,
    #[serde(deserialize_with = "parsed_name")]
    full_name: RepoName,
    private: bool,
    #[serde(default)]
    archived: bool,
    #[serde(default = "yes")]
    has_issues: bool,
    fork: bool,
    #[serde(default)]
    default_branch: String,
    created_at: DateTime<Utc>,
    permissions: Option<Permissions>,
    #[serde(default)]
    open_issues_count: u64,
}

impl From<Body> for Repository {
    fn from(body: Body) -> Self {
        Self {
            repo_id: body.id,
            node_id: body.node_id,
            full_name: body.full_name.to_string(),
            name: body.full_name,
            private: body.private,
            archived: body.archived,
            has_issues: body.has_issues,
            fork: body.fork,
            default_branch: body.default_branch,
            created_at: body.created_at,
            permissions: body.permissions,
            open_issues_and_pulls_count: body.open_issues_count,
        }
    }
}

fn parsed_name<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<RepoName, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}

fn yes() -> bool {
    true
}
