//! Changes of a world that come from another process as JSON.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

use crate::Error;
use crate::cursor::decode_base64;
use crate::world::{NewCommit, World};

/// One change of one repository: `{"change": "file", "repository": "a/b", "path": "README.md", "text": "..."}`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", tag = "change", deny_unknown_fields)]
pub(crate) enum Step {
    /// A new public repository.
    Add {
        repository: String,
        id: Option<u64>,
    },
    /// With `to`, its new name.
    Rename {
        repository: String,
        to: String,
    },
    Delete {
        repository: String,
    },
    /// Another repository of the same name.
    Recreate {
        repository: String,
    },
    Description {
        repository: String,
        text: Option<String>,
    },
    Language {
        repository: String,
        name: Option<String>,
    },
    Topics {
        repository: String,
        names: Vec<String>,
    },
    /// Content as `text` or as `base64`.
    File {
        repository: String,
        path: String,
        text: Option<String>,
        base64: Option<String>,
    },
    RemoveFile {
        repository: String,
        path: String,
    },
    /// By an account (`login`) or by an e-mail alone.
    Commit {
        repository: String,
        at: Option<DateTime<Utc>>,
        login: Option<String>,
        name: Option<String>,
        email: Option<String>,
        message: Option<String>,
    },
    /// People star it now.
    Star {
        repository: String,
        count: u32,
    },
    Unstar {
        repository: String,
        starred_on: NaiveDate,
        count: u32,
    },
    /// In place of all stars: how many were given on each day.
    Stars {
        repository: String,
        days: BTreeMap<NaiveDate, u32>,
    },
    Forks {
        repository: String,
        days: BTreeMap<NaiveDate, u64>,
    },
    /// When it was created, changed and pushed to; what is left out stays.
    Times {
        repository: String,
        created_at: Option<DateTime<Utc>>,
        updated_at: Option<DateTime<Utc>>,
        pushed_at: Option<DateTime<Utc>>,
    },
    Archived {
        repository: String,
        is_archived: bool,
    },
    Private {
        repository: String,
        is_private: bool,
    },
    Fork {
        repository: String,
        is_fork: bool,
    },
    DisableIssues {
        repository: String,
    },
    Block {
        repository: String,
    },
    Open {
        repository: String,
    },
    /// GitHub's JSON of an issue, or the keys of it that matter.
    Issue {
        repository: String,
        issue: serde_json::Value,
    },
    CloseIssue {
        repository: String,
        number: u32,
    },
}

/// Makes the changes one after the other, up to the first that cannot be.
///
/// # Errors
/// Why it cannot; those before it are made.
pub(crate) fn make(world: &mut World, steps: Vec<Step>) -> Result<(), Error> {
    steps.into_iter().try_for_each(|step| make_one(world, step))
}

fn make_one(world: &mut World, step: Step) -> Result<(), Error> {
    match step {
        Step::Add { repository, id: Some(id) } => world.add_repository_with_id(&repository, id),
        Step::Add { repository, id: None } => world.add_repository(&repository).map(|_| ()),
        Step::Rename { repository, to } => world.rename_repository(&repository, &to),
        Step::Delete { repository } => world.delete_repository(&repository),
        Step::Recreate { repository } => world.recreate_repository(&repository).map(|_| ()),
        Step::Description { repository, text } => world.set_description(&repository, text.as_deref()),
        Step::Language { repository, name } => world.set_language(&repository, name.as_deref()),
        Step::Topics { repository, names } => world.set_topics(&repository, &names),
        Step::File { repository, path, text, base64 } => {
            let bytes = match (text, base64) {
                (Some(text), None) => Some(text.into_bytes()),
                (None, Some(base64)) => decode_base64(&base64),
                _ => None,
            };
            let reason = "a file has either `text` or `base64`";
            let bytes = bytes.ok_or(Error::BadChange { repository: repository.clone(), reason })?;
            world.set_file(&repository, &path, bytes)
        }
        Step::RemoveFile { repository, path } => world.remove_file(&repository, &path),
        Step::Commit { repository, at, login, name, email, message } => {
            let at = at.unwrap_or(world.now());
            let known = login.as_deref().map(|login| NewCommit::by(login, at));
            let mut commit = known.unwrap_or_else(|| NewCommit::by_email("somebody", "somebody@example.org", at));
            commit.name = name.unwrap_or(commit.name);
            commit.email = email.unwrap_or(commit.email);
            commit.message = message.unwrap_or(commit.message);
            world.add_commit(&repository, &commit)
        }
        Step::Star { repository, count } => world.star(&repository, count),
        Step::Unstar { repository, starred_on, count } => world.unstar(&repository, starred_on, count),
        Step::Stars { repository, days } => world.set_stars(&repository, &days.into_iter().collect::<Vec<_>>()),
        Step::Forks { repository, days } => world.set_forks(&repository, &days.into_iter().collect::<Vec<_>>()),
        Step::Times { repository, created_at, updated_at, pushed_at } => {
            created_at.map_or(Ok(()), |at| world.set_created_at(&repository, at))?;
            updated_at.map_or(Ok(()), |at| world.set_updated_at(&repository, at))?;
            pushed_at.map_or(Ok(()), |at| world.set_pushed_at(&repository, at))
        }
        Step::Archived { repository, is_archived } => world.set_archived(&repository, is_archived),
        Step::Private { repository, is_private } => world.set_private(&repository, is_private),
        Step::Fork { repository, is_fork } => world.set_fork(&repository, is_fork),
        Step::DisableIssues { repository } => world.disable_issues(&repository),
        Step::Block { repository } => world.block_repository(&repository),
        Step::Open { repository } => world.open_repository(&repository),
        Step::Issue { repository, issue } => world.upsert_issue(&repository, issue).map(|_| ()),
        Step::CloseIssue { repository, number } => world.close_issue(&repository, number),
    }
}
