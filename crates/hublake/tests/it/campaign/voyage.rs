//! Ten seeds on their way: they share a GitHub, a home and its runs, because a run costs far more than a
//! repository.

mod conditions;
mod runs;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use github_sim::{IssueTruth, LimitOptions, SecondaryLimits, SimOptions, World};

use super::corner::{Corner, Deed};
use super::random::Random;
use super::trouble::WINDOW_SECONDS;
use super::{judge, published};
use crate::github::GitHub;
use crate::program::Hublake;
use crate::scene::beginning;

pub use conditions::Conditions;

/// The issues of every repository as a run saw them.
pub type Seen = BTreeMap<u64, BTreeMap<u32, IssueTruth>>;

/// How long the world's history is when the program first looks.
const HISTORY: TimeDelta = TimeDelta::days(45);

/// Seeds with their shared GitHub and program.
pub struct Voyage {
    seeds: Vec<u64>,
    random: Random,
    conditions: Conditions,
    github: GitHub,
    hublake: Hublake,
    /// Repositories that the program was told to collect.
    added: BTreeSet<u64>,
    /// What each run called the present, and when the world stood at its end.
    runs: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    /// What the last run saw that went well and during which nothing changed.
    seen: Seen,
    /// The same of all such runs, by repository and number, the newest of each issue.
    ever_seen: BTreeMap<(u64, u32), IssueTruth>,
    is_last_run_clean: bool,
    log: Arc<Mutex<Vec<String>>>,
    failures: Vec<String>,
}

impl Voyage {
    /// Draws the world of some seeds, and what they have in common from the first of them.
    pub async fn begin(seeds: Range<u64>) -> Self {
        let mut random = Random::new(seeds.start, 1);
        let conditions = Conditions::draw(&mut random, seeds.start);
        let seeds: Vec<u64> = seeds.collect();
        let world = history(&seeds);
        let now = world.now();
        let limits = limits(&conditions);
        let github = GitHub::serving(world, SimOptions { limits, ..SimOptions::default() }).await;
        let mut hublake = Hublake::new(&github.url(), now);
        hublake.set("HUBLAKE_CONCURRENCY", &conditions.concurrency.to_string());
        Self {
            seeds,
            random,
            conditions,
            github,
            hublake,
            added: BTreeSet::new(),
            runs: Vec::new(),
            seen: Seen::new(),
            ever_seen: BTreeMap::new(),
            is_last_run_clean: false,
            log: Arc::default(),
            failures: Vec::new(),
        }
    }

    /// Makes all runs and holds what is published against the truth; gives what was wrong.
    pub fn sail(mut self) -> Vec<String> {
        self.note(format!("{:?}", self.conditions));
        for chapter in 1..=self.random.between(2, 4) {
            match self.conditions.is_calm {
                true => self.calm_run(),
                false => self.troubled_run(chapter),
            }
            self.pass(chapter);
        }
        self.arrive();
        if !self.failures.is_empty() || std::env::var_os("HUBLAKE_CAMPAIGN_TALK").is_some() {
            eprintln!("{}", self.log.lock().unwrap_or_else(PoisonError::into_inner).join("\n"));
        }
        self.failures
    }

    /// Lets time pass and people do something.
    fn pass(&mut self, chapter: u64) {
        // A voyage without faults stays below the week after which issues are looked for again.
        let most_hours = if self.conditions.is_calm { 40 } else { 16 * 24 };
        let minutes = match self.random.percent(30) {
            true => self.random.between(2, 60),
            false => self.random.between(60, most_hours * 60),
        };
        let mut corners: Vec<Corner> = self.seeds.iter().map(|seed| Corner::new(*seed, chapter)).collect();
        let deeds = if self.random.percent(15) { 0 } else { self.random.between(1, 60) };
        let step = TimeDelta::seconds((minutes * 60 / (deeds + 1)) as i64);
        for _ in 0..deeds {
            self.github.sim().world_mut().advance(step);
            let place = self.random.between(0, corners.len() as u64 - 1) as usize;
            let may_recreate = !self.conditions.is_calm && self.random.percent(2);
            let mut world = self.github.sim().world_mut();
            let words = match may_recreate {
                true => corners[place].do_this(&mut world, Deed::Recreate),
                false => corners[place].act(&mut world),
            };
            drop(world);
            self.note(words);
        }
        self.github.sim().world_mut().advance(step);
    }

    /// The last runs, without faults; then the tables are held against the truth.
    fn arrive(&mut self) {
        // An interrupted first load does not know all its issues, so it cannot go past the end of a list of events.
        let must_be_full = self.conditions.repository_events < 40_000 && !self.is_last_run_clean;
        let is_settled = self.is_last_run_clean && self.added == self.ids();
        let has_long_lists = self.github.sim().world().repositories().any(|one| one.issue_count() >= 100);
        self.clean_run(if must_be_full { &["--full"] } else { &[] });
        // Where a run was interrupted, where the end of a list is out of sight, and by REST, only a look at the
        // whole list tells what is gone.
        if self.conditions.is_rest || has_long_lists || !is_settled {
            self.clean_run(&["--sweep"]);
        }
        let found = published::Tables::read(&self.hublake);
        let judged = {
            let expected = judge::Expectation {
                world: &self.github.sim().world(),
                added: &self.added,
                runs: &self.runs,
                seen: &self.ever_seen,
                last_day: self.runs.last().expect("there were runs").0.date_naive(),
            };
            expected.judge(&found)
        };
        self.failures.extend(judged);
        if self.failures.is_empty() {
            self.idle_run();
        }
    }

    /// The repositories that are there and are to be collected.
    fn ids(&self) -> BTreeSet<u64> {
        let world = self.github.sim().world();
        self.seeds.iter().flat_map(|seed| Corner::new(*seed, 0).repositories(&world)).collect()
    }

    fn note(&self, words: String) {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).push(words);
    }
}

/// The limits when nothing is scarce.
fn limits(conditions: &Conditions) -> LimitOptions {
    LimitOptions {
        window: TimeDelta::seconds(WINDOW_SECONDS as i64),
        secondary: Some(SecondaryLimits::default()),
        graphql_clock_nodes: conditions.clock_nodes,
        graphql_clock_status: conditions.clock_status,
        repository_events: conditions.repository_events,
        ..LimitOptions::default()
    }
}

/// A world in which the seeds' repositories have lived for a while.
fn history(seeds: &[u64]) -> World {
    let mut world = World::new(beginning() - HISTORY);
    let mut corners = Vec::new();
    let mut deeds = Vec::new();
    for seed in seeds {
        let mut corner = Corner::new(*seed, 0);
        let count = corner.begin(&mut world);
        deeds.extend(std::iter::repeat_n(corners.len(), count as usize));
        corners.push(corner);
    }
    // Things happen to all in turn, because GitHub's ids grow with time.
    let mut random = Random::new(seeds[0], 2);
    for place in (1..deeds.len()).rev() {
        deeds.swap(place, random.between(0, place as u64) as usize);
    }
    let step = HISTORY / (deeds.len() as i32 + 1);
    for place in deeds {
        world.advance(TimeDelta::seconds(step.num_seconds()));
        corners[place].act(&mut world);
    }
    world.advance(TimeDelta::hours(1));
    world
}
