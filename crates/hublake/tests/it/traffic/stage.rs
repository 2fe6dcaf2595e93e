//! A scene with traffic, which notes every time that a run asks for it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone, Utc};
use github_sim::{
    Access, IssueState, IssueTruth, PopularKind, Repository, RequestRecord, SimOptions, TrafficKind, TrafficOptions,
    World,
};
use serde_json::json;

use super::truth::{Figures, Look, Watched, tables};
use crate::program::Ended;
use crate::scene::{REPOSITORY, REPOSITORY_ID, Scene, beginning, name, text};
use crate::truth::RepositoryColumns;

/// A scene, and what the truth needs to know of its runs.
pub struct Stage {
    /// GitHub, the program and the time of day.
    pub scene: Scene,
    looks: BTreeMap<u64, Vec<Look>>,
    refused: BTreeSet<u64>,
}

/// An instant of 2026.
pub fn at(month: u32, day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, month, day, hour, minute, 0).single().expect("an instant")
}

/// A date.
pub fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// A world at `now` with repositories that are two months old, with visits, stars, forks, watchers and issues.
pub fn world(now: DateTime<Utc>, repositories: usize) -> World {
    let created_at = now - TimeDelta::days(60);
    let mut world = World::new(created_at);
    for place in 0..repositories {
        let full_name = name(place);
        world.add_repository_with_id(&full_name, REPOSITORY_ID + place as u64).expect("a new repository");
        let stars = [(created_at + TimeDelta::days(2), 5), (now - TimeDelta::days(3), 4)];
        let stars = stars.map(|(at, count)| (at.date_naive(), count));
        world.set_stars(&full_name, &stars).expect("it is there");
        let id = REPOSITORY_ID + place as u64;
        world.set_forks(&full_name, &[(created_at.date_naive(), forks(id))]).expect("it is there");
        world.set_subscribers(&full_name, watchers(id)).expect("it is there");
    }
    let opened_at = text(created_at);
    let pull_request = json!({"url": "https://api.github.com/repos/acme/rocket/pulls/2"});
    for issue in [
        json!({"number": 1, "title": "open", "created_at": opened_at}),
        json!({"number": 2, "title": "pull", "created_at": opened_at, "pull_request": pull_request}),
        json!({"number": 3, "title": "closed", "created_at": opened_at, "state": "closed", "closed_at": opened_at}),
    ] {
        world.upsert_issue(REPOSITORY, issue).expect("an issue object");
    }
    let traffic = TrafficOptions { seed: 11, views_per_day: 9.0, clones_per_day: 2.0, ..TrafficOptions::default() };
    world.generate_traffic(&traffic);
    world.set_now(now);
    world
}

fn forks(id: u64) -> u64 {
    10 + id % 5
}

fn watchers(id: u64) -> u64 {
    20 + id % 7
}

impl Stage {
    /// A stage with the repositories of [`world`], added.
    pub async fn new(now: DateTime<Utc>, repositories: usize) -> Self {
        Self::of(world(now, repositories), SimOptions::default()).await
    }

    /// A stage with a world of the test's own, whose repositories are added.
    pub async fn of(world: World, options: SimOptions) -> Self {
        let now = world.now();
        let mut scene = Scene::of(world, options).await;
        scene.pass(now - beginning());
        scene.add_all();
        Self { scene, looks: BTreeMap::new(), refused: BTreeSet::new() }
    }

    /// The present of GitHub and the program from now on.
    pub fn go_to(&mut self, now: DateTime<Utc>) {
        let time = now - self.scene.now();
        self.scene.pass(time);
    }

    /// Says that GitHub refuses to tell of these repositories from now on.
    pub fn refuses(&mut self, repositories: &[&str]) {
        let world = self.scene.github.sim().world();
        self.refused = repositories.iter().filter_map(|name| world.repository(*name)).map(Repository::id).collect();
    }

    /// `hublake run traffic ...`, with the requests that GitHub saw.
    pub fn run(&mut self) -> (Ended, Vec<RequestRecord>) {
        let scene = &self.scene;
        scene.github.wait_until_answered();
        scene.github.sim().reset_stats();
        let ended = scene.hublake.call(&["run", "traffic"]);
        self.note();
        (ended, self.scene.github.sim().requests())
    }

    /// `hublake run traffic`, which must end well.
    pub fn run_well(&mut self) -> Vec<RequestRecord> {
        let (ended, requests) = self.run();
        assert_eq!(ended.code, Some(0), "{ended:?}");
        requests
    }

    /// Lets it be `now`, and runs well.
    pub fn run_at(&mut self, now: DateTime<Utc>) -> Vec<RequestRecord> {
        self.go_to(now);
        self.run_well()
    }

    /// A run a day at the same time, so many days long, beginning now.
    pub fn run_daily(&mut self, days: i64) {
        let first = self.scene.now();
        for day in 0..days {
            self.run_at(first + TimeDelta::days(day));
        }
    }

    /// Notes that a run asks for everything now.
    pub fn note(&mut self) {
        let world = self.scene.github.sim().world();
        for repository in world.repositories() {
            let id = repository.id();
            let truth = world.traffic_truth(id).expect("it is there");
            let popular = |kind| truth.popular(kind, &repository.full_name(), world.now());
            let look = Look {
                at: world.now(),
                is_permitted: !self.refused.contains(&id),
                referrers: popular(PopularKind::Referrers),
                paths: popular(PopularKind::Paths),
                figures: Figures {
                    forks: forks(id),
                    watchers: watchers(id),
                    open_issues_and_pulls: open_count(repository),
                    stars: world.star_truth(id).into_iter().collect(),
                },
            };
            self.looks.entry(id).or_default().push(look);
        }
    }

    /// Everything that happened in the repositories until now.
    pub fn watched(&self) -> Vec<Watched> {
        let world = self.scene.github.sim().world();
        let watched = |repository: &Repository| {
            let (id, truth) = (repository.id(), world.traffic_truth(repository.id()).expect("it is there"));
            let looks = self.looks.get(&id).cloned().unwrap_or_default();
            let first = looks.first().map_or(self.scene.now(), |look| look.at) - TimeDelta::days(15);
            let visits = |kind| truth.visits(kind, first, self.scene.now());
            Watched {
                columns: RepositoryColumns::new(i64::try_from(id).expect("a small id"), &repository.full_name()),
                created_on: repository.created_at().date_naive(),
                views: visits(TrafficKind::Views),
                clones: visits(TrafficKind::Clones),
                looks,
            }
        };
        world.repositories().map(watched).collect()
    }

    /// Fails unless every published table of traffic is what the visits say.
    pub fn assert_true(&self) {
        self.assert_true_but(&[]);
    }

    /// [`Stage::assert_true`] without some tables.
    pub fn assert_true_but(&self, tables_left_out: &[&str]) {
        let mut expected = tables(&self.watched(), self.scene.now().date_naive());
        expected.retain(|table| !tables_left_out.contains(&table.table.as_str()));
        let texts = self.scene.hublake.differing_tables(&expected);
        assert!(texts.is_empty(), "at {}:\n{}", self.scene.now(), texts.join(""));
    }
}

fn open_count(repository: &Repository) -> u64 {
    let has_issues = repository.access() != Access::IssuesDisabled;
    let is_open = |issue: &IssueTruth| issue.state == IssueState::Open && (has_issues || issue.is_pull_request);
    repository.issues().filter(is_open).count() as u64
}
