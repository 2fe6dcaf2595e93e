//! The sorted indexes of a repository's issues: a page costs what it holds, not what the repository holds.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::iter::Peekable;
use std::ops::Bound;

use crate::cursor::Sort;
use crate::world::issue::{Issue, IssueState};

/// Sort key, id and number of an issue.
pub(crate) type Entry = (i64, u64, u32);

/// Which way a list runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Greatest first.
    Descending,
}

impl Direction {
    pub(crate) fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

#[derive(Debug, Clone, Default)]
struct Order {
    open: BTreeSet<Entry>,
    closed: BTreeSet<Entry>,
}

/// Every order of one repository's issues.
#[derive(Debug, Clone, Default)]
pub(crate) struct Orders {
    created: Order,
    updated: Order,
    comments: Order,
    open_pull_requests: usize,
    closed_pull_requests: usize,
}

impl Orders {
    /// Builds all orders at once, which is much faster than one issue at a time.
    pub(crate) fn build<'a>(issues: impl Iterator<Item = &'a Issue> + Clone) -> Self {
        let order = |sort: Sort| {
            let of_state = |state: IssueState| {
                issues.clone().filter(|issue| issue.state == state).map(|issue| entry(issue, sort)).collect()
            };
            Order { open: of_state(IssueState::Open), closed: of_state(IssueState::Closed) }
        };
        let pull_requests =
            |state: IssueState| issues.clone().filter(|issue| issue.is_pull_request && issue.state == state).count();
        Self {
            created: order(Sort::Created),
            updated: order(Sort::Updated),
            comments: order(Sort::Comments),
            open_pull_requests: pull_requests(IssueState::Open),
            closed_pull_requests: pull_requests(IssueState::Closed),
        }
    }

    pub(crate) fn insert(&mut self, issue: &Issue) {
        for sort in [Sort::Created, Sort::Updated, Sort::Comments] {
            self.set_mut(sort, issue.state).insert(entry(issue, sort));
        }
        *self.pull_requests_mut(issue.state) += usize::from(issue.is_pull_request);
    }

    pub(crate) fn remove(&mut self, issue: &Issue) {
        for sort in [Sort::Created, Sort::Updated, Sort::Comments] {
            self.set_mut(sort, issue.state).remove(&entry(issue, sort));
        }
        *self.pull_requests_mut(issue.state) -= usize::from(issue.is_pull_request);
    }

    /// How many issues have this state; `None` counts all.
    pub(crate) fn count(&self, state: Option<IssueState>) -> usize {
        match state {
            Some(IssueState::Open) => self.created.open.len(),
            Some(IssueState::Closed) => self.created.closed.len(),
            None => self.created.open.len() + self.created.closed.len(),
        }
    }

    /// How many issues, or how many pull requests, have this state.
    pub(crate) fn count_of(&self, state: IssueState, is_pull_request: bool) -> usize {
        let pull_requests = match state {
            IssueState::Open => self.open_pull_requests,
            IssueState::Closed => self.closed_pull_requests,
        };
        if is_pull_request { pull_requests } else { self.count(Some(state)) - pull_requests }
    }

    /// The entries after a place (not including it), in the asked direction.
    pub(crate) fn walk(
        &self,
        sort: Sort,
        direction: Direction,
        state: Option<IssueState>,
        after: Option<(i64, u64)>,
    ) -> Box<dyn Iterator<Item = Entry> + '_> {
        let order = self.order(sort);
        match state {
            Some(IssueState::Open) => walk_set(&order.open, direction, after),
            Some(IssueState::Closed) => walk_set(&order.closed, direction, after),
            None => Box::new(Merged {
                left: walk_set(&order.open, direction, after).peekable(),
                right: walk_set(&order.closed, direction, after).peekable(),
                direction,
            }),
        }
    }

    fn pull_requests_mut(&mut self, state: IssueState) -> &mut usize {
        match state {
            IssueState::Open => &mut self.open_pull_requests,
            IssueState::Closed => &mut self.closed_pull_requests,
        }
    }

    fn order(&self, sort: Sort) -> &Order {
        match sort {
            Sort::Created => &self.created,
            Sort::Updated => &self.updated,
            Sort::Comments => &self.comments,
        }
    }

    fn set_mut(&mut self, sort: Sort, state: IssueState) -> &mut BTreeSet<Entry> {
        let order = match sort {
            Sort::Created => &mut self.created,
            Sort::Updated => &mut self.updated,
            Sort::Comments => &mut self.comments,
        };
        match state {
            IssueState::Open => &mut order.open,
            IssueState::Closed => &mut order.closed,
        }
    }
}

/// The sort key of an issue in one order.
pub(crate) fn entry(issue: &Issue, sort: Sort) -> Entry {
    let key = match sort {
        Sort::Created => issue.created_at,
        Sort::Updated => issue.updated_at,
        Sort::Comments => i64::from(issue.comments),
    };
    (key, issue.id, issue.number)
}

type Walk<'a> = Box<dyn Iterator<Item = Entry> + 'a>;

fn walk_set(set: &BTreeSet<Entry>, direction: Direction, after: Option<(i64, u64)>) -> Walk<'_> {
    match (direction, after) {
        (Direction::Ascending, None) => Box::new(set.iter().copied()),
        (Direction::Descending, None) => Box::new(set.iter().rev().copied()),
        (Direction::Ascending, Some((key, id))) => {
            Box::new(set.range((Bound::Excluded((key, id, u32::MAX)), Bound::Unbounded)).copied())
        }
        (Direction::Descending, Some((key, id))) => Box::new(set.range(..(key, id, 0)).rev().copied()),
    }
}

struct Merged<'a> {
    left: Peekable<Walk<'a>>,
    right: Peekable<Walk<'a>>,
    direction: Direction,
}

impl Iterator for Merged<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        let (Some(left), Some(right)) = (self.left.peek(), self.right.peek()) else {
            return self.left.next().or_else(|| self.right.next());
        };
        let wanted = match self.direction {
            Direction::Ascending => Ordering::Less,
            Direction::Descending => Ordering::Greater,
        };
        if left.cmp(right) == wanted { self.left.next() } else { self.right.next() }
    }
}
