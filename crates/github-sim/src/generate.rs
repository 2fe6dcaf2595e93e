//! A world from a seed: repositories whose issues live as issues do.

mod filler;
mod life;
mod trending;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::random::Random;
use crate::world::event::Event;
use crate::world::issue::Issue;
use crate::world::stars::Stars;
use crate::world::truth::{DepartureReason, Gone};
use crate::world::{TrafficOptions, World};

pub(crate) use life::is_not_planned;
use life::{People, live};
pub use trending::TrendingOptions;

/// What to generate; the same options give the same world.
#[derive(Debug, Clone)]
pub struct GenerateOptions {
    /// Repositories, named `sim-org-XX/repo-YYYY`.
    pub repos: u32,
    /// Issues and pull requests of all repositories together.
    pub issues: u64,
    /// Seed of everything that is random.
    pub seed: u64,
    /// How unevenly issues are spread: 0 gives every repository the same, 1 is like Zipf's law.
    pub skew: f64,
    /// When the first repository is created; `None` is five years before the world's now.
    pub start: Option<DateTime<Utc>>,
}

impl Default for GenerateOptions {
    fn default() -> Self {
        Self { repos: 3, issues: 300, seed: 1, skew: 0.0, start: None }
    }
}

const FIRST_REPOSITORY_ID: u64 = 700_000_000;
const REPOSITORIES_PER_OWNER: u32 = 25;
const PEOPLE: u32 = 400;
/// Share of numbers without an issue: deleted or transferred ones.
const SHARE_GONE: f64 = 0.02;
/// Ids of issues begin here: below the greatest number that GraphQL's `Int` can hold.
const FIRST_ISSUE_ID: u64 = 2_000_000_000;

impl World {
    /// Adds generated repositories with issues, pull requests and their events, all before the world's now.
    ///
    /// Names that exist already are left as they are. About 30 % are pull requests; issues are opened with a weekly
    /// rhythm, labelled, assigned, closed after log-normal ages, and some are reopened; a few are closed before they
    /// were created (by up to an hour, as GitHub does), have no author, or carry hostile text; some numbers are
    /// missing. The payload's median is about 3.7 KB. Stars came evenly, and visitors come from the creation on, without
    /// end ([`World::generate_traffic`] with its defaults and this seed).
    pub fn generate(&mut self, options: &GenerateOptions) {
        self.generate_all(options, None);
    }

    /// As [`World::generate`], but each issue has about this many state events: those of closing and opening again
    /// come as they do, labels, assignees and milestones make up the rest. An issue that was reopened often can have
    /// more. An event takes 40 bytes.
    pub fn generate_with_events(&mut self, options: &GenerateOptions, events_per_issue: u32) {
        self.generate_all(options, Some(events_per_issue));
    }

    fn generate_all(&mut self, options: &GenerateOptions, events_per_issue: Option<u32>) {
        let now = self.now();
        let start = options.start.unwrap_or(now - TimeDelta::days(5 * 365)).timestamp();
        let people = People {
            first: self.users.ensure("sim-user-0000", "User"),
            count: PEOPLE,
            maintainer: self.users.ensure("sim-maintainer", "User"),
        };
        for number in 1..PEOPLE {
            self.users.ensure(&format!("sim-user-{number:04}"), "User");
        }
        let traffic = TrafficOptions { seed: options.seed, ..TrafficOptions::default() };
        let mut serial = 0;
        for (index, count) in (0_u32..).zip(shares(options)) {
            let owner = index / REPOSITORIES_PER_OWNER;
            let name = format!("sim-org-{owner:02}/repo-{index:04}");
            let id = FIRST_REPOSITORY_ID + u64::from(index) * 17;
            let first_serial = serial;
            serial += count + count / 16 + 16;
            if self.add_repository_with_id(&name, id).is_err() {
                continue;
            }
            let seed = crate::random::mix(options.seed) ^ id;
            let span = (now.timestamp() - start).max(1);
            let (mut issues, gone) =
                repository_issues(seed, first_serial, count, start, span, &people, events_per_issue);
            self.number_events(&mut issues);
            if let Some(repository) = self.repositories.get_mut(&id) {
                repository.created_at = start - 3_600;
                repository.changed_at = start;
                repository.stars = Stars::made_up(id, repository.created_at, now.timestamp());
                repository.seed_traffic(&traffic);
                repository.is_generated = true;
                repository.gone = gone;
                repository.fill(issues);
            }
            self.note_nodes(id);
        }
    }
}

impl World {
    // As on GitHub, ids grow with time within a repository.
    fn number_events(&mut self, issues: &mut BTreeMap<u32, Issue>) {
        let mut events: Vec<&mut Event> = issues.values_mut().flat_map(|issue| &mut issue.events).collect();
        events.sort_by_key(|event| event.at);
        for event in events {
            event.id = self.next_event_id();
        }
    }
}

/// How many issues each repository gets.
fn shares(options: &GenerateOptions) -> Vec<u64> {
    let weight = |index: u32| f64::from(index + 1).powf(-options.skew);
    let whole: f64 = (0..options.repos).map(weight).sum();
    let mut shares = Vec::new();
    let (mut given, mut due) = (0_u64, 0.0);
    for index in 0..options.repos {
        due += options.issues as f64 * weight(index) / whole;
        // Rounding the running sum keeps the total exact.
        let until = if index + 1 == options.repos { options.issues } else { due.round() as u64 };
        shares.push(until.saturating_sub(given));
        given = until.max(given);
    }
    shares
}

fn repository_issues(
    seed: u64,
    first_serial: u64,
    count: u64,
    start: i64,
    span: i64,
    people: &People,
    events_per_issue: Option<u32>,
) -> (BTreeMap<u32, Issue>, BTreeMap<u32, Gone>) {
    let mut random = Random::for_item(seed, 0);
    let mut times: Vec<i64> = (0..count).map(|_| opening_time(&mut random, start, span)).collect();
    times.sort_unstable();
    let mut issues = Vec::with_capacity(times.len());
    let mut gone = BTreeMap::new();
    let mut number = 0;
    for (created_at, serial) in times.into_iter().zip(first_serial..) {
        number += 1;
        while random.chance(SHARE_GONE) {
            gone.insert(number, Gone { reason: DepartureReason::Deleted, at: created_at, issue: None });
            number += 1;
        }
        let id = FIRST_ISSUE_ID + serial;
        let issue = live(
            Random::for_item(seed, u64::from(number)),
            id,
            number,
            created_at,
            start + span,
            people,
            events_per_issue,
        );
        issues.push((number, issue));
    }
    (issues.into_iter().collect(), gone)
}

/// A time with GitHub's weekly rhythm: three quarters fewer on weekends, most in the European and American day.
fn opening_time(random: &mut Random, start: i64, span: i64) -> i64 {
    loop {
        let time = start + i64::try_from(random.below(span.unsigned_abs())).unwrap_or(0);
        // 1970-01-01 was a Thursday.
        let weekday = (time.div_euclid(86_400) + 3).rem_euclid(7);
        let hour = time.rem_euclid(86_400) / 3_600;
        let of_day = if (7..22).contains(&hour) { 1.0 } else { 0.4 };
        let of_week = if weekday >= 5 { 0.25 } else { 1.0 };
        if random.chance(of_day * of_week) {
            return time;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_and_follow_the_skew() {
        for skew in [0.0, 0.7, 1.2] {
            let options = GenerateOptions { repos: 7, issues: 1_000, skew, ..GenerateOptions::default() };
            let shares = shares(&options);
            assert_eq!(shares.iter().sum::<u64>(), 1_000);
            if skew > 0.0 {
                assert!(shares[0] > 2 * shares[6], "{shares:?}");
            }
        }
    }
}
