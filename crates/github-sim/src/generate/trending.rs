//! Trending repositories: what a search for them finds, with files, commits, issues and stars.

mod blueprints;
mod files;
mod history;

use chrono::{DateTime, Utc};

use super::{People, repository_issues};
use crate::random::{Random, mix};
use crate::render::text::hostile;
use crate::world::calendar::{DAY, day_of};
use crate::world::issue::{Issue, IssueState, instant};
use crate::world::profile::Profile;
use crate::world::stars::Stars;
use crate::world::{Access, Repository, World};

/// What to generate; the same options give the same world.
#[derive(Debug, Clone)]
pub struct TrendingOptions {
    /// Repositories of each language that were created within 180 days and pushed to within 30. A fifth more are older,
    /// or have been quiet for longer.
    pub per_language: u32,
    /// Repositories with a `render.yaml` at the root or a topic of the Render ecosystem, in several languages. A
    /// twentieth more have such a file in a folder or under a longer name only, and no topic.
    pub render: u32,
    /// Languages, as GitHub names them.
    pub languages: Vec<String>,
    /// Seed of everything that is random.
    pub seed: u64,
}

impl Default for TrendingOptions {
    fn default() -> Self {
        let languages = ["Python", "TypeScript", "Go"].map(str::to_owned).to_vec();
        Self { per_language: 50, render: 50, languages, seed: 1 }
    }
}

/// Below the greatest number of GraphQL's `Int`, as all ids here.
const FIRST_ID: u64 = 800_000_000;
const IDS_OF_GROUP: u64 = 10_000_000;
const FIRST_ISSUE_SERIAL: u64 = 100_000_000;
const PEOPLE: u32 = 300;
/// How far back issues go.
const ISSUE_DAYS: i64 = 90;
const RENDER_LANGUAGES: [Option<&str>; 6] =
    [Some("Python"), Some("TypeScript"), Some("Go"), Some("Ruby"), Some("JavaScript"), None];

/// A repository to be made.
struct Draft {
    owner: String,
    name: String,
    language: Option<String>,
    /// The place within its language, or within the Render ecosystem.
    place: u32,
    is_render: bool,
    /// Whether the usual search leaves it out.
    is_off: bool,
}

impl World {
    /// Adds repositories for discovery: they are found by search, and belong to nobody who asks.
    ///
    /// Some have no description, no README, no commits, no language, or hostile text; some READMEs are no UTF-8, some
    /// `render.yaml` are broken. Names that exist already are left as they are. [`World::trending_truth`] tells what
    /// they are.
    pub fn generate_trending(&mut self, options: &TrendingOptions) {
        let people = People {
            first: self.users.ensure("sim-dev-0000", "User"),
            count: PEOPLE,
            maintainer: self.users.ensure("sim-maintainer", "User"),
        };
        for number in 1..PEOPLE {
            self.users.ensure(&format!("sim-dev-{number:04}"), "User");
        }
        let mut serial = FIRST_ISSUE_SERIAL;
        for (group, language) in (0_u64..).zip(&options.languages) {
            let off = options.per_language.div_ceil(5);
            for place in 0..options.per_language + off {
                let draft = Draft::of_language(language, place, place >= options.per_language);
                self.add_draft(group, &draft, options.seed, &people, &mut serial);
            }
        }
        for place in 0..options.render + options.render.div_ceil(20) {
            let draft = Draft::of_render(place, place >= options.render);
            self.add_draft(options.languages.len() as u64, &draft, options.seed, &people, &mut serial);
        }
    }

    fn add_draft(&mut self, group: u64, draft: &Draft, seed: u64, people: &People, serial: &mut u64) {
        let id = FIRST_ID + group * IDS_OF_GROUP + u64::from(draft.place) * 13;
        let full_name = format!("{}/{}", draft.owner, draft.name);
        if self.add_repository_with_id(&full_name, id).is_err() {
            return;
        }
        let full_name = self.repositories.get(&id).map_or(full_name, Repository::full_name);
        let mut random = Random::for_item(mix(seed) ^ id, 1);
        let now = self.now().timestamp();
        let created_at = draft.created_at(now, &mut random);
        let pushed_at = draft.pushed_at(created_at, now, &mut random);
        let mut issues = Vec::new();
        if !draft.is_empty() {
            let count = 10 + random.below(50);
            let start = created_at.max(now - ISSUE_DAYS * DAY);
            let (all, _) = repository_issues(mix(seed) ^ id, *serial, count, start, now - start, people, None);
            *serial += count + 1;
            issues = all.into_iter().collect();
            touch_closed(&mut issues, now);
        }
        let mut issues = issues.into_iter().collect();
        self.number_events(&mut issues);
        let people = history::people(self, people, &mut random);
        let Some(repository) = self.repositories.get_mut(&id) else {
            return;
        };
        repository.is_generated = true;
        repository.is_foreign = true;
        repository.is_writable = false;
        repository.is_archived = draft.is_off && draft.place.is_multiple_of(7);
        repository.created_at = created_at;
        repository.changed_at = pushed_at;
        repository.stars = stars(created_at, now, &mut random);
        repository.forks.insert(day_of(created_at), repository.stars.total(now) / (5 + random.below(20)));
        repository.fill(issues);
        let updated_at = pushed_at + i64::try_from(random.below((now - pushed_at).unsigned_abs() + 1)).unwrap_or(0);
        repository.profile = Some(Box::new(Profile {
            description: draft.description(&mut random),
            language: draft.language.clone(),
            topics: draft.topics(),
            updated_at,
            pushed_at: Some(pushed_at),
        }));
        if draft.place % 40 == 17 {
            repository.access = Access::IssuesDisabled;
        }
        if draft.place % 10 == 3 {
            repository.branch.set_name("master");
        }
        if !draft.is_empty() {
            history::write(&mut repository.branch, &people, draft, created_at..pushed_at, now, &mut random);
            files::write(&mut repository.branch, draft, &full_name, &mut random);
        }
        self.note_nodes(id);
    }
}

impl Draft {
    fn of_language(language: &str, place: u32, is_off: bool) -> Self {
        let word = language.to_lowercase();
        let owner = match (word.as_str(), place) {
            // Owners that people like to leave out.
            ("typescript", 2) => "vercel".to_owned(),
            ("typescript", 5) => "vercel-labs".to_owned(),
            _ if place % 3 == 1 => format!("sim-user-{word}-{place:04}"),
            _ => format!("{word}-team-{:03}", place / 3),
        };
        let name = format!("{word}-{:04}", place);
        Self { owner, name, language: Some(language.to_owned()), place, is_render: false, is_off }
    }

    fn of_render(place: u32, is_off: bool) -> Self {
        let owner = match place {
            // Official owners that are not in lower case.
            3 => "Render".to_owned(),
            9 => "RenderInc".to_owned(),
            _ if place.is_multiple_of(8) => "render-examples".to_owned(),
            _ if place % 3 == 1 => format!("sim-user-render-{place:04}"),
            _ => format!("studio-{:03}", place / 3),
        };
        let language = RENDER_LANGUAGES[place as usize % RENDER_LANGUAGES.len()].map(str::to_owned);
        Self { owner, name: format!("deploy-{place:04}"), language, place, is_render: true, is_off }
    }

    /// Whether nothing was ever pushed.
    fn is_empty(&self) -> bool {
        !self.is_off && self.place % 50 == 7
    }

    fn created_at(&self, now: i64, random: &mut Random) -> i64 {
        let days = match self.is_render {
            // Ages of every step of the score: half a day to five years.
            true => (random.log_normal(120.0, 1.2) as i64).clamp(1, 1_800),
            false if self.is_empty() => 3 + random.below(20).cast_signed(),
            false if self.is_off && self.place.is_multiple_of(2) => 190 + random.below(1_500).cast_signed(),
            false if self.is_off => 130 + random.below(45).cast_signed(),
            false => 1 + random.below(175).cast_signed(),
        };
        now - days * DAY - random.below(DAY.unsigned_abs()).cast_signed()
    }

    /// Two thirds within the last seven days; always after the creation.
    fn pushed_at(&self, created_at: i64, now: i64, random: &mut Random) -> i64 {
        if self.is_empty() {
            return created_at;
        }
        let hours = match () {
            () if self.is_off && !self.place.is_multiple_of(2) => 31 * 24 + random.below(90 * 24),
            () if self.is_render && self.place % 6 == 5 => 40 * 24 + random.below(400 * 24),
            () if self.place % 3 == 2 => 8 * 24 + random.below(20 * 24),
            () => random.below(6 * 24),
        };
        let at = now - i64::try_from(hours).unwrap_or(0) * 3_600 - random.below(3_000).cast_signed() - 60;
        at.max(created_at + 1_800)
    }

    fn description(&self, random: &mut Random) -> Option<String> {
        match self.place {
            place if place % 9 == 4 => None,
            place if place % 11 == 6 => Some(hostile(random).to_owned()),
            place => Some(format!("{} number {place}, made for trends 🚀", self.name)),
        }
    }

    fn topics(&self) -> Vec<String> {
        let mut topics: Vec<&str> = match self.place % 4 {
            0 => Vec::new(),
            1 => vec!["cli", "developer-tools"],
            2 => vec!["ai", "agents", "llm"],
            _ => vec!["web"],
        };
        match self.place % 10 {
            // By the file alone, or not at all.
            0..5 => {}
            _ if self.is_off => {}
            5..8 if self.is_render => topics.push("render-blueprints"),
            _ if self.is_render => topics.push("render-blueprint"),
            _ => {}
        }
        topics.into_iter().map(str::to_owned).collect()
    }
}

/// Most came evenly; some repositories got many of late, and some lost a few.
fn stars(created_at: i64, now: i64, random: &mut Random) -> Stars {
    let count = random.log_normal(400.0, 1.4).min(200_000.0) as u64;
    let mut stars = Stars::even(count, created_at, now);
    if random.chance(0.4) {
        for _ in 0..1 + random.below(4) {
            let at = now - random.below(9 * DAY.unsigned_abs()).cast_signed();
            stars.give(at.max(created_at), 1 + random.below(1 + count / 8).cast_signed());
        }
    }
    stars
}

/// Every tenth issue that was closed long ago was touched of late, which moves it into what was updated since.
fn touch_closed(issues: &mut [(u32, Issue)], now: i64) {
    let recently = |number: u32| now - 3_600 * i64::from(1 + number % 100);
    for (number, issue) in issues {
        let is_old = issue.closed_at.is_some_and(|closed_at| closed_at < now - 8 * DAY);
        if is_old && issue.state == IssueState::Closed && number.is_multiple_of(10) {
            issue.updated_at = recently(*number);
        }
    }
}

/// Seconds since 1970 as an instant.
fn at(seconds: i64) -> DateTime<Utc> {
    instant(seconds)
}
