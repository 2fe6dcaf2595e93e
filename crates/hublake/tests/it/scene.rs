//! A small GitHub and an installed program that collects it.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, TimeDelta, TimeZone, Utc};
use github_sim::{BurstOptions, RequestRecord, SimOptions, World};
use serde_json::{Value, json};

use crate::github::GitHub;
use crate::program::{Ended, Hublake};
use crate::stored::rows;

/// The repository of a scene that has one.
pub const REPOSITORY: &str = "acme/rocket";
/// Its numeric id.
pub const REPOSITORY_ID: u64 = 501;

/// What tells runs and times of loading, which two ways to the same state may have different.
const OF_THE_RUN: [&str; 9] = [
    "record_loaded_at",
    "loaded_at",
    "source_run_id",
    "source_run_seq",
    "source_recorded_at",
    "source_page_number",
    "source_item_index",
    "last_successful_run_finished_at",
    "last_successful_bronze_run_id",
];

/// A GitHub with its clock, and the program at the same time of day.
pub struct Scene {
    /// The simulated GitHub.
    pub github: GitHub,
    /// The program with a home of its own.
    pub hublake: Hublake,
    now: DateTime<Utc>,
}

/// The present at the beginning of every scene.
pub fn beginning() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 9, 1, 12, 0, 0).single().expect("an instant")
}

/// An instant as GitHub writes it.
pub fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A world with repositories of `counts` issues each: `acme/rocket` (501), `acme/rocket-2` (502), ...
///
/// Issue n was opened, and updated last, n hours after the first; every third is closed, every tenth a pull
/// request. The newest is a day old.
pub fn world(counts: &[u32]) -> World {
    let mut world = World::new(beginning());
    for (place, count) in counts.iter().enumerate() {
        let name = name(place);
        world.add_repository_with_id(&name, REPOSITORY_ID + place as u64).expect("a new repository");
        for number in 1..=*count {
            let created_at = beginning() - TimeDelta::days(1) - TimeDelta::hours(i64::from(count - number));
            world.upsert_issue(&name, issue(number, created_at)).expect("an issue object");
        }
    }
    world
}

/// The name of a world's repository.
pub fn name(place: usize) -> String {
    if place == 0 { REPOSITORY.to_owned() } else { format!("{REPOSITORY}-{}", place + 1) }
}

fn issue(number: u32, created_at: DateTime<Utc>) -> Value {
    let mut issue = json!({
        "number": number, "title": format!("issue {number}"), "created_at": text(created_at),
        "updated_at": text(created_at), "comments": number % 4,
        "user": {"login": "ann", "id": 7, "type": "User"},
        "labels": [{"id": 1, "name": "bug", "color": "ededed", "default": false}],
        "assignees": [{"login": "bob", "id": 8, "type": "User"}],
    });
    if number.is_multiple_of(3) {
        issue["state"] = json!("closed");
        issue["closed_at"] = json!(text(created_at));
    }
    if number.is_multiple_of(10) {
        issue["pull_request"] = json!({"url": "https://api.github.com/repos/acme/rocket/pulls/1"});
    }
    issue
}

impl Scene {
    /// A scene with the repositories of [`world`].
    pub async fn new(counts: &[u32]) -> Self {
        Self::of(world(counts), SimOptions::default()).await
    }

    /// A scene with a world of the test's own.
    pub async fn of(world: World, options: SimOptions) -> Self {
        let github = GitHub::serving(world, options).await;
        let hublake = Hublake::new(&github.url(), beginning());
        Self { github, hublake, now: beginning() }
    }

    /// A scene whose repositories are added and, where they have issues, published.
    pub async fn published(counts: &[u32]) -> Self {
        let scene = Self::new(counts).await;
        scene.add_all();
        scene.hublake.succeed(&["run", "issues"]);
        scene
    }

    /// Adds every repository of the world.
    pub fn add_all(&self) {
        let names: Vec<String> = self.github.sim().world().repositories().map(|one| one.full_name()).collect();
        let mut arguments = vec!["add"];
        arguments.extend(names.iter().map(String::as_str));
        self.hublake.succeed(&arguments);
    }

    /// The present.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Lets time pass on GitHub and for the program.
    pub fn pass(&mut self, time: TimeDelta) {
        self.now += time;
        self.github.set_now(self.now);
        self.hublake.set_now(self.now);
    }

    /// Lets an hour pass and then changes issues as people do, spread over the first repositories.
    pub fn change(&mut self, issues: u64, repos: u64) -> Vec<(String, u32)> {
        self.pass(TimeDelta::hours(1));
        self.github.sim().world_mut().change_issues(&BurstOptions { issues, repos, seed: 5 })
    }

    /// `hublake run issues ...`, with the requests that GitHub saw.
    pub fn run(&self, options: &[&str]) -> (Ended, Vec<RequestRecord>) {
        self.github.wait_until_answered();
        self.github.sim().reset_stats();
        let ended = self.hublake.call(&[&["run", "issues"], options].concat());
        (ended, self.github.sim().requests())
    }

    /// `hublake run issues ...`, which must end well.
    pub fn run_well(&self, options: &[&str]) -> Vec<RequestRecord> {
        let (ended, requests) = self.run(options);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        requests
    }

    /// Fails unless the published tables are what GitHub's issues say.
    pub fn assert_true(&self) {
        let texts = self.hublake.differing_tables(&self.github.truth().tables(self.now));
        assert!(texts.is_empty(), "{}", texts.join(""));
    }

    /// What a home of its own that never saw trouble publishes of the same GitHub.
    pub fn undisturbed(&self) -> Vec<String> {
        let other = Hublake::new(&self.github.url(), self.now);
        let names: Vec<String> = self.github.sim().world().repositories().map(|one| one.full_name()).collect();
        let mut arguments = vec!["add"];
        arguments.extend(names.iter().map(String::as_str));
        other.succeed(&arguments);
        other.succeed(&["run", "issues"]);
        contents(&other)
    }

    /// The delta version of every table.
    pub fn delta_versions(&self) -> BTreeMap<PathBuf, usize> {
        delta_versions(&self.hublake.home())
    }
}

/// How many commits each table of a home has.
pub fn delta_versions(home: &Path) -> BTreeMap<PathBuf, usize> {
    let mut versions = BTreeMap::new();
    for table in std::fs::read_dir(home.join("lake")).expect("a lake") {
        let log = table.expect("an entry").path().join("_delta_log");
        if let Ok(entries) = std::fs::read_dir(&log) {
            let is_commit = |entry: &std::fs::DirEntry| entry.path().extension().is_some_and(|ending| ending == "json");
            versions.insert(log, entries.filter_map(Result::ok).filter(is_commit).count());
        }
    }
    versions
}

/// Every row of every stored table in one answer, a text a row, without what tells the run that loaded it.
pub fn contents(hublake: &Hublake) -> Vec<String> {
    try_contents(hublake).unwrap_or_else(|text| panic!("{text}"))
}

/// [`contents`], or why there are none.
pub fn try_contents(hublake: &Hublake) -> Result<Vec<String>, String> {
    try_contents_without(hublake, &[])
}

/// [`contents`] without some more columns, those that begin with these texts.
pub fn contents_without(hublake: &Hublake, lacking: &[&str]) -> Vec<String> {
    try_contents_without(hublake, lacking).unwrap_or_else(|text| panic!("{text}"))
}

fn try_contents_without(hublake: &Hublake, lacking: &[&str]) -> Result<Vec<String>, String> {
    rows(hublake, "issues", |table, column| {
        // A name is known from the first run that saw it.
        !(OF_THE_RUN.contains(&column)
            || (table == "stg_repository_names" && column.starts_with("valid_"))
            || lacking.iter().any(|begin| column.starts_with(begin)))
    })
}

/// Fails with the first differing rows.
pub fn assert_same<T: PartialEq + Debug>(found: &[T], expected: &[T], when: &str) {
    let lacking: Vec<&T> = expected.iter().filter(|row| !found.contains(row)).take(3).collect();
    let surplus: Vec<&T> = found.iter().filter(|row| !expected.contains(row)).take(3).collect();
    assert!(
        found == expected,
        "{when}: {} rows, expected {}\nlacking {lacking:#?}\nsurplus {surplus:#?}",
        found.len(),
        expected.len()
    );
}
