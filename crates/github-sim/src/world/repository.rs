//! One repository with its issues.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};

use crate::render;
use crate::render::user::Users;
use crate::world::git::Branch;
use crate::world::issue::{Content, Issue, IssueState, instant};
use crate::world::order::Orders;
use crate::world::profile::Profile;
use crate::world::stars::Stars;
use crate::world::traffic::TrafficTruth;
use crate::world::truth::{Departure, Gone, IssueTruth, departure, truth};

/// What GitHub answers for a repository as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everything is served.
    Open,
    /// Issue paths answer 410.
    IssuesDisabled,
    /// Every path answers 451.
    Blocked,
}

/// A repository: identity, standing and issues.
#[derive(Debug)]
pub struct Repository {
    pub(crate) id: u64,
    pub(crate) owner: String,
    pub(crate) name: String,
    pub(crate) is_private: bool,
    pub(crate) is_fork: bool,
    pub(crate) is_archived: bool,
    /// Whether tokens that may push anywhere may push here.
    pub(crate) is_writable: bool,
    /// Whether its issues and labels came from a seed.
    pub(crate) is_generated: bool,
    /// Whether nobody who asks works on it, so that it is in no list of their own.
    pub(crate) is_foreign: bool,
    pub(crate) access: Access,
    pub(crate) created_at: i64,
    pub(crate) changed_at: i64,
    /// Made up where nothing is set.
    pub(crate) profile: Option<Box<Profile>>,
    pub(crate) branch: Branch,
    pub(crate) issues: BTreeMap<u32, Issue>,
    pub(crate) gone: BTreeMap<u32, Gone>,
    pub(crate) orders: Orders,
    pub(crate) traffic: TrafficTruth,
    pub(crate) stars: Stars,
    /// From a day on, so many forks; made up where nothing is set.
    pub(crate) forks: BTreeMap<i64, u64>,
    /// Made up where nothing is set.
    pub(crate) subscribers: Option<u64>,
    /// Label objects by name, as `/labels` serves them.
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) last_number: u32,
    /// Grows with every change.
    pub(crate) changes: u64,
    /// Issue events newest first, as (event id, issue number, position), with the change count they are of.
    events_cache: Mutex<Option<EventsCache>>,
}

pub(crate) type EventPlaces = Arc<Vec<(u64, u32, u32)>>;
type EventsCache = (u64, EventPlaces);

impl Repository {
    pub(crate) fn new(id: u64, owner: &str, name: &str, created_at: i64) -> Self {
        Self {
            id,
            owner: owner.to_owned(),
            name: name.to_owned(),
            is_private: false,
            is_fork: false,
            is_archived: false,
            is_writable: true,
            is_generated: false,
            is_foreign: false,
            access: Access::Open,
            created_at,
            changed_at: created_at,
            profile: None,
            branch: Branch::default(),
            issues: BTreeMap::new(),
            gone: BTreeMap::new(),
            orders: Orders::default(),
            traffic: TrafficTruth::default(),
            stars: Stars::made_up(id, created_at, created_at),
            forks: BTreeMap::new(),
            subscribers: None,
            labels: BTreeMap::new(),
            last_number: 0,
            changes: 0,
            events_cache: Mutex::new(None),
        }
    }

    /// GitHub's numeric id.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// `owner/name`, as it is now.
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// The owner's login.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// The name without its owner.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether only some tokens see it.
    pub fn is_private(&self) -> bool {
        self.is_private
    }

    /// Whether it is a fork of another repository.
    pub fn is_fork(&self) -> bool {
        self.is_fork
    }

    /// Whether it is archived, so that nothing in it changes any more.
    pub fn is_archived(&self) -> bool {
        self.is_archived
    }

    /// How GitHub answers for it.
    pub fn access(&self) -> Access {
        self.access
    }

    /// When it was created, UTC.
    pub fn created_at(&self) -> DateTime<Utc> {
        instant(self.created_at)
    }

    /// Issues and pull requests it lists.
    pub fn issue_count(&self) -> usize {
        self.issues.len()
    }

    /// Open issues and pull requests, which is what GitHub calls `open_issues_count`; pull requests alone where issues
    /// are turned off.
    pub fn open_issue_count(&self) -> usize {
        match self.access {
            Access::IssuesDisabled => self.orders.count_of(IssueState::Open, true),
            _ => self.orders.count(Some(IssueState::Open)),
        }
    }

    /// The truth about every issue, by number.
    pub fn issues(&self) -> impl Iterator<Item = IssueTruth> + '_ {
        self.issues.values().map(truth)
    }

    /// The truth about one issue.
    pub fn issue(&self, number: u32) -> Option<IssueTruth> {
        self.issues.get(&number).map(truth)
    }

    /// The issues and pull requests that it lists no more, by number.
    pub fn departures(&self) -> impl Iterator<Item = Departure> + '_ {
        self.gone.iter().map(|(number, gone)| departure(*number, gone))
    }

    /// The numbers that are listed, ascending.
    pub fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        self.issues.keys().copied()
    }

    /// Replaces or adds an issue and keeps every order.
    pub(crate) fn put(&mut self, issue: Issue) {
        if let Some(old) = self.issues.get(&issue.number) {
            self.orders.remove(old);
        }
        self.orders.insert(&issue);
        self.last_number = self.last_number.max(issue.number);
        self.changed_at = self.changed_at.max(issue.updated_at);
        self.changes += 1;
        self.issues.insert(issue.number, issue);
    }

    pub(crate) fn take(&mut self, number: u32) -> Option<Issue> {
        let issue = self.issues.remove(&number)?;
        self.orders.remove(&issue);
        self.changes += 1;
        Some(issue)
    }

    /// Replaces all issues at once.
    pub(crate) fn fill(&mut self, issues: BTreeMap<u32, Issue>) {
        self.orders = Orders::build(issues.values());
        self.last_number = issues.keys().next_back().copied().unwrap_or(0).max(self.last_number);
        let newest = issues.values().map(|issue| issue.updated_at).max();
        self.changed_at = newest.unwrap_or(self.changed_at).max(self.changed_at);
        self.issues = issues;
        self.changes += 1;
    }

    /// Appends an issue's bytes as they are served.
    pub(crate) fn write_issue(&self, issue: &Issue, users: &Users, bytes: &mut Vec<u8>) {
        match &issue.content {
            Content::Stored(stored) => bytes.extend_from_slice(&stored.bytes),
            Content::Generated(sketch) => render::write_issue(self, issue, sketch, users, bytes),
        }
    }

    /// Issue events (not timeline entries), newest first; computed once per change.
    pub(crate) fn event_places(&self) -> EventPlaces {
        let mut cache = self.events_cache.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((changes, places)) = cache.as_ref()
            && *changes == self.changes
        {
            return Arc::clone(places);
        }
        let mut places = Vec::new();
        for issue in self.issues.values() {
            for (position, event) in issue.events.iter().enumerate() {
                if event.id > 0 && !event.kind.is_timeline_only() {
                    places.push((event.id, issue.number, u32::try_from(position).unwrap_or(u32::MAX)));
                }
            }
        }
        places.sort_unstable_by(|left, right| right.cmp(left));
        let places = Arc::new(places);
        *cache = Some((self.changes, Arc::clone(&places)));
        places
    }

    /// Whether the issue bears all of these labels; GitHub compares names without case.
    pub(crate) fn has_labels(&self, issue: &Issue, wanted: &BTreeSet<String>) -> bool {
        let names = label_names(issue);
        wanted.iter().all(|name| names.iter().any(|own| own.eq_ignore_ascii_case(name)))
    }
}

/// The names of an issue's labels.
pub(crate) fn label_names(issue: &Issue) -> Vec<String> {
    match &issue.content {
        Content::Stored(stored) => stored.labels.clone(),
        Content::Generated(sketch) => sketch.label_names().map(str::to_owned).collect(),
    }
}
