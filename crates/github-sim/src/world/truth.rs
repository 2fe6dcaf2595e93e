//! What tests may read of the world, to hold published tables against.

use chrono::{DateTime, Utc};

use crate::world::event::{EventKind, StateEvent};
use crate::world::issue::{Issue, IssueState, instant};
use crate::world::repository::label_names;

/// The truth about an issue, to hold published tables against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueTruth {
    /// The id that GitHub gives it.
    pub id: u64,
    /// The number within its repository.
    pub number: u32,
    /// Open or closed.
    pub state: IssueState,
    /// UTC.
    pub created_at: DateTime<Utc>,
    /// UTC; some closed issues have none, and it can be up to an hour before `created_at`.
    pub closed_at: Option<DateTime<Utc>>,
    /// UTC.
    pub updated_at: DateTime<Utc>,
    /// Names, in the payload's order.
    pub labels: Vec<String>,
    /// Whether GitHub lists it with a `pull_request` object.
    pub is_pull_request: bool,
    /// The number of comments.
    pub comments: u32,
    /// State events in the order in which they happened.
    pub events: Vec<StateEvent>,
}

impl IssueTruth {
    /// Its state at an instant, `None` before it was opened.
    ///
    /// An issue begins open, at its creation or at its first event if that is earlier (GitHub has issues closed up to
    /// an hour before they were created). `closed` and `merged` close it, `reopened` opens it, each from its own
    /// second on. Where its events do not lead to the state it has, as for issues that are closed without an event,
    /// that state holds from `closed_at` on, or else from `updated_at`.
    pub fn state_at(&self, at: DateTime<Utc>) -> Option<IssueState> {
        let changes = self.state_changes();
        let first = changes.first().map_or(self.created_at, |(first, _)| self.created_at.min(*first));
        if at < first {
            return None;
        }
        let last = changes.iter().rev().find(|(from, _)| *from <= at);
        Some(last.map_or(IssueState::Open, |(_, state)| *state))
    }

    /// When it became open or closed after it was opened, oldest first: each from then on.
    pub fn state_changes(&self) -> Vec<(DateTime<Utc>, IssueState)> {
        let mut changes: Vec<(DateTime<Utc>, IssueState)> = Vec::new();
        let mut state = IssueState::Open;
        for event in &self.events {
            let next = match event.kind {
                EventKind::Closed | EventKind::Merged => IssueState::Closed,
                EventKind::Reopened => IssueState::Open,
                _ => continue,
            };
            if next != state {
                changes.push((event.at, next));
                state = next;
            }
        }
        if state != self.state {
            let since = self.closed_at.filter(|_| self.state == IssueState::Closed).unwrap_or(self.updated_at);
            changes.push((since, self.state));
        }
        changes
    }

    /// When it came from another repository for the last time.
    pub fn transferred_at(&self) -> Option<DateTime<Utc>> {
        self.events.iter().rev().find(|event| event.kind == EventKind::Transferred).map(|event| event.at)
    }
}

/// An issue that its repository lists no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Departure {
    /// The number within the repository that it left.
    pub number: u32,
    /// How it left.
    pub reason: DepartureReason,
    /// When, UTC.
    pub at: DateTime<Utc>,
    /// What it was when it left; `None` for generated gaps in the numbers, which nobody ever saw.
    pub issue: Option<IssueTruth>,
}

/// How an issue left its repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DepartureReason {
    /// Somebody deleted it.
    Deleted,
    /// It is in another repository now.
    Transferred {
        /// The other repository.
        repository_id: u64,
        /// Its number there.
        number: u32,
    },
    /// It is a discussion now.
    ConvertedToDiscussion,
}

/// Why a number that existed has no issue any more.
#[derive(Debug, Clone)]
pub(crate) struct Gone {
    pub(crate) reason: DepartureReason,
    pub(crate) at: i64,
    pub(crate) issue: Option<Box<Issue>>,
}

pub(crate) fn departure(number: u32, gone: &Gone) -> Departure {
    Departure { number, reason: gone.reason, at: instant(gone.at), issue: gone.issue.as_deref().map(truth) }
}

pub(crate) fn truth(issue: &Issue) -> IssueTruth {
    let events = issue.events.iter().filter(|event| event.kind.is_state_event());
    IssueTruth {
        id: issue.id,
        number: issue.number,
        state: issue.state,
        created_at: instant(issue.created_at),
        closed_at: issue.closed_at.map(instant),
        updated_at: instant(issue.updated_at),
        labels: label_names(issue),
        is_pull_request: issue.is_pull_request,
        comments: issue.comments,
        events: events
            .map(|event| StateEvent {
                id: event.id,
                kind: event.kind,
                at: instant(event.at),
                label: event.label().map(str::to_owned),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issue(state: IssueState, events: &[(i64, EventKind)]) -> IssueTruth {
        let event = |(at, kind): &(i64, EventKind)| StateEvent { id: 1, kind: *kind, at: instant(*at), label: None };
        IssueTruth {
            id: 1,
            number: 1,
            state,
            created_at: instant(100),
            closed_at: None,
            updated_at: instant(900),
            labels: Vec::new(),
            is_pull_request: false,
            comments: 0,
            events: events.iter().map(event).collect(),
        }
    }

    #[test]
    fn states_follow_events_and_hold_from_their_own_second() {
        let events = [(200, EventKind::Closed), (300, EventKind::Reopened), (400, EventKind::Labeled)];
        let truth = issue(IssueState::Open, &events);
        let states: Vec<_> = [99, 100, 199, 200, 299, 300, 999].map(|at| truth.state_at(instant(at))).to_vec();
        let (open, closed) = (Some(IssueState::Open), Some(IssueState::Closed));
        assert_eq!(states, [None, open, open, closed, closed, open, open]);
    }

    #[test]
    fn a_state_without_an_event_holds_from_the_closing_time_or_the_last_update() {
        let mut truth = issue(IssueState::Closed, &[]);
        assert_eq!(truth.state_changes(), [(instant(900), IssueState::Closed)]);
        truth.closed_at = Some(instant(500));
        assert_eq!(truth.state_changes(), [(instant(500), IssueState::Closed)]);
    }

    #[test]
    fn merging_closes_once_and_an_early_closing_is_the_beginning() {
        let truth = issue(IssueState::Closed, &[(50, EventKind::Merged), (50, EventKind::Closed)]);
        assert_eq!(truth.state_changes().len(), 1);
        assert_eq!((truth.state_at(instant(49)), truth.state_at(instant(50))), (None, Some(IssueState::Closed)));
    }
}
