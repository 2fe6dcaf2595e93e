//! Visits that follow from a seed: nothing is kept, each day is made when somebody asks for it.

use chrono::{DateTime, Utc};

use super::{Seen, passer_by};
use crate::random::{Random, mix};
use crate::world::calendar::DAY;

/// How much traffic to generate; the same options give every repository the same visits.
#[derive(Debug, Clone)]
pub struct TrafficOptions {
    /// Seed of everything that is random.
    pub seed: u64,
    /// When the first visitor comes; `None` is each repository's creation.
    pub start: Option<DateTime<Utc>>,
    /// The median of a working day of the median repository.
    pub views_per_day: f64,
    /// The median of a working day of the median repository.
    pub clones_per_day: f64,
    /// How unlike repositories are: the deviation of the logarithm of their medians. 0 makes all of them alike.
    pub spread: f64,
}

impl Default for TrafficOptions {
    fn default() -> Self {
        Self { seed: 1, start: None, views_per_day: 12.0, clones_per_day: 4.0, spread: 1.0 }
    }
}

/// Most visits of a generated day.
const BUSIEST_DAY: f64 = 5_000.0;
const OF_WEEKEND: f64 = 0.4;
/// The deviation of the logarithm of a day's visits.
const DAILY_SPREAD: f64 = 0.6;
/// Days without anybody, for whatever reason.
const SHARE_QUIET: f64 = 0.03;
const SHARE_SAME_DAY: f64 = 0.5;
const SHARE_REGULARS: f64 = 0.4;

#[derive(Debug, Clone)]
pub(super) struct Seeded {
    seed: u64,
    starts_at: i64,
    /// The median of visits on a working day.
    level: f64,
    /// People who come again and again.
    regulars: u64,
}

impl Seeded {
    /// The visits of one repository and kind, of which `seed` is the seed.
    pub(super) fn new(seed: u64, starts_at: i64, median: f64, spread: f64) -> Self {
        let level = Random::for_item(seed, u64::MAX).log_normal(median, spread).min(BUSIEST_DAY);
        Self { seed, starts_at, level, regulars: (level * 0.7) as u64 + 2 }
    }

    /// What else is to be known of a visitor or a visit.
    pub(super) fn random_of(&self, item: u64) -> Random {
        Random::for_item(mix(self.seed), item)
    }

    pub(super) fn on(&self, day: i64, add: &mut impl FnMut(Seen)) {
        if (day + 1).saturating_mul(DAY) <= self.starts_at || day < 0 {
            return;
        }
        let mut random = Random::for_item(self.seed, day.unsigned_abs());
        let mut today: Vec<u64> = Vec::new();
        for index in 0..self.count(day, &mut random) {
            let at = day * DAY + random.below(DAY.unsigned_abs()).cast_signed();
            let visitor = match today.get(random.index(today.len())) {
                Some(again) if random.chance(SHARE_SAME_DAY) => *again,
                _ if random.chance(SHARE_REGULARS) => random.below(self.regulars),
                _ => passer_by(day, index),
            };
            let draw = random.next();
            today.push(visitor);
            if at >= self.starts_at {
                add(Seen { at, visitor, draw });
            }
        }
    }

    fn count(&self, day: i64, random: &mut Random) -> u64 {
        // 1970-01-01 was a Thursday.
        let is_weekend = (day + 3).rem_euclid(7) >= 5;
        let median = if is_weekend { self.level * OF_WEEKEND } else { self.level };
        let count = random.log_normal(median, DAILY_SPREAD).round().min(BUSIEST_DAY);
        if random.chance(SHARE_QUIET) { 0 } else { count as u64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visits(seeded: &Seeded, days: std::ops::Range<i64>) -> Vec<Seen> {
        let mut seen = Vec::new();
        for day in days {
            seeded.on(day, &mut |visit| seen.push(visit));
        }
        seen
    }

    #[test]
    fn the_same_seed_gives_the_same_visits_and_none_before_the_start() {
        let starts_at = 20_000 * DAY + DAY / 2;
        let seeded = Seeded::new(7, starts_at, 30.0, 0.0);
        let seen = visits(&seeded, 19_990..20_050);
        assert_eq!(seen, visits(&Seeded::new(7, starts_at, 30.0, 0.0), 19_990..20_050));
        assert_ne!(seen, visits(&Seeded::new(8, starts_at, 30.0, 0.0), 19_990..20_050));
        assert!(seen.iter().all(|visit| visit.at >= starts_at));
        assert!(seen.iter().any(|visit| visit.at < starts_at + DAY / 2));
    }

    #[test]
    fn some_visitors_come_again_on_other_days_and_some_days_are_empty() {
        let seeded = Seeded::new(3, 0, 3.0, 0.0);
        let by_day: Vec<Vec<Seen>> = (10_000..10_100).map(|day| visits(&seeded, day..day + 1)).collect();
        let uniques = |seen: &[Seen]| crate::world::traffic::count(seen).uniques;
        let sum: u64 = by_day.iter().map(|seen| uniques(seen)).sum();
        let most = by_day.iter().map(|seen| uniques(seen)).max().unwrap();
        let all = uniques(&by_day.concat());
        assert!(most < all && all < sum, "{most} < {all} < {sum}");
        assert!(by_day.iter().any(Vec::is_empty));
    }
}
