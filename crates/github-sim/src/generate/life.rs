//! The life of one generated issue.

use super::filler::fill;
use crate::random::{Random, mix};
use crate::render::{LABELS, Sketch};
use crate::world::event::{Detail, Event, EventKind, NOBODY, StateReason};
use crate::world::issue::{Content, Issue, IssueState};

const HOUR: f64 = 3_600.0;
const DAY: f64 = 86_400.0;

/// Whether a closed issue of this seed was closed as not planned.
pub(crate) fn is_not_planned(seed: u64) -> bool {
    seed.is_multiple_of(9)
}

/// The users that issues are by.
pub(super) struct People {
    pub(super) first: u32,
    pub(super) count: u32,
    pub(super) maintainer: u32,
}

impl People {
    // Squaring makes few people write most, as in real repositories.
    pub(super) fn pick(&self, random: &mut Random) -> u32 {
        let place = random.unit().powi(2) * f64::from(self.count);
        self.first + (place as u32).min(self.count - 1)
    }
}

/// What an issue has lived through so far.
pub(super) struct Life<'a> {
    pub(super) random: Random,
    pub(super) people: &'a People,
    pub(super) now: i64,
    pub(super) created_at: i64,
    updated_at: i64,
    closed_at: Option<i64>,
    pub(super) labels: u16,
    pub(super) assignee: u32,
    /// As in [`Sketch`]; `None` leaves it to chance.
    pub(super) milestone: Option<u8>,
    closed_by: u32,
    pub(super) events: Vec<Event>,
}

/// One issue from its opening to `now`, with at least `wanted_events` if they are given. Its events have no ids yet.
pub(super) fn live(
    random: Random,
    id: u64,
    number: u32,
    created_at: i64,
    now: i64,
    people: &People,
    wanted_events: Option<u32>,
) -> Issue {
    let mut life = Life {
        random,
        people,
        now,
        created_at,
        updated_at: created_at,
        closed_at: None,
        labels: 0,
        assignee: NOBODY,
        milestone: None,
        closed_by: NOBODY,
        events: Vec::with_capacity(4),
    };
    let is_pull_request = life.random.chance(0.3);
    let is_hostile = life.random.chance(0.01);
    let author = if life.random.chance(0.005) { NOBODY } else { people.pick(&mut life.random) };
    if wanted_events.is_none() {
        life.be_labelled();
        life.be_assigned();
    }
    let merged_at = life.be_closed(is_pull_request, author);
    if let Some(wanted) = wanted_events {
        fill(&mut life, wanted);
    }
    let comments = life.be_discussed();
    life.events.sort_by_key(|event| event.at);
    life.events.shrink_to_fit();
    let seed = life.random.next();
    if is_not_planned(seed) && !is_pull_request && life.closed_at.is_some() {
        let last = life.events.iter_mut().rev().find(|event| event.kind == EventKind::Closed);
        if let Some(closing) = last {
            closing.detail = Detail::Reason(StateReason::NotPlanned);
        }
    }
    let sketch = life.sketch(seed, author, merged_at, is_hostile, is_pull_request);
    Issue {
        id,
        number,
        comments,
        created_at,
        updated_at: life.updated_at,
        closed_at: life.closed_at,
        revision: mix(seed ^ mix(id)) ^ mix(now.unsigned_abs()),
        state: if life.closed_at.is_some() { IssueState::Closed } else { IssueState::Open },
        is_pull_request,
        content: Content::Generated(sketch),
        events: life.events,
    }
}

impl Life<'_> {
    fn after(&mut self, from: i64, median_seconds: f64, spread: f64) -> i64 {
        let wait = self.random.log_normal(median_seconds, spread).min(1e9);
        from.saturating_add(wait as i64 + 1)
    }

    /// Notes an event unless it lies beyond now.
    pub(super) fn note(&mut self, at: i64, kind: EventKind, actor: u32, detail: Detail) -> bool {
        if at > self.now {
            return false;
        }
        self.events.push(Event { id: 0, at, detail, actor, kind });
        self.updated_at = self.updated_at.max(at);
        true
    }

    fn be_labelled(&mut self) {
        let count = [0, 1, 1, 1, 2, 2, 3][self.random.index(7)];
        let mut at = self.created_at;
        for _ in 0..count {
            at = self.after(at, 2.0 * HOUR, 1.8);
            let index = self.random.index(LABELS.len());
            let bit = 1_u16 << index;
            let maintainer = self.people.maintainer;
            let label = || Detail::Label(index as u8);
            if self.labels & bit != 0 || !self.note(at, EventKind::Labeled, maintainer, label()) {
                continue;
            }
            self.labels |= bit;
            let removed_at = self.after(at, 5.0 * DAY, 1.0);
            if self.random.chance(0.1) && self.note(removed_at, EventKind::Unlabeled, maintainer, label()) {
                self.labels &= !bit;
            }
        }
    }

    fn be_assigned(&mut self) {
        if !self.random.chance(0.12) {
            return;
        }
        let at = self.after(self.created_at, DAY, 1.5);
        let assignee = self.people.pick(&mut self.random);
        if self.note(at, EventKind::Assigned, assignee, Detail::Person(assignee)) {
            self.assignee = assignee;
        }
    }

    /// Closes (and reopens, and closes again); gives when it was merged.
    fn be_closed(&mut self, is_pull_request: bool, author: u32) -> Option<i64> {
        if self.random.chance(0.18) {
            return None;
        }
        let median = if is_pull_request { 1.5 * DAY } else { 9.0 * DAY };
        let mut at = self.after(self.created_at, median, 2.2);
        if self.random.chance(0.002) {
            // Seen on GitHub: closed_at up to an hour before created_at.
            at = self.created_at - i64::try_from(self.random.below(3_600)).unwrap_or(0);
        }
        let closer = if self.random.chance(0.3) { author } else { self.people.maintainer };
        if !self.note(at, EventKind::Closed, closer, Detail::Nothing) {
            return None;
        }
        (self.closed_at, self.closed_by) = (Some(at), closer);
        for _ in 0..2 {
            if !self.random.chance(0.06) || at < self.created_at {
                break;
            }
            let reopened_at = self.after(at, 4.0 * DAY, 1.5);
            if !self.note(reopened_at, EventKind::Reopened, author, Detail::Nothing) {
                break;
            }
            (self.closed_at, self.closed_by) = (None, NOBODY);
            at = self.after(reopened_at, median, 1.8);
            if self.random.chance(0.2) || !self.note(at, EventKind::Closed, self.people.maintainer, Detail::Nothing) {
                break;
            }
            (self.closed_at, self.closed_by) = (Some(at), self.people.maintainer);
        }
        let merged_at = self.closed_at.filter(|_| is_pull_request && self.random.chance(0.7))?;
        self.note(merged_at, EventKind::Merged, self.people.maintainer, Detail::Nothing);
        Some(merged_at)
    }

    /// Comments move `updated_at` and are only counted.
    fn be_discussed(&mut self) -> u32 {
        let count = (self.random.log_normal(2.5, 1.1) as u32).min(900);
        let end = self.closed_at.unwrap_or(self.now).max(self.created_at);
        for _ in 0..count.min(3) {
            let span = (end - self.created_at).unsigned_abs();
            let at = self.created_at + i64::try_from(self.random.below(span + 1)).unwrap_or(0);
            self.updated_at = self.updated_at.max(at);
        }
        if self.random.chance(0.1) {
            self.updated_at = self.after(self.updated_at, 60.0 * DAY, 1.0).min(self.now);
        }
        count
    }

    fn sketch(
        &mut self,
        seed: u64,
        author: u32,
        merged_at: Option<i64>,
        is_hostile: bool,
        is_pull_request: bool,
    ) -> Sketch {
        let random = &mut self.random;
        let body = if random.chance(0.03) { 0.0 } else { random.log_normal(260.0, 1.4).clamp(20.0, 60_000.0) };
        Sketch {
            seed,
            author,
            assignee: self.assignee,
            // GitHub itself leaves closed_by out for many old issues.
            closed_by: if random.chance(0.4) { NOBODY } else { self.closed_by },
            body_bytes: body as u32,
            merged_at,
            labels: self.labels,
            milestone: match self.milestone {
                Some(milestone) => milestone,
                None if random.chance(0.06) => 1 + (random.below(4) as u8),
                None => 0,
            },
            association: random.below(5) as u8,
            is_hostile,
            is_locked: random.chance(0.01),
            is_draft: is_pull_request && self.closed_at.is_none() && random.chance(0.2),
        }
    }
}
