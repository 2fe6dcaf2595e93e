//! When a repository got the stars it has.

use chrono::NaiveDate;

use crate::Error;
use crate::random::mix;
use crate::world::calendar::{DAY, date_of, day_of, number_of};
use crate::world::{RepositoryRef, World};

/// Stars that came evenly, and what was changed since.
#[derive(Debug, Clone)]
pub(crate) struct Stars {
    /// Made up from the repository's id.
    even: u64,
    from: i64,
    until: i64,
    changes: Vec<Change>,
}

/// From an instant on, so many more (or fewer) stars are there of those given on a day.
#[derive(Debug, Clone, Copy)]
struct Change {
    at: i64,
    day: i64,
    by: i64,
}

impl Stars {
    /// Made-up stars, which came evenly between two instants.
    pub(crate) fn made_up(repository_id: u64, from: i64, until: i64) -> Self {
        Self { even: made_up(repository_id), from, until, changes: Vec::new() }
    }

    /// So many stars, which came evenly between two instants.
    pub(crate) fn even(count: u64, from: i64, until: i64) -> Self {
        Self { even: count, from, until, changes: Vec::new() }
    }

    /// People give so many more at an instant.
    pub(crate) fn give(&mut self, at: i64, count: i64) {
        self.changes.push(Change { at, day: day_of(at), by: count });
    }

    /// How many there are at an instant.
    pub(crate) fn total(&self, now: i64) -> u64 {
        let changed: i64 = self.changes.iter().filter(|change| change.at <= now).map(|change| change.by).sum();
        self.before(now + 1).saturating_add_signed(changed)
    }

    /// How many of those that are there at an instant were given on a day.
    pub(crate) fn given_on(&self, day: i64, now: i64) -> u64 {
        let (from, until) = (day * DAY, ((day + 1) * DAY).min(now + 1));
        let even = self.before(until).saturating_sub(self.before(from));
        let is_of_day = |change: &&Change| change.day == day && change.at <= now;
        let changed: i64 = self.changes.iter().filter(is_of_day).map(|change| change.by).sum();
        even.saturating_add_signed(changed)
    }

    /// The day of the first star that was ever given, if there was one.
    pub(crate) fn first_day(&self) -> Option<i64> {
        let changed = self.changes.iter().map(|change| change.day).min();
        let even = (self.even > 0).then(|| day_of(self.from));
        changed.into_iter().chain(even).min()
    }

    /// Of the made-up stars, how many came before an instant.
    fn before(&self, at: i64) -> u64 {
        if at <= self.from {
            return 0;
        }
        if at >= self.until {
            return self.even;
        }
        let part = u128::from(self.even) * u128::from((at - self.from).unsigned_abs());
        u64::try_from(part / u128::from((self.until - self.from).unsigned_abs())).unwrap_or(self.even)
    }
}

/// The stars of a repository of which nothing is said.
pub(crate) fn made_up(repository_id: u64) -> u64 {
    mix(repository_id) % 20_000
}

impl World {
    /// People star a repository now.
    ///
    /// # Errors
    /// When the repository is unknown.
    pub fn star<'a>(&mut self, repository: impl Into<RepositoryRef<'a>>, count: u32) -> Result<(), Error> {
        let id = self.require(repository.into())?;
        let at = self.now().timestamp();
        self.get_mut(id)?.stars.changes.push(Change { at, day: day_of(at), by: i64::from(count) });
        Ok(())
    }

    /// People who starred a repository on a day take their stars back now: the day has fewer from now on.
    ///
    /// # Errors
    /// When the repository is unknown, or fewer stars are left of that day.
    pub fn unstar<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        starred_on: NaiveDate,
        count: u32,
    ) -> Result<(), Error> {
        let id = self.require(repository.into())?;
        let at = self.now().timestamp();
        let found = self.get_mut(id)?;
        let day = number_of(starred_on);
        let left = found.stars.given_on(day, at);
        if left < u64::from(count) {
            return Err(Error::NoSuchStars { repository: found.full_name(), day: starred_on, left });
        }
        found.stars.changes.push(Change { at, day, by: -i64::from(count) });
        Ok(())
    }

    /// Sets how many stars were given on each day, in place of what was; they count from the beginning of their day.
    ///
    /// # Errors
    /// When the repository is unknown.
    pub fn set_stars<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        days: &[(NaiveDate, u32)],
    ) -> Result<(), Error> {
        let id = self.require(repository.into())?;
        let change = |(date, count): &(NaiveDate, u32)| {
            let day = number_of(*date);
            Change { at: day * DAY, day, by: i64::from(*count) }
        };
        self.get_mut(id)?.stars = Stars { even: 0, from: 0, until: 0, changes: days.iter().map(change).collect() };
        Ok(())
    }

    /// The stars that a repository has now, by the day on which they were given; days without any are left out.
    /// Nothing for an unknown repository.
    pub fn star_truth<'a>(&self, repository: impl Into<RepositoryRef<'a>>) -> Vec<(NaiveDate, u64)> {
        let Some(found) = self.repository(repository) else {
            return Vec::new();
        };
        let now = self.now().timestamp();
        let first = found.stars.first_day().unwrap_or(i64::MAX);
        let days = (first..=day_of(now)).map(|day| (date_of(day), found.stars.given_on(day, now)));
        days.filter(|(_, count)| *count > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_stars_add_up_and_none_come_after_now() {
        let stars = Stars { even: 10, from: 0, until: 5 * DAY, changes: Vec::new() };
        let days: Vec<u64> = (-1..6).map(|day| stars.given_on(day, 10 * DAY)).collect();
        assert_eq!(days, [0, 2, 2, 2, 2, 2, 0]);
        assert_eq!((stars.total(10 * DAY), stars.total(2 * DAY)), (10, 4));
        assert_eq!(stars.given_on(4, 2 * DAY), 0);
    }

    #[test]
    fn stars_that_come_at_once_are_all_of_their_day() {
        let stars = Stars { even: 7, from: 3 * DAY + 5, until: 3 * DAY + 5, changes: Vec::new() };
        assert_eq!((stars.given_on(3, 3 * DAY + 5), stars.total(3 * DAY + 5), stars.total(3 * DAY)), (7, 7, 0));
    }

    #[test]
    fn changes_count_from_their_instant_and_for_their_day() {
        let change = |at, day, by| Change { at, day, by };
        let changes = vec![change(0, 0, 5), change(DAY, 1, 3), change(2 * DAY, 0, -2)];
        let stars = Stars { even: 0, from: 0, until: 0, changes };
        assert_eq!((stars.given_on(0, 2 * DAY - 1), stars.given_on(0, 2 * DAY), stars.given_on(1, 2 * DAY)), (5, 3, 3));
        assert_eq!((stars.total(0), stars.total(DAY), stars.total(9 * DAY)), (5, 8, 6));
    }
}
