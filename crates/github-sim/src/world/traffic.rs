//! The truth about a repository's visitors: single visits, daily values, or what follows from a seed.
//!
//! Whatever the source, it gives single visits, each at a second and by a visitor. Every count over any stretch of time
//! is a count of these, so counts of days, weeks and windows always fit together.

mod daily;
mod given;
mod popular;
mod seeded;
pub(crate) mod window;

use chrono::{DateTime, NaiveDate, Utc};

pub use daily::{DailyTraffic, Regulars};
pub use popular::{Popular, PopularKind};
pub use seeded::TrafficOptions;

use crate::world::calendar::{DAY, day_of, number_of};
use crate::world::issue::instant;
use daily::Daily;
use popular::Snapshots;
use seeded::Seeded;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TrafficKind {
    /// Looks at pages.
    Views,
    /// Full clones by git.
    Clones,
}

/// Visits and distinct visitors of the same stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TrafficCount {
    /// Visits.
    pub count: u64,
    /// Distinct visitors.
    pub uniques: u64,
}

/// A visit by somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Visit {
    /// When, UTC, whole seconds.
    pub at: DateTime<Utc>,
    /// Who; the same number is the same person within a repository and a kind.
    pub visitor: u64,
}

/// A visit as sources give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Seen {
    pub(crate) at: i64,
    pub(crate) visitor: u64,
    /// Decides what else is to be known of it, such as the page.
    pub(crate) draw: u64,
}

/// All there is to know about a repository's traffic.
#[derive(Debug, Clone, Default)]
pub struct TrafficTruth {
    views: Source,
    clones: Source,
    referrers: Snapshots,
    paths: Snapshots,
}

#[derive(Debug, Clone, Default)]
enum Source {
    #[default]
    Nothing,
    /// Sorted by time.
    Visits(Vec<Seen>),
    Daily(Daily),
    Seeded(Seeded),
}

impl TrafficTruth {
    /// Visits and distinct visitors from an instant (inclusive) until another (exclusive), in whole seconds.
    pub fn between(&self, kind: TrafficKind, from: DateTime<Utc>, until: DateTime<Utc>) -> TrafficCount {
        count(&self.seen(kind, from.timestamp(), until.timestamp()))
    }

    /// Visits and distinct visitors of a whole UTC day.
    pub fn on(&self, kind: TrafficKind, date: NaiveDate) -> TrafficCount {
        let from = number_of(date) * DAY;
        count(&self.seen(kind, from, from + DAY))
    }

    /// The visits from an instant (inclusive) until another (exclusive), oldest first.
    pub fn visits(&self, kind: TrafficKind, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<Visit> {
        let mut seen = self.seen(kind, from.timestamp(), until.timestamp());
        seen.sort_unstable();
        seen.iter().map(|seen| Visit { at: instant(seen.at), visitor: seen.visitor }).collect()
    }

    /// The ten most frequent referrers or paths as they are served at an instant, most frequent first.
    ///
    /// Where snapshots were set or loaded: the newest that is not younger than the instant, and nothing if it is
    /// fourteen days old. Otherwise what the visits of the fourteen days before add up to, for which their source must
    /// know where visitors come from: seeds do, daily values and single visits do not. Paths begin with `full_name`.
    pub fn popular(&self, kind: PopularKind, full_name: &str, at: DateTime<Utc>) -> Vec<Popular> {
        let at = at.timestamp();
        let snapshots = match kind {
            PopularKind::Referrers => &self.referrers,
            PopularKind::Paths => &self.paths,
        };
        if let Some(entries) = snapshots.at(at) {
            return entries;
        }
        match &self.views {
            Source::Seeded(seeded) => {
                let seen = self.seen(TrafficKind::Views, at - window::LENGTH, at);
                popular::ranked(kind, full_name, seeded, &seen)
            }
            _ => Vec::new(),
        }
    }

    /// The visits between two seconds, in no order.
    pub(crate) fn seen(&self, kind: TrafficKind, from: i64, until: i64) -> Vec<Seen> {
        let source = match kind {
            TrafficKind::Views => &self.views,
            TrafficKind::Clones => &self.clones,
        };
        let mut seen = Vec::new();
        let mut add = |visit: Seen| {
            if (from..until).contains(&visit.at) {
                seen.push(visit);
            }
        };
        let days = day_of(from)..=day_of(until.saturating_sub(1));
        match source {
            Source::Nothing => {}
            Source::Visits(visits) => {
                let first = visits.partition_point(|visit| visit.at < from);
                visits.iter().skip(first).take_while(|visit| visit.at < until).copied().for_each(add);
            }
            Source::Daily(daily) => days.for_each(|day| daily.on(day, &mut add)),
            Source::Seeded(seeded) => days.for_each(|day| seeded.on(day, &mut add)),
        }
        seen
    }
}

/// How many visits, and how many visitors among them.
pub(crate) fn count(seen: &[Seen]) -> TrafficCount {
    let mut visitors: Vec<u64> = seen.iter().map(|seen| seen.visitor).collect();
    visitors.sort_unstable();
    visitors.dedup();
    TrafficCount { count: seen.len() as u64, uniques: visitors.len() as u64 }
}

/// A number for a person who comes on one day only. Numbers of those who come again are below all of these.
fn passer_by(day: i64, index: u64) -> u64 {
    // Before 1970 nobody looked at repositories.
    let number = u64::try_from(day).unwrap_or(0) + 1;
    (number << 32) | (index & u64::from(u32::MAX))
}
