//! What is pushed to repositories: files and commits.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::Error;
use crate::render::user::user_json;
use crate::world::event::NOBODY;
use crate::world::git::{Author, Oid};
use crate::world::issue::instant;
use crate::world::{RepositoryRef, World};

/// Ends the login of an App in REST.
pub(crate) const OF_BOT: &str = "[bot]";

/// A commit to be made on the default branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCommit {
    /// When it is written and committed.
    pub at: DateTime<Utc>,
    /// The account that the e-mail belongs to, if it belongs to one; a login that ends in `[bot]` is that of an App.
    pub login: Option<String>,
    /// The author's name in Git.
    pub name: String,
    /// The author's e-mail in Git.
    pub email: String,
    /// Its message.
    pub message: String,
}

impl NewCommit {
    /// A commit by somebody with an account.
    pub fn by(login: &str, at: DateTime<Utc>) -> Self {
        let email = format!("{login}@example.org");
        Self { login: Some(login.to_owned()), ..Self::by_email(login, &email, at) }
    }

    /// A commit by somebody whose e-mail belongs to no account.
    pub fn by_email(name: &str, email: &str, at: DateTime<Utc>) -> Self {
        Self { at, login: None, name: name.to_owned(), email: email.to_owned(), message: "Change something".to_owned() }
    }

    /// A commit by an App of this name (without `[bot]`) whose user has this id.
    pub fn by_bot(name: &str, id: u64, at: DateTime<Utc>) -> Self {
        let login = format!("{name}{OF_BOT}");
        let email = format!("{id}+{login}@users.noreply.github.com");
        Self { login: Some(login.clone()), ..Self::by_email(&login, &email, at) }
    }
}

impl World {
    /// Puts a file into a repository's default branch, in place of what was there.
    ///
    /// The history says nothing of it, and `pushed_at` stays: add a commit for that. An empty repository gets its
    /// first commit, made when it was created.
    ///
    /// # Errors
    /// When the repository is unknown, or the path is not one from the root (`a/b.txt`).
    pub fn set_file<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        path: &str,
        bytes: impl AsRef<[u8]>,
    ) -> Result<(), Error> {
        let id = self.require(repository.into())?;
        let is_wrong = |part: &str| part.is_empty() || part == "." || part == "..";
        if path.split('/').any(is_wrong) {
            return Err(Error::BadPath(path.to_owned()));
        }
        let author = self.maintainer();
        let found = self.get_mut(id)?;
        found.branch.begin(found.created_at, author);
        found.branch.put(path, bytes.as_ref());
        Ok(())
    }

    /// Removes a file from a repository's default branch; the history says nothing of it.
    ///
    /// # Errors
    /// When the repository is unknown.
    pub fn remove_file<'a>(&mut self, repository: impl Into<RepositoryRef<'a>>, path: &str) -> Result<(), Error> {
        let id = self.require(repository.into())?;
        self.get_mut(id)?.branch.remove(path);
        Ok(())
    }

    /// Makes GitHub fail when it is asked for what a file holds now, or no longer: GraphQL leaves it null with an error,
    /// REST answers 500. Folders list it all the same.
    ///
    /// # Errors
    /// When the repository is unknown.
    pub fn withhold_file<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        path: &str,
        is_withheld: bool,
    ) -> Result<(), Error> {
        let id = self.require(repository.into())?;
        self.get_mut(id)?.branch.withhold(path, is_withheld);
        Ok(())
    }

    /// A file of a repository's default branch.
    pub fn file<'a>(&self, repository: impl Into<RepositoryRef<'a>>, path: &str) -> Option<&[u8]> {
        let branch = &self.repository(repository)?.branch;
        branch.blob(branch.file(path)?).map(AsRef::as_ref)
    }

    /// Git's id of a file of a repository's default branch.
    pub fn file_sha<'a>(&self, repository: impl Into<RepositoryRef<'a>>, path: &str) -> Option<String> {
        self.repository(repository)?.branch.file(path).as_ref().map(Oid::to_string)
    }

    /// Makes a commit on a repository's default branch; `pushed_at` is at least its time from now on. The first one of
    /// an empty repository makes the branch.
    ///
    /// # Errors
    /// When the repository is unknown.
    pub fn add_commit<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        commit: &NewCommit,
    ) -> Result<(), Error> {
        let id = self.require(repository.into())?;
        let author = self.author(commit);
        let at = commit.at.timestamp();
        let found = self.get_mut(id)?;
        found.branch.commit(at, author, &commit.message);
        let profile = found.profile_mut();
        profile.pushed_at = profile.pushed_at.max(Some(at));
        Ok(())
    }

    /// Names a repository's default branch, which is `main` otherwise.
    ///
    /// # Errors
    /// When the repository is unknown.
    pub fn set_default_branch<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        name: &str,
    ) -> Result<(), Error> {
        let id = self.require(repository.into())?;
        self.get_mut(id)?.branch.set_name(name);
        Ok(())
    }

    /// The times of a repository's commits, oldest first; nothing for an unknown repository.
    pub fn commit_times<'a>(&self, repository: impl Into<RepositoryRef<'a>>) -> Vec<DateTime<Utc>> {
        let commits = self.repository(repository).map(|found| found.branch.commits()).unwrap_or_default();
        commits.iter().map(|commit| instant(commit.at)).collect()
    }

    /// Who makes the first commits of repositories of which nothing else is said.
    fn maintainer(&mut self) -> Author {
        let login = "sim-maintainer";
        let user = self.users.ensure(login, "User");
        Author { name: login.to_owned(), email: format!("{login}@example.org"), user }
    }

    pub(crate) fn author(&mut self, commit: &NewCommit) -> Author {
        let user = match commit.login.as_deref() {
            None => NOBODY,
            Some(login) if login.ends_with(OF_BOT) => self.bot(login, &commit.email),
            Some(login) => self.users.ensure(login, "User"),
        };
        Author { name: commit.name.clone(), email: commit.email.clone(), user }
    }

    fn bot(&mut self, login: &str, email: &str) -> u32 {
        if let Some(known) = self.users.index(login) {
            return known;
        }
        let id = email.split_once('+').and_then(|(id, _)| id.parse().ok()).unwrap_or(40_000_000);
        let user: Map<String, Value> = serde_json::from_str(&user_json(login, id, "Bot")).unwrap_or_default();
        self.users.intern(&user)
    }
}
