//! The parts of answers about trending repositories, in the two forms that GitHub has for them.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::events::PageInfo;

/// An account.
#[derive(Debug, Deserialize)]
pub(crate) struct Owner {
    pub(crate) login: String,
}

/// A repository as searches by REST and its own address tell it.
#[derive(Debug, Deserialize)]
pub(crate) struct RestRepository {
    pub(crate) id: i64,
    pub(crate) node_id: String,
    pub(crate) full_name: String,
    pub(crate) name: String,
    pub(crate) owner: Owner,
    pub(crate) html_url: String,
    pub(crate) language: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) stargazers_count: i64,
    pub(crate) forks_count: i64,
    pub(crate) open_issues_count: Option<i64>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) pushed_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(crate) topics: Vec<String>,
    pub(crate) archived: Option<bool>,
}

/// A repository as the query tells it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GraphqlRepository {
    pub(crate) id: String,
    /// Null for ids of more than 32 bits.
    pub(crate) database_id: Option<i64>,
    pub(crate) name_with_owner: String,
    pub(crate) owner: Owner,
    pub(crate) url: String,
    pub(crate) primary_language: Option<Named>,
    pub(crate) description: Option<String>,
    pub(crate) stargazer_count: i64,
    pub(crate) fork_count: i64,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) pushed_at: Option<DateTime<Utc>>,
    pub(crate) is_archived: bool,
    pub(crate) repository_topics: Nodes<RepositoryTopic>,
    pub(crate) issues: Count,
    pub(crate) pull_requests: Count,
}

impl GraphqlRepository {
    pub(crate) fn topics(&self) -> Vec<String> {
        let topics = self.repository_topics.nodes.iter().flatten().flatten();
        topics.map(|node| node.topic.name.clone()).collect()
    }
}

/// Something with a name.
#[derive(Debug, Deserialize)]
pub(crate) struct Named {
    pub(crate) name: String,
}

/// The nodes of a connection.
#[derive(Debug, Deserialize)]
pub(crate) struct Nodes<T> {
    pub(crate) nodes: Option<Vec<Option<T>>>,
}

/// A topic of a repository.
#[derive(Debug, Deserialize)]
pub(crate) struct RepositoryTopic {
    pub(crate) topic: Named,
}

/// How many there are.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Count {
    pub(crate) total_count: i64,
}

/// The alias of a query that holds a page of commits, of closed issues, a root folder, or a file.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Branch {
    pub(crate) database_id: Option<i64>,
    pub(crate) default_branch_ref: Option<BranchRef>,
    pub(crate) issues: Option<Page<Issue>>,
    pub(crate) object: Option<Object>,
}

/// A branch.
#[derive(Debug, Deserialize)]
pub(crate) struct BranchRef {
    pub(crate) target: Option<Target>,
}

/// What a branch points to.
#[derive(Debug, Deserialize)]
pub(crate) struct Target {
    pub(crate) history: Option<Page<Commit>>,
}

/// A page of a connection.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Page<T> {
    pub(crate) page_info: PageInfo,
    pub(crate) nodes: Option<Vec<Option<T>>>,
}

impl<T> Page<T> {
    /// Where the next page begins.
    pub(crate) fn next(&self) -> Option<String> {
        self.page_info.end_cursor.clone().filter(|_| self.page_info.has_next_page)
    }
}

/// A commit as the query tells it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Commit {
    pub(crate) oid: String,
    pub(crate) committed_date: DateTime<Utc>,
    pub(crate) author: Option<GitActor>,
}

/// Who wrote a commit.
#[derive(Debug, Deserialize)]
pub(crate) struct GitActor {
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) user: Option<ActorUser>,
}

/// The account of who wrote a commit.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ActorUser {
    pub(crate) database_id: Option<i64>,
    pub(crate) login: String,
}

/// A closed issue as the query tells it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Issue {
    pub(crate) number: i64,
    pub(crate) closed_at: Option<DateTime<Utc>>,
}

/// A commit as REST tells it.
#[derive(Debug, Deserialize)]
pub(crate) struct RestCommit {
    pub(crate) sha: String,
    pub(crate) commit: CommitText,
    pub(crate) author: Option<RestAuthor>,
}

/// The commit itself.
#[derive(Debug, Deserialize)]
pub(crate) struct CommitText {
    pub(crate) author: Option<Signature>,
    pub(crate) committer: Option<Signature>,
}

/// Who wrote or committed, and when.
#[derive(Debug, Deserialize)]
pub(crate) struct Signature {
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) date: Option<DateTime<Utc>>,
}

/// The account of who wrote a commit; GitHub gives an empty object for some that are gone.
#[derive(Debug, Deserialize)]
pub(crate) struct RestAuthor {
    pub(crate) id: Option<i64>,
    pub(crate) login: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
}

/// A closed issue or pull request as REST tells it.
#[derive(Debug, Deserialize)]
pub(crate) struct RestIssue {
    pub(crate) number: i64,
    pub(crate) closed_at: Option<DateTime<Utc>>,
    pub(crate) pull_request: Option<IgnoredAny>,
}

/// A file as REST gives it.
#[derive(Debug, Deserialize)]
pub(crate) struct RestFile {
    pub(crate) sha: String,
    pub(crate) size: i64,
    /// `base64`; `none` above 1 MB.
    pub(crate) encoding: Option<String>,
    pub(crate) content: Option<String>,
}

/// A folder or a file of a query.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Object {
    pub(crate) entries: Option<Vec<Entry>>,
    pub(crate) oid: Option<String>,
    pub(crate) byte_size: Option<i64>,
    pub(crate) is_binary: Option<bool>,
    pub(crate) is_truncated: Option<bool>,
    pub(crate) text: Option<String>,
}

/// An entry of a folder, in either form.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    pub(crate) name: String,
    /// `blob` or `file`; folders and the rest are not read.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(alias = "sha")]
    pub(crate) oid: String,
    size: Option<i64>,
    object: Option<EntryObject>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EntryObject {
    byte_size: Option<i64>,
}

impl Entry {
    pub(crate) fn is_file(&self) -> bool {
        matches!(self.kind.as_str(), "blob" | "file" | "symlink")
    }

    pub(crate) fn byte_size(&self) -> Option<i64> {
        self.size.or_else(|| self.object.as_ref()?.byte_size)
    }
}

/// The files of a root folder, in either form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Listing {
    pub(crate) entries: Vec<Entry>,
}

impl Listing {
    /// Reads the alias of a query, or REST's list; an empty repository has no files.
    pub(crate) fn read(payload: &str) -> Result<Self, serde_json::Error> {
        let entries = match payload.trim_start().starts_with('[') {
            true => serde_json::from_str(payload)?,
            false => {
                let alias: Branch = serde_json::from_str(payload)?;
                alias.object.and_then(|root| root.entries).unwrap_or_default()
            }
        };
        Ok(Self { entries })
    }

    /// The bytes of one entry.
    pub(crate) fn entry_as_it_came(payload: &str, name: &str) -> Option<String> {
        #[derive(Deserialize)]
        struct Alias<'a> {
            #[serde(borrow)]
            object: Option<Folder<'a>>,
        }
        #[derive(Deserialize)]
        struct Folder<'a> {
            #[serde(borrow)]
            entries: Option<Vec<&'a RawValue>>,
        }
        let entries: Vec<&RawValue> = match payload.trim_start().starts_with('[') {
            true => serde_json::from_str(payload).ok()?,
            false => serde_json::from_str::<Alias<'_>>(payload).ok()?.object?.entries?,
        };
        let is_it = |entry: &&RawValue| serde_json::from_str::<Entry>(entry.get()).is_ok_and(|read| read.name == name);
        entries.into_iter().find(is_it).map(|entry| entry.get().to_owned())
    }

    /// The file of a name.
    pub(crate) fn file(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name && entry.is_file())
    }
}
