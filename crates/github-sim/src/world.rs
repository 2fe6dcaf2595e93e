//! All state of a simulated GitHub.

mod access;
pub(crate) mod burst;
pub(crate) mod calendar;
pub(crate) mod changes;
mod departures;
pub(crate) mod event;
pub(crate) mod figures;
pub(crate) mod files;
pub(crate) mod git;
pub(crate) mod issue;
pub(crate) mod labels;
mod nodes;
pub(crate) mod order;
mod people;
pub(crate) mod profile;
pub(crate) mod repository;
pub(crate) mod shape;
pub(crate) mod stars;
pub(crate) mod traffic;
mod trending;
pub(crate) mod truth;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

pub use burst::BurstOptions;
pub use event::{EventKind, StateEvent};
pub use files::NewCommit;
pub use issue::IssueState;
pub use order::Direction;
pub use repository::{Access, Repository};
pub use traffic::{
    DailyTraffic, Popular, PopularKind, Regulars, TrafficCount, TrafficKind, TrafficOptions, TrafficTruth, Visit,
};
pub use trending::{AuthorTruth, CommitTruth, TrendingTruth};
pub use truth::{Departure, DepartureReason, IssueTruth};

use crate::Error;
use crate::render::user::Users;
use crate::world::nodes::Nodes;

/// How a world's clock runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClockMode {
    /// It stands still until a test moves it.
    #[default]
    Fixed,
    /// It runs on from where it was set.
    Running,
    /// It is the system's.
    System,
}

/// A repository by its name (`owner/name`, in any case) or by its numeric id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepositoryRef<'a> {
    /// `owner/name`
    Name(&'a str),
    /// GitHub's numeric id.
    Id(u64),
}

impl<'a> From<&'a str> for RepositoryRef<'a> {
    fn from(name: &'a str) -> Self {
        Self::Name(name)
    }
}

impl<'a> From<&'a String> for RepositoryRef<'a> {
    fn from(name: &'a String) -> Self {
        Self::Name(name)
    }
}

impl From<u64> for RepositoryRef<'_> {
    fn from(id: u64) -> Self {
        Self::Id(id)
    }
}

impl fmt::Display for RepositoryRef<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => formatter.write_str(name),
            Self::Id(id) => write!(formatter, "#{id}"),
        }
    }
}

/// All state: repositories, issues, events, users and the clock.
#[derive(Debug)]
pub struct World {
    now: DateTime<Utc>,
    clock_mode: ClockMode,
    clock_set: Instant,
    pub(crate) repositories: BTreeMap<u64, Repository>,
    /// Lower-case full names, current and former, to ids.
    names: HashMap<String, u64>,
    pub(crate) users: Users,
    pub(crate) nodes: Nodes,
    next_repository_id: u64,
    next_issue_id: u64,
    next_event_id: u64,
}

impl World {
    /// An empty world whose clock stands at `now`.
    pub fn new(now: DateTime<Utc>) -> Self {
        Self {
            now,
            clock_mode: ClockMode::Fixed,
            clock_set: Instant::now(),
            repositories: BTreeMap::new(),
            names: HashMap::new(),
            users: Users::default(),
            nodes: Nodes::default(),
            next_repository_id: 1_100_000_000,
            next_issue_id: 4_000_000_000,
            next_event_id: 30_000_000_000,
        }
    }

    /// The present of the simulated GitHub, UTC.
    pub fn now(&self) -> DateTime<Utc> {
        match self.clock_mode {
            ClockMode::Fixed => self.now,
            ClockMode::Running => self.now + self.clock_set.elapsed(),
            ClockMode::System => Utc::now(),
        }
    }

    /// Sets the clock; a clock on the system's time becomes a running one.
    pub fn set_now(&mut self, now: DateTime<Utc>) {
        self.now = now;
        self.clock_set = Instant::now();
        if self.clock_mode == ClockMode::System {
            self.clock_mode = ClockMode::Running;
        }
    }

    /// Moves the clock on (or back).
    pub fn advance(&mut self, duration: TimeDelta) {
        self.set_now(self.now() + duration);
    }

    /// Says how the clock runs from now on.
    pub fn set_clock_mode(&mut self, mode: ClockMode) {
        self.now = self.now();
        self.clock_set = Instant::now();
        self.clock_mode = mode;
    }

    /// A repository by current name or id; former names lead nowhere.
    pub fn repository<'a>(&self, repository: impl Into<RepositoryRef<'a>>) -> Option<&Repository> {
        let id = self.current_id(repository.into())?;
        self.repositories.get(&id)
    }

    /// A repository by current name or id, to change its standing.
    pub fn repository_mut<'a>(&mut self, repository: impl Into<RepositoryRef<'a>>) -> Option<&mut Repository> {
        let id = self.current_id(repository.into())?;
        self.repositories.get_mut(&id)
    }

    /// All repositories, by id.
    pub fn repositories(&self) -> impl Iterator<Item = &Repository> {
        self.repositories.values()
    }

    /// The truth about a repository's issues, by number; nothing for an unknown repository.
    pub fn issues<'a>(&self, repository: impl Into<RepositoryRef<'a>>) -> Vec<IssueTruth> {
        self.repository(repository).map(|found| found.issues().collect()).unwrap_or_default()
    }

    /// The issues and pull requests that left a repository, by number; nothing for an unknown repository.
    pub fn departures<'a>(&self, repository: impl Into<RepositoryRef<'a>>) -> Vec<Departure> {
        self.repository(repository).map(|found| found.departures().collect()).unwrap_or_default()
    }

    /// An issue's JSON, byte for byte as it is served.
    pub fn issue_payload<'a>(&self, repository: impl Into<RepositoryRef<'a>>, number: u32) -> Option<Vec<u8>> {
        let found = self.repository(repository)?;
        let mut bytes = Vec::new();
        found.write_issue(found.issues.get(&number)?, &self.users, &mut bytes);
        Some(bytes)
    }

    /// An issue's JSON as a value; `None` too where the payload was made unreadable on purpose.
    pub fn issue_json<'a>(&self, repository: impl Into<RepositoryRef<'a>>, number: u32) -> Option<Value> {
        serde_json::from_slice(&self.issue_payload(repository, number)?).ok()
    }

    /// Adds an empty public repository created now; gives its id. An owner that is there already keeps their own way of
    /// writing their login, whatever the case of the given one.
    ///
    /// # Errors
    /// When the name is taken or is not `owner/name`.
    pub fn add_repository(&mut self, full_name: &str) -> Result<u64, Error> {
        let id = self.next_repository_id;
        self.add_repository_with_id(full_name, id)?;
        Ok(id)
    }

    /// [`World::add_repository`] with an id of the caller's choice.
    ///
    /// # Errors
    /// When the name or the id is taken, or the name is not `owner/name`.
    pub fn add_repository_with_id(&mut self, full_name: &str, id: u64) -> Result<(), Error> {
        let (owner, name) = split_name(full_name)?;
        if self.repository(full_name).is_some() || self.repositories.contains_key(&id) {
            return Err(Error::RepositoryExists(full_name.to_owned()));
        }
        self.users.ensure(owner, default_kind(owner));
        let repository = Repository::new(id, &self.users.spelled(owner), name, self.now().timestamp());
        self.repositories.insert(id, repository);
        self.names.insert(full_name.to_ascii_lowercase(), id);
        self.next_repository_id = self.next_repository_id.max(id + 1);
        Ok(())
    }

    /// The id a current or former name leads to, with whether the name is current.
    pub(crate) fn resolve(&self, full_name: &str) -> Option<(u64, bool)> {
        let id = *self.names.get(&full_name.to_ascii_lowercase())?;
        let repository = self.repositories.get(&id)?;
        Some((id, repository.full_name().eq_ignore_ascii_case(full_name)))
    }

    pub(crate) fn set_name(&mut self, full_name: &str, id: u64) {
        self.names.insert(full_name.to_ascii_lowercase(), id);
    }

    pub(crate) fn next_issue_id(&mut self) -> u64 {
        self.next_issue_id += 1;
        self.next_issue_id
    }

    pub(crate) fn next_event_id(&mut self) -> u64 {
        self.next_event_id += 1;
        self.next_event_id
    }

    pub(crate) fn current_id(&self, repository: RepositoryRef<'_>) -> Option<u64> {
        match repository {
            RepositoryRef::Id(id) => self.repositories.contains_key(&id).then_some(id),
            RepositoryRef::Name(name) => self.resolve(name).filter(|(_, is_current)| *is_current).map(|(id, _)| id),
        }
    }

    pub(crate) fn require(&self, repository: RepositoryRef<'_>) -> Result<u64, Error> {
        self.current_id(repository).ok_or_else(|| Error::UnknownRepository(repository.to_string()))
    }
}

/// What an owner is of whom nothing is known: an organisation, or a person if the login begins with `sim-user`.
pub(crate) fn default_kind(login: &str) -> &'static str {
    if login.starts_with("sim-user") { "User" } else { "Organization" }
}

/// Splits `owner/name`; only the characters GitHub allows.
pub(crate) fn split_name(full_name: &str) -> Result<(&str, &str), Error> {
    let is_word = |text: &str| {
        !text.is_empty()
            && text.len() <= 100
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    match full_name.split_once('/') {
        Some((owner, name)) if is_word(owner) && is_word(name) => Ok((owner, name)),
        _ => Err(Error::BadRepositoryName(full_name.to_owned())),
    }
}
