//! What a repository says of itself: description, language, topics, and when it was created, changed and pushed to.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::Error;
use crate::world::{Repository, RepositoryRef, World};

/// What is set of a repository; made up where nothing is set.
#[derive(Debug, Clone)]
pub(crate) struct Profile {
    pub(crate) description: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) topics: Vec<String>,
    /// Seconds since 1970.
    pub(crate) updated_at: i64,
    /// Seconds since 1970.
    pub(crate) pushed_at: Option<i64>,
}

/// The language of repositories of which nothing is said.
const MADE_UP_LANGUAGE: &str = "Rust";

impl Repository {
    /// The description, if it has one.
    pub fn description(&self) -> Option<Cow<'_, str>> {
        match &self.profile {
            Some(profile) => profile.description.as_deref().map(Cow::Borrowed),
            None => Some(Cow::Owned(format!("{} of {}", self.name, self.owner))),
        }
    }

    /// The language that most of it is written in, if there is one.
    pub fn language(&self) -> Option<&str> {
        self.profile.as_ref().map_or(Some(MADE_UP_LANGUAGE), |profile| profile.language.as_deref())
    }

    /// Its topics, in the order in which they are served.
    pub fn topics(&self) -> &[String] {
        self.profile.as_ref().map_or(&[], |profile| profile.topics.as_slice())
    }

    pub(crate) fn updated_at(&self) -> i64 {
        self.profile.as_ref().map_or(self.changed_at, |profile| profile.updated_at)
    }

    pub(crate) fn pushed_at(&self) -> Option<i64> {
        self.profile.as_ref().map_or(Some(self.changed_at), |profile| profile.pushed_at)
    }

    /// What is set; what was made up until now is set to what it was.
    pub(crate) fn profile_mut(&mut self) -> &mut Profile {
        let made_up = Profile {
            description: Some(format!("{} of {}", self.name, self.owner)),
            language: Some(MADE_UP_LANGUAGE.to_owned()),
            topics: Vec::new(),
            updated_at: self.changed_at,
            pushed_at: Some(self.changed_at),
        };
        self.profile.get_or_insert_with(|| Box::new(made_up))
    }
}

impl World {
    /// Changes a repository's description now; `None` takes it away.
    ///
    /// # Errors
    /// When the repository is unknown.
    pub fn set_description<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        description: Option<&str>,
    ) -> Result<(), Error> {
        self.change_profile(repository.into(), |profile| profile.description = description.map(str::to_owned))
    }

    /// Changes a repository's topics now.
    ///
    /// # Errors
    /// When the repository is unknown.
    pub fn set_topics<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        topics: &[impl AsRef<str>],
    ) -> Result<(), Error> {
        let topics = topics.iter().map(|topic| topic.as_ref().to_owned()).collect();
        self.change_profile(repository.into(), |profile| profile.topics = topics)
    }

    /// Sets the language that most of a repository is written in; `None` for one without any code.
    ///
    /// # Errors
    /// When the repository is unknown.
    pub fn set_language<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        language: Option<&str>,
    ) -> Result<(), Error> {
        let id = self.require(repository.into())?;
        self.get_mut(id)?.profile_mut().language = language.map(str::to_owned);
        Ok(())
    }

    /// Sets when a repository was created, which is also when its first commit was made.
    ///
    /// # Errors
    /// When the repository is unknown.
    pub fn set_created_at<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        let id = self.require(repository.into())?;
        let found = self.get_mut(id)?;
        found.profile_mut();
        found.created_at = at.timestamp();
        found.branch.move_first(at.timestamp());
        Ok(())
    }

    /// Sets when a repository was last changed, as `updated_at` tells.
    ///
    /// # Errors
    /// When the repository is unknown.
    pub fn set_updated_at<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        let id = self.require(repository.into())?;
        self.get_mut(id)?.profile_mut().updated_at = at.timestamp();
        Ok(())
    }

    /// Sets when a repository was last pushed to, on whatever branch.
    ///
    /// # Errors
    /// When the repository is unknown.
    pub fn set_pushed_at<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        let id = self.require(repository.into())?;
        self.get_mut(id)?.profile_mut().pushed_at = Some(at.timestamp());
        Ok(())
    }

    fn change_profile(
        &mut self,
        repository: RepositoryRef<'_>,
        change: impl FnOnce(&mut Profile),
    ) -> Result<(), Error> {
        let id = self.require(repository)?;
        let now = self.now().timestamp();
        let profile = self.get_mut(id)?.profile_mut();
        change(profile);
        profile.updated_at = now;
        Ok(())
    }
}
