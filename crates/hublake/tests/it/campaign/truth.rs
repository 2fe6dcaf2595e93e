//! What the tables must hold, computed from the simulator's truth with plain loops.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use github_sim::{EventKind, IssueState, IssueTruth};

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// A time of one state: from, to, whether it was open.
pub type Interval = (i64, Option<i64>, bool);

/// When an issue was open and closed in its repository, oldest first; it left at `left_at`.
///
/// Events of one second count by their net effect. An issue begins open where it was created, be it for a
/// microsecond; one that was transferred begins at its transfer, in the state that the events before left it in.
/// Where events do not lead to the state it has, it changed when it was closed, or else when it was updated last.
pub fn intervals(issue: &IssueTruth, left_at: Option<i64>) -> Vec<Interval> {
    let arrived_at = issue.transferred_at();
    let entered_at = micros(issue.created_at.max(arrived_at.unwrap_or(issue.created_at)));
    let earliest = if arrived_at.is_some() { entered_at } else { entered_at + 1 };
    let mut states = BTreeMap::from([(entered_at, true)]);
    for (at, balance) in balances(issue) {
        if balance != 0 {
            states.insert(at.max(earliest), balance > 0);
        }
    }
    let is_open = issue.state == IssueState::Open;
    let (last_at, last_state) = states.last_key_value().map(|(at, state)| (*at, *state)).unwrap_or((entered_at, true));
    if last_state != is_open {
        let closed_at = issue.closed_at.filter(|_| !is_open);
        states.insert(micros(closed_at.unwrap_or(issue.updated_at)).max(last_at + 1), is_open);
    }
    let mut intervals: Vec<Interval> = Vec::new();
    for (at, state) in states {
        match intervals.last_mut() {
            Some((_, _, before)) if *before == state => {}
            Some(last) => {
                last.1 = Some(at);
                intervals.push((at, None, state));
            }
            None => intervals.push((at, None, state)),
        }
    }
    if let Some(left_at) = left_at {
        let left_at = left_at.max(entered_at + 1);
        intervals.retain(|(from, _, _)| *from < left_at);
        if let Some(last) = intervals.last_mut() {
            last.1 = Some(left_at);
        }
    }
    intervals
}

/// By how much reopenings outnumber closings in each second in which there were any. Merging closes, together with
/// its closing once.
fn balances(issue: &IssueTruth) -> BTreeMap<i64, i64> {
    let mut counts: BTreeMap<i64, (i64, i64, i64)> = BTreeMap::new();
    for event in &issue.events {
        let (reopened, closed, merged) = counts.entry(micros(event.at)).or_default();
        match event.kind {
            EventKind::Reopened => *reopened += 1,
            EventKind::Closed => *closed += 1,
            EventKind::Merged => *merged = 1,
            _ => {}
        }
    }
    counts.into_iter().map(|(at, (reopened, closed, merged))| (at, reopened - closed.max(merged))).collect()
}

/// Counts of each day from the first to `last_day` at least: opened, reopened, closed, left, open at its end.
pub fn days<'a>(issues: impl Iterator<Item = &'a [Interval]>, last_day: i64) -> BTreeMap<i64, Vec<i64>> {
    let mut moved: BTreeMap<i64, [i64; 4]> = BTreeMap::new();
    for intervals in issues {
        for (place, (from, to, is_open)) in intervals.iter().enumerate() {
            let counts = moved.entry(from.div_euclid(DAY)).or_default();
            match (place, is_open) {
                (0, true) => counts[0] += 1,
                // It came in closed.
                (0, false) => {}
                (_, true) => counts[1] += 1,
                (_, false) => counts[2] += 1,
            }
            if let Some(to) = to.filter(|_| place + 1 == intervals.len()) {
                moved.entry(to.div_euclid(DAY)).or_default()[3] += i64::from(*is_open);
            }
        }
    }
    let Some((first, last)) = moved.keys().next().copied().zip(moved.keys().last().copied()) else {
        return BTreeMap::new();
    };
    let mut open = 0;
    let mut days = BTreeMap::new();
    for day in first..=last.max(last_day) {
        let [opened, reopened, closed, left] = moved.get(&day).copied().unwrap_or_default();
        open += opened + reopened - closed - left;
        days.insert(day, vec![opened, reopened, closed, left, open]);
    }
    days
}

/// The events that are kept, ordered: time, kind, label.
pub fn events(issue: &IssueTruth) -> Vec<(i64, String, String)> {
    let kept = issue.events.iter().filter(|event| !matches!(event.kind, EventKind::Locked | EventKind::Unlocked));
    let row = |event: &github_sim::StateEvent| {
        (micros(event.at), event.kind.as_str().to_owned(), event.label.clone().unwrap_or_default())
    };
    let mut rows: Vec<_> = kept.map(row).collect();
    rows.sort();
    rows
}

/// An instant as microseconds since 1970.
pub fn micros(at: DateTime<Utc>) -> i64 {
    at.timestamp_micros()
}

#[cfg(test)]
mod tests {
    use github_sim::StateEvent;

    use super::*;

    /// An issue created at second 100 with events at these seconds.
    fn issue(state: IssueState, events: &[(i64, EventKind)]) -> IssueTruth {
        let at = |second: i64| DateTime::from_timestamp(second, 0).expect("an instant");
        let event = |(second, kind): &(i64, EventKind)| StateEvent { id: 1, kind: *kind, at: at(*second), label: None };
        IssueTruth {
            id: 1,
            number: 1,
            state,
            created_at: at(100),
            closed_at: None,
            updated_at: at(900),
            labels: Vec::new(),
            is_pull_request: false,
            comments: 0,
            events: events.iter().map(event).collect(),
        }
    }

    const SECOND: i64 = 1_000_000;

    #[test]
    fn events_of_one_second_count_by_their_net_effect() {
        use EventKind::{Closed, Merged, Reopened};
        let events = [(200, Closed), (200, Reopened), (300, Closed), (300, Reopened), (300, Closed), (400, Reopened)];
        let expected = [
            (100 * SECOND, Some(300 * SECOND), true),
            (300 * SECOND, Some(400 * SECOND), false),
            (400 * SECOND, None, true),
        ];
        assert_eq!(intervals(&issue(IssueState::Open, &events), None), expected);
        let merged = intervals(&issue(IssueState::Closed, &[(200, Merged), (200, Closed)]), None);
        assert_eq!(merged, [(100 * SECOND, Some(200 * SECOND), true), (200 * SECOND, None, false)]);
    }

    #[test]
    fn an_issue_that_came_begins_as_it_was_and_one_that_leaves_ends() {
        use EventKind::{Closed, Reopened, Transferred};
        let came = issue(IssueState::Open, &[(200, Closed), (300, Transferred), (400, Reopened)]);
        let expected = [(300 * SECOND, Some(400 * SECOND), false), (400 * SECOND, Some(500 * SECOND), true)];
        assert_eq!(intervals(&came, Some(500 * SECOND)), expected);
        assert_eq!(intervals(&came, Some(350 * SECOND)), [(300 * SECOND, Some(350 * SECOND), false)]);
        let counted = days([expected.as_slice()].into_iter(), 1);
        assert_eq!(counted, BTreeMap::from([(0, vec![0, 1, 0, 1, 0]), (1, vec![0, 0, 0, 0, 0])]));
    }

    #[test]
    fn a_state_without_an_event_holds_from_the_last_update_and_an_early_closing_from_a_microsecond_on() {
        let found = intervals(&issue(IssueState::Closed, &[]), None);
        assert_eq!(found, [(100 * SECOND, Some(900 * SECOND), true), (900 * SECOND, None, false)]);
        let found = intervals(&issue(IssueState::Closed, &[(50, EventKind::Closed)]), None);
        assert_eq!(found, [(100 * SECOND, Some(100 * SECOND + 1), true), (100 * SECOND + 1, None, false)]);
    }
}
