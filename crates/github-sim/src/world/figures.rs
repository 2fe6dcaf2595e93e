//! What is counted of a repository besides its issues.

use chrono::NaiveDate;

use crate::Error;
use crate::world::calendar::{day_of, number_of};
use crate::world::{Repository, RepositoryRef, World, stars};

/// The counts of an instant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figures {
    pub(crate) stars: u64,
    pub(crate) forks: u64,
    /// Who is told of what happens; GitHub's `watchers_count` are the stars.
    pub(crate) subscribers: u64,
    /// Kilobytes.
    pub(crate) size: u64,
}

impl Repository {
    /// What is counted at an instant.
    pub(crate) fn figures(&self, now: i64) -> Figures {
        let made_up = stars::made_up(self.id);
        let set = self.forks.range(..=day_of(now)).next_back().map(|(_, forks)| *forks);
        let forks = set.unwrap_or(if self.forks.is_empty() { made_up / 7 } else { 0 });
        Figures {
            stars: self.stars.total(now),
            forks,
            subscribers: self.subscribers.unwrap_or(made_up / 40),
            size: made_up * 3 + 120,
        }
    }
}

impl World {
    /// Sets how many forks a repository has from each of these days on; before the first it has none.
    ///
    /// # Errors
    /// When the repository is unknown.
    pub fn set_forks<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        days: &[(NaiveDate, u64)],
    ) -> Result<(), Error> {
        let id = self.require(repository.into())?;
        self.get_mut(id)?.forks = days.iter().map(|(date, forks)| (number_of(*date), *forks)).collect();
        Ok(())
    }

    /// Sets how many people watch a repository, which is what REST calls `subscribers_count`.
    ///
    /// # Errors
    /// When the repository is unknown.
    pub fn set_subscribers<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        subscribers: u64,
    ) -> Result<(), Error> {
        let id = self.require(repository.into())?;
        self.get_mut(id)?.subscribers = Some(subscribers);
        Ok(())
    }
}
