//! What tests, recordings and seeds say of a repository's traffic.

use chrono::{DateTime, Utc};

use super::{
    Daily, DailyTraffic, Popular, PopularKind, Regulars, Seeded, Seen, Source, TrafficKind, TrafficOptions,
    TrafficTruth, Visit,
};
use crate::Error;
use crate::random::mix;
use crate::world::{Repository, RepositoryRef, World};

impl World {
    /// The truth about a repository's traffic; `None` for an unknown repository.
    pub fn traffic_truth<'a>(&self, repository: impl Into<RepositoryRef<'a>>) -> Option<&TrafficTruth> {
        self.repository(repository).map(|found| &found.traffic)
    }

    /// Gives all repositories visits that follow from a seed, in place of what they had. They take no memory: each day
    /// is made when it is asked for.
    pub fn generate_traffic(&mut self, options: &TrafficOptions) {
        for repository in self.repositories.values_mut() {
            repository.seed_traffic(options);
        }
    }

    /// Sets a repository's traffic to daily values, in place of what it had; days that are not named have none.
    ///
    /// The n visits of a day stand in the middles of n equal parts of it, and its visitors take turns, so that parts of
    /// days have counts too. `regulars` says who comes again, from which the distinct visitors of windows follow.
    ///
    /// # Errors
    /// When the repository is unknown, or a day has more visitors than visits, or visits by nobody.
    pub fn set_daily_traffic<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        days: &[DailyTraffic],
        regulars: Regulars,
    ) -> Result<(), Error> {
        let id = self.require(repository.into())?;
        let views = Daily::new(regulars, days.iter().map(|of| (of.day, of.views, of.view_uniques)))?;
        let clones = Daily::new(regulars, days.iter().map(|of| (of.day, of.clones, of.clone_uniques)))?;
        let traffic = &mut self.get_mut(id)?.traffic;
        (traffic.views, traffic.clones) = (Source::Daily(views), Source::Daily(clones));
        Ok(())
    }

    /// Sets a repository's views or clones to these, in place of what it had.
    ///
    /// # Errors
    /// When the repository is unknown.
    pub fn set_visits<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        kind: TrafficKind,
        visits: &[Visit],
    ) -> Result<(), Error> {
        let id = self.require(repository.into())?;
        let seen = |visit: &Visit| Seen { at: visit.at.timestamp(), visitor: visit.visitor, draw: 0 };
        let mut visits: Vec<Seen> = visits.iter().map(seen).collect();
        visits.sort_unstable();
        let traffic = &mut self.get_mut(id)?.traffic;
        match kind {
            TrafficKind::Views => traffic.views = Source::Visits(visits),
            TrafficKind::Clones => traffic.clones = Source::Visits(visits),
        }
        Ok(())
    }

    /// Sets the list of referrers or paths that is served from an instant on, until the next list or for fourteen days.
    /// The ten most frequent entries are kept.
    ///
    /// # Errors
    /// When the repository is unknown.
    pub fn set_popular<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        kind: PopularKind,
        from: DateTime<Utc>,
        entries: Vec<Popular>,
    ) -> Result<(), Error> {
        let id = self.require(repository.into())?;
        let traffic = &mut self.get_mut(id)?.traffic;
        match kind {
            PopularKind::Referrers => traffic.referrers.set(from.timestamp(), entries),
            PopularKind::Paths => traffic.paths.set(from.timestamp(), entries),
        }
        Ok(())
    }
}

impl Repository {
    pub(crate) fn seed_traffic(&mut self, options: &TrafficOptions) {
        let seed = mix(options.seed) ^ self.id;
        let starts_at = options.start.map_or(self.created_at, |start| start.timestamp());
        let source = |part: u64, median: f64| {
            Source::Seeded(Seeded::new(mix(seed.wrapping_add(part)), starts_at, median, options.spread))
        };
        self.traffic = TrafficTruth {
            views: source(1, options.views_per_day),
            clones: source(2, options.clones_per_day),
            ..TrafficTruth::default()
        };
    }
}
