//! What the trending tables must contain, computed from what GitHub holds with plain loops.
//!
//! A run looks at all repositories at one instant. Which of them it finds, what it learns of each, which versions,
//! snapshots, scores and ranks follow from that: everything here comes from the repositories themselves and from the
//! instants of the runs; nothing is shared with the product.

mod digest;
mod files;
mod found;
mod snapshots;
mod stored;
mod versions;
mod views;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use github_sim::TrendingTruth;

pub use digest::sha256;
pub use files::Analysis;

use super::rules::Rules;
use crate::truth::Expected;

/// What GitHub held when a run looked.
pub struct Look {
    /// When, UTC, whole seconds.
    pub at: DateTime<Utc>,
    /// Every repository.
    pub seen: Vec<Seen>,
    /// The branches that failed.
    pub failed: BTreeSet<String>,
}

/// A repository at an instant.
pub struct Seen {
    /// What it is.
    pub truth: TrendingTruth,
    /// Its files.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Stars that are left, by the day they were given.
    pub stars: Vec<(NaiveDate, u64)>,
    /// Whether it has issues at all.
    pub has_issues: bool,
    /// Open pull requests, and open issues where it has any.
    pub open_issues: usize,
    /// Whether its files could be had, all that were asked for.
    pub has_files: bool,
    /// Whether it could be had what happened in the seven days before.
    pub has_activity: bool,
}

/// A repository as a run found it.
pub struct Sighting<'a> {
    /// When.
    pub at: DateTime<Utc>,
    /// What it was.
    pub seen: &'a Seen,
    /// The branches that show it.
    pub branches: BTreeSet<String>,
    /// The branches that found it, also those that leave it out for what it asks of Next.js.
    pub found_by: BTreeSet<String>,
    /// Why it is a Render repository, if it is one.
    pub category: Option<&'static str>,
    /// What it was when its files could last be had; none where they never could.
    pub listed: Option<&'a Seen>,
    /// What these files say.
    pub analysis: Analysis,
    /// What happened in the seven days before, as the day's runs know it.
    pub activity: Option<Activity>,
}

/// What happened in seven days.
#[derive(Clone, Copy)]
pub struct Activity {
    /// Commits of the default branch.
    pub commits: usize,
    /// Issues that were closed, and are.
    pub closed: usize,
    /// People who wrote the commits.
    pub people: usize,
    /// Apps that wrote commits.
    pub bots: usize,
}

/// Everything that the runs saw.
pub struct Chronicle<'a> {
    rules: &'a Rules,
    /// The sightings of each run, by repository.
    runs: Vec<BTreeMap<u64, Sighting<'a>>>,
    /// Those that each run left out for what they ask of Next.js: nothing but their files is known.
    left_out: Vec<BTreeMap<u64, Sighting<'a>>>,
}

impl<'a> Chronicle<'a> {
    /// What follows from these looks, oldest first.
    pub fn new(rules: &'a Rules, looks: &'a [Look]) -> Self {
        let (mut runs, mut left_out, mut render) = (Vec::new(), Vec::new(), BTreeSet::new());
        let (mut listed, mut activities) = (BTreeMap::new(), BTreeMap::new());
        for look in looks {
            let mut sightings = found::found(rules, look, &render, &listed);
            for (id, sighting) in &mut sightings {
                listed.extend(sighting.listed.map(|seen| (*id, seen)));
                let of_day = (*id, sighting.day());
                sighting.activity = sighting.activity.or_else(|| activities.get(&of_day).copied());
                activities.extend(sighting.activity.map(|activity| (of_day, activity)));
            }
            left_out.push(sightings.extract_if(.., |_, sighting| sighting.branches.is_empty()).collect());
            for (id, sighting) in &sightings {
                if sighting.is_render() {
                    render.insert(*id)
                } else {
                    render.remove(id)
                };
            }
            runs.push(sightings);
        }
        Self { rules, runs, left_out }
    }

    /// Every stored table and view.
    pub fn tables(&self) -> Vec<Expected> {
        let mut tables = self.stored_tables();
        tables.push(self.dim_repositories());
        tables.extend(self.fact_tables());
        tables.extend(self.views());
        tables
    }

    /// All sightings of a repository, oldest first, by repository.
    pub fn lives(&self) -> BTreeMap<u64, Vec<&Sighting<'a>>> {
        let mut lives: BTreeMap<u64, Vec<&Sighting<'a>>> = BTreeMap::new();
        for (id, sighting) in self.runs.iter().flatten() {
            lives.entry(*id).or_default().push(sighting);
        }
        lives
    }

    /// The last sighting of each repository.
    fn newest(&self) -> Vec<&Sighting<'a>> {
        self.lives().into_values().filter_map(|life| life.last().copied()).collect()
    }
}

impl Sighting<'_> {
    /// GitHub's numeric id.
    pub fn id(&self) -> u64 {
        self.seen.truth.id
    }

    /// The UTC day.
    pub fn day(&self) -> NaiveDate {
        self.at.date_naive()
    }

    /// Whether it counts among the Render repositories.
    pub fn is_render(&self) -> bool {
        self.category.is_some()
    }

    /// The language under which it is shown.
    pub fn shown_language(&self) -> &str {
        if self.is_render() { "render" } else { self.seen.truth.language.as_deref().unwrap_or("unknown") }
    }

    /// Its page.
    pub fn url(&self) -> String {
        format!("https://github.com/{}", self.seen.truth.full_name)
    }

    /// `owner` and `name`.
    pub fn names(&self) -> (&str, &str) {
        self.seen.truth.full_name.split_once('/').expect("owner/name")
    }

    /// Whole days since it was created.
    pub fn age_days(&self) -> i64 {
        (self.at - self.seen.truth.created_at).num_days()
    }
}

/// Days since 1970.
fn day_number(day: NaiveDate) -> i64 {
    day.signed_duration_since(NaiveDate::default()).num_days()
}
