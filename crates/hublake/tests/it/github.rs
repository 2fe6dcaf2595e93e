//! A GitHub that runs in this process, with what the tests need of it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use github_sim::{EventKind, GenerateOptions, IssueState, IssueTruth, Sim, SimOptions, World};
use serde_json::{Value, json};

use crate::truth::{History, Life, Repository, RepositoryColumns, Truth};

/// A served world.
pub struct GitHub {
    sim: Sim,
}

impl GitHub {
    /// Serves the three recorded repositories.
    pub async fn recorded(folder: &Path, now: DateTime<Utc>) -> Self {
        let mut world = World::new(now);
        world.load_recorded(folder).expect("the recorded files are readable");
        world.set_now(now);
        Self::serve(world).await
    }

    /// Serves generated repositories; `issues` is the number of all their issues and pull requests together.
    ///
    /// As in recorded data, one issue of the first repository is closed without a closing time.
    pub async fn generated(repos: u32, issues: u64, seed: u64, now: DateTime<Utc>) -> Self {
        let mut world = World::new(now);
        world.generate(&GenerateOptions { repos, issues, seed, ..GenerateOptions::default() });
        let first = world.repositories().next().expect("a repository was generated");
        let name = first.full_name();
        let issue = first
            .issues()
            .find(|issue| !issue.is_pull_request && issue.closed_at.is_some())
            .expect("an issue was generated that is closed");
        let mut object = world.issue_json(&name, issue.number).expect("its JSON");
        object["closed_at"] = json!(null);
        world.upsert_issue(&name, object).expect("an issue object");
        Self::serve(world).await
    }

    /// Serves one repository with these raw REST issue objects.
    pub async fn with_repository(id: i64, full_name: &str, now: DateTime<Utc>, objects: &[Value]) -> Self {
        let mut world = World::new(now);
        let id = u64::try_from(id).expect("ids are positive");
        world.add_repository_with_id(full_name, id).expect("an empty world takes any repository");
        for object in objects {
            world.upsert_issue(full_name, object.clone()).expect("an issue object");
        }
        Self::serve(world).await
    }

    /// Serves a world that a test made itself, with limits and tokens of the test's choice.
    pub async fn serving(world: World, options: SimOptions) -> Self {
        let sim = Sim::start(world, options).await.expect("the simulator listens");
        Self { sim }
    }

    /// The simulator, for tests that change the world, watch requests or make them fail.
    pub fn sim(&self) -> &Sim {
        &self.sim
    }

    /// The address for `GITHUB_API_URL`.
    pub fn url(&self) -> String {
        self.sim.url().to_string()
    }

    /// Waits until all is answered that processes which no longer live had sent.
    pub fn wait_until_answered(&self) {
        // Connections are accepted in their order: once this one is answered, no earlier one is waiting to be.
        let addresses = self.sim.url().socket_addrs(|| None).expect("an address");
        let mut last = TcpStream::connect(&*addresses).expect("the simulator listens");
        last.write_all(b"GET /_sim/stats HTTP/1.0\r\n\r\n").expect("it takes requests");
        let mut answer = Vec::new();
        last.read_to_end(&mut answer).expect("it answers");
        drop(last);
        let started = Instant::now();
        while self.sim.connections() > 0 {
            assert!(started.elapsed() < Duration::from_secs(60), "a connection stays open");
            std::thread::yield_now();
        }
    }

    /// Moves its clock.
    pub fn set_now(&self, now: DateTime<Utc>) {
        self.sim.world_mut().set_now(now);
    }

    /// Adds an issue or replaces its state, `updated_at` included.
    pub fn put(&self, full_name: &str, object: &Value) {
        self.sim.world_mut().upsert_issue(full_name, object.clone()).expect("an issue object");
    }

    /// Number and exact JSON of every issue and pull request of a repository.
    pub fn payloads(&self, full_name: &str) -> Vec<(i64, String)> {
        let world = self.sim.world();
        let repository = world.repository(full_name).expect("a served repository");
        let mut payloads = Vec::new();
        for number in repository.numbers() {
            let bytes = world.issue_payload(full_name, number).expect("a listed issue");
            let text = String::from_utf8(bytes).expect("JSON is UTF-8");
            payloads.push((i64::from(number), text));
        }
        payloads
    }

    /// What the tables must contain by the issue objects this GitHub serves.
    pub fn truth(&self) -> Truth {
        let world = self.sim.world();
        let mut repositories = Vec::new();
        for repository in world.repositories() {
            let name = repository.full_name();
            let id = i64::try_from(repository.id()).expect("ids are small");
            let objects: Vec<Value> =
                repository.numbers().filter_map(|number| world.issue_json(&name, number)).collect();
            repositories.push(Repository::from_rest(id, &name, &objects));
        }
        Truth { repositories }
    }

    /// What happened to the issues this GitHub serves.
    pub fn histories(&self) -> Vec<History> {
        self.histories_with(&[])
    }

    /// [`GitHub::histories`] with issues that it no longer serves, and when they were found gone.
    pub fn histories_with(&self, left: &[(&str, u32, DateTime<Utc>)]) -> Vec<History> {
        let world = self.sim.world();
        let departed = |name: &str| -> Vec<Life> {
            let of_name = left.iter().filter(|(place, ..)| *place == name);
            of_name
                .map(|(_, number, left_at)| {
                    let departure = world.departures(name).into_iter().find(|one| one.number == *number);
                    let issue =
                        departure.and_then(|one| one.issue).unwrap_or_else(|| panic!("{name}#{number} is there"));
                    Life { left_at: Some(*left_at), ..life(&issue) }
                })
                .collect()
        };
        let history = |repository: &github_sim::Repository| {
            let id = i64::try_from(repository.id()).expect("ids are small");
            let name = repository.full_name();
            let lives = repository.issues().map(|issue| life(&issue)).chain(departed(&name)).collect();
            History { columns: RepositoryColumns::new(id, &name), lives }
        };
        world.repositories().map(history).collect()
    }

    async fn serve(world: World) -> Self {
        let sim = Sim::start(world, SimOptions::default()).await.expect("the simulator listens");
        Self { sim }
    }
}

/// An issue as the simulator knows it, without what the simulator makes of it.
pub fn life(issue: &IssueTruth) -> Life {
    let merged = issue.events.iter().find(|event| event.kind == EventKind::Merged);
    Life {
        is_pull_request: issue.is_pull_request,
        created_at: issue.created_at,
        updated_at: issue.updated_at,
        closed_at: issue.closed_at,
        merged_at: merged.map(|event| event.at),
        is_open: issue.state == IssueState::Open,
        events: issue.events.iter().map(|event| (event.at, event.kind.as_str().to_owned())).collect(),
        left_at: None,
    }
}
