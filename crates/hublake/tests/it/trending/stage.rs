//! A scene with trending repositories, which notes what they were whenever a run looks at them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use github_sim::{Access, IssueState, IssueTruth, RequestRecord, SimOptions, World};

use super::rules::Rules;
use super::truth::{Chronicle, Look, Seen};
use super::world::town;
use crate::kill::copy_of;
use crate::program::{Ended, Hublake};
use crate::scene::{Scene, beginning};

/// A scene, and what the truth needs to know of its runs.
pub struct Stage {
    /// GitHub, the program and the time of day.
    pub scene: Scene,
    /// What the program is told to look for.
    pub rules: Rules,
    looks: Vec<Look>,
}

/// An instant of 2026.
pub fn at(month: u32, day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, month, day, hour, minute, 0).single().expect("an instant")
}

/// The instant of most first runs, a Wednesday.
pub fn noon() -> DateTime<Utc> {
    at(9, 2, 12, 0)
}

/// The settings of the town: with an owner who works at Render.
pub fn rules() -> Rules {
    Rules { employee_owners: vec!["Staffer"], ..Rules::of_default() }
}

impl Stage {
    /// A stage with the town.
    pub async fn town() -> Self {
        Self::of(town(noon()), rules(), SimOptions::default()).await
    }

    /// A stage with a world and settings of the test's own.
    pub async fn of(world: World, rules: Rules, options: SimOptions) -> Self {
        let now = world.now();
        let mut scene = Scene::of(world, options).await;
        scene.pass(now - beginning());
        let stage = Self { scene, rules, looks: Vec::new() };
        stage.tell_rules(&stage.scene.hublake);
        stage
    }

    /// A program with a copy of the home, and the same settings.
    pub fn copy(&self) -> Hublake {
        let copy = if self.scene.hublake.home().exists() {
            copy_of(&self.scene)
        } else {
            Hublake::new(&self.scene.github.url(), self.scene.now())
        };
        self.tell_rules(&copy);
        copy
    }

    fn tell_rules(&self, hublake: &Hublake) {
        std::fs::write(hublake.working_folder().join("hublake.toml"), self.rules.toml()).expect("a file");
    }

    /// Tells the program other settings.
    pub fn set_rules(&mut self, rules: Rules) {
        self.rules = rules;
        self.tell_rules(&self.scene.hublake);
    }

    /// Changes the world.
    pub fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut self.scene.github.sim().world_mut())
    }

    /// Strikes the next requests.
    pub fn faults(&self, faults: &[&str]) {
        self.scene.github.sim().set_faults(faults.iter().map(|text| text.parse().expect("a fault")));
    }

    /// The present of GitHub and the program from now on.
    pub fn go_to(&mut self, now: DateTime<Utc>) {
        let time = now - self.scene.now();
        self.scene.pass(time);
    }

    /// Lets time pass for GitHub and the program.
    pub fn pass(&mut self, time: TimeDelta) {
        self.scene.pass(time);
    }

    /// `hublake run trending ...`, with the requests that GitHub saw; notes nothing.
    pub fn try_run(&self, options: &[&str]) -> (Ended, Vec<RequestRecord>) {
        let scene = &self.scene;
        scene.github.wait_until_answered();
        scene.github.sim().reset_stats();
        let ended = scene.hublake.call(&[&["run", "trending"], options].concat());
        (ended, self.scene.github.sim().requests())
    }

    /// `hublake run trending`, which must end well; what GitHub holds is noted.
    pub fn run(&mut self) -> Vec<RequestRecord> {
        self.run_with(&[])
    }

    /// [`Stage::run`] with options.
    pub fn run_with(&mut self, options: &[&str]) -> Vec<RequestRecord> {
        let (ended, requests) = self.try_run(options);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        self.note();
        requests
    }

    /// Lets it be `now`, and runs well.
    pub fn run_at(&mut self, now: DateTime<Utc>) -> Vec<RequestRecord> {
        self.go_to(now);
        self.run()
    }

    /// Notes what everybody sees now.
    pub fn note(&mut self) -> &mut Look {
        let world = self.scene.github.sim().world();
        let mut seen = Vec::new();
        for repository in world.repositories().filter(|repository| !repository.is_private()) {
            let id = repository.id();
            let truth = world.trending_truth(id).expect("it is there");
            let mut files = BTreeMap::new();
            for path in truth.files.keys() {
                files.insert(path.clone(), world.file(id, path).expect("a listed file").to_vec());
            }
            let has_issues = repository.access() != Access::IssuesDisabled;
            let is_open = |issue: &IssueTruth| issue.state == IssueState::Open && (has_issues || issue.is_pull_request);
            seen.push(Seen {
                truth,
                files,
                stars: world.star_truth(id),
                has_issues,
                open_issues: repository.issues().filter(is_open).count(),
                has_files: true,
                has_activity: true,
            });
        }
        let look = Look { at: world.now(), seen, failed: BTreeSet::new() };
        drop(world);
        self.looks.push(look);
        self.looks.last_mut().expect("it was pushed")
    }

    /// Everything that the runs saw.
    pub fn chronicle(&self) -> Chronicle<'_> {
        Chronicle::new(&self.rules, &self.looks)
    }

    /// Fails unless every published table and view is what the noted repositories say.
    pub fn assert_true(&self) {
        self.assert_true_of(&self.scene.hublake, "");
    }

    /// [`Stage::assert_true`] of another home.
    pub fn assert_true_of(&self, hublake: &Hublake, when: &str) {
        let texts = hublake.differing_tables(&self.chronicle().tables());
        assert!(texts.is_empty(), "{when} at {}:\n{}", self.scene.now(), texts.join(""));
    }
}
