//! What happens to whole repositories.

use crate::Error;
use crate::payload::Payload;
use crate::render::{API, SITE};
use crate::world::issue::{Content, Issue};
use crate::world::repository::Access;
use crate::world::{RepositoryRef, World, shape, split_name};

impl World {
    /// Renames or transfers a repository; the old name answers 301 until another repository takes it. An owner that is
    /// there already keeps their own way of writing their login.
    ///
    /// # Errors
    /// When the repository is unknown, or the new name is taken or malformed.
    pub fn rename_repository(&mut self, old: &str, new: &str) -> Result<(), Error> {
        let id = self.require(RepositoryRef::Name(old))?;
        let (owner, name) = split_name(new)?;
        if self.repository(new).is_some_and(|other| other.id != id) {
            return Err(Error::RepositoryExists(new.to_owned()));
        }
        self.users.ensure(owner, "Organization");
        let owner = self.users.spelled(owner);
        self.set_name(new, id);
        let repository = self.get_mut(id)?;
        let replacements = address_changes(&repository.full_name(), &format!("{owner}/{name}"));
        repository.owner = owner;
        name.clone_into(&mut repository.name);
        repository.changes += 1;
        for issue in repository.issues.values_mut() {
            readdress(issue, &replacements);
        }
        for label in repository.labels.values_mut() {
            for (from, to) in &replacements {
                *label = label.replace(from, to);
            }
        }
        Ok(())
    }

    /// Deletes a repository: its name and its id answer 404.
    ///
    /// # Errors
    /// When the repository is unknown.
    pub fn delete_repository<'a>(&mut self, repository: impl Into<RepositoryRef<'a>>) -> Result<(), Error> {
        let id = self.require(repository.into())?;
        self.repositories.remove(&id);
        Ok(())
    }

    /// Makes a repository of the same name again: empty, with a new id, which is given.
    ///
    /// # Errors
    /// When the name is malformed.
    pub fn recreate_repository(&mut self, full_name: &str) -> Result<u64, Error> {
        if self.repository(full_name).is_some() {
            self.delete_repository(full_name)?;
        }
        self.add_repository(full_name)
    }

    /// Blocks a repository for legal reasons: every path of it answers 451.
    ///
    /// # Errors
    /// When the repository is unknown.
    pub fn block_repository<'a>(&mut self, repository: impl Into<RepositoryRef<'a>>) -> Result<(), Error> {
        self.set_access(repository.into(), Access::Blocked)
    }

    /// Turns a repository's issues off: issue paths answer 410.
    ///
    /// # Errors
    /// When the repository is unknown.
    pub fn disable_issues<'a>(&mut self, repository: impl Into<RepositoryRef<'a>>) -> Result<(), Error> {
        self.set_access(repository.into(), Access::IssuesDisabled)
    }

    /// Lifts a block and turns issues on again.
    ///
    /// # Errors
    /// When the repository is unknown.
    pub fn open_repository<'a>(&mut self, repository: impl Into<RepositoryRef<'a>>) -> Result<(), Error> {
        self.set_access(repository.into(), Access::Open)
    }

    /// Makes a repository private (404 for tokens that do not list it) or public.
    ///
    /// # Errors
    /// When the repository is unknown.
    pub fn set_private<'a>(&mut self, repository: impl Into<RepositoryRef<'a>>, is_private: bool) -> Result<(), Error> {
        let id = self.require(repository.into())?;
        self.get_mut(id)?.is_private = is_private;
        Ok(())
    }

    /// Makes a repository a fork or not.
    ///
    /// # Errors
    /// When the repository is unknown.
    pub fn set_fork<'a>(&mut self, repository: impl Into<RepositoryRef<'a>>, is_fork: bool) -> Result<(), Error> {
        let id = self.require(repository.into())?;
        self.get_mut(id)?.is_fork = is_fork;
        Ok(())
    }

    /// Archives a repository or takes it out of the archive.
    ///
    /// # Errors
    /// When the repository is unknown.
    pub fn set_archived<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        is_archived: bool,
    ) -> Result<(), Error> {
        let id = self.require(repository.into())?;
        self.get_mut(id)?.is_archived = is_archived;
        Ok(())
    }

    /// Says whether tokens may push to a repository, on which traffic depends; `Token::push_access` says which tokens.
    ///
    /// # Errors
    /// When the repository is unknown.
    pub fn set_push<'a>(&mut self, repository: impl Into<RepositoryRef<'a>>, is_writable: bool) -> Result<(), Error> {
        let id = self.require(repository.into())?;
        self.get_mut(id)?.is_writable = is_writable;
        Ok(())
    }

    fn set_access(&mut self, repository: RepositoryRef<'_>, access: Access) -> Result<(), Error> {
        let id = self.require(repository)?;
        self.get_mut(id)?.access = access;
        Ok(())
    }
}

fn address_changes(old: &str, new: &str) -> Vec<(String, String)> {
    let mut changes = Vec::new();
    for (base, end) in [(format!("{API}/repos/"), "/"), (format!("{API}/repos/"), "\""), (format!("{SITE}/"), "/")] {
        changes.push((format!("{base}{old}{end}"), format!("{base}{new}{end}")));
    }
    changes
}

fn readdress(issue: &mut Issue, replacements: &[(String, String)]) {
    let Content::Stored(stored) = &mut issue.content else {
        return;
    };
    let Ok(mut payload) = Payload::parse(&stored.bytes) else {
        return;
    };
    payload.replace_in_addresses(replacements);
    stored.bytes = payload.to_bytes();
    issue.revision = shape::content_hash(&stored.bytes);
}
