//! Events for those who ask for a number of them: labels, people and milestones that come and go.

use super::life::Life;
use crate::render::{LABELS, MILESTONES};
use crate::world::event::{Detail, EventKind, NOBODY};

/// Adds events until there are so many; what the last of them leave behind is what the issue has.
pub(super) fn fill(life: &mut Life<'_>, wanted: u32) {
    let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
    let missing = wanted.saturating_sub(life.events.len());
    let span = (life.now - life.created_at).max(0).unsigned_abs();
    let mut times = Vec::with_capacity(missing);
    for _ in 0..missing {
        times.push(life.created_at + i64::try_from(life.random.below(span + 1)).unwrap_or(0));
    }
    times.sort_unstable();
    life.events.reserve_exact(missing);
    life.milestone = Some(0);
    for at in times {
        match life.random.below(10) {
            0 => change_milestone(life, at),
            1 => change_assignee(life, at),
            _ => change_label(life, at),
        }
    }
}

fn change_label(life: &mut Life<'_>, at: i64) {
    let index = life.random.index(LABELS.len());
    let bit = 1_u16 << index;
    let kind = if life.labels & bit == 0 { EventKind::Labeled } else { EventKind::Unlabeled };
    life.note(at, kind, life.people.maintainer, Detail::Label(index as u8));
    life.labels ^= bit;
}

fn change_milestone(life: &mut Life<'_>, at: i64) {
    let actor = life.people.maintainer;
    if let Some(milestone @ 1..) = life.milestone {
        life.note(at, EventKind::Demilestoned, actor, Detail::Milestone(milestone - 1));
        life.milestone = Some(0);
    } else {
        let index = life.random.index(MILESTONES.len()) as u8;
        life.note(at, EventKind::Milestoned, actor, Detail::Milestone(index));
        life.milestone = Some(index + 1);
    }
}

fn change_assignee(life: &mut Life<'_>, at: i64) {
    let actor = life.people.maintainer;
    if life.assignee == NOBODY {
        life.assignee = life.people.pick(&mut life.random);
        life.note(at, EventKind::Assigned, actor, Detail::Person(life.assignee));
    } else {
        life.note(at, EventKind::Unassigned, actor, Detail::Person(life.assignee));
        life.assignee = NOBODY;
    }
}
