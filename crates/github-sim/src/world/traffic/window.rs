//! What GitHub tells of the last fourteen days.

use std::collections::BTreeMap;

use super::{Seen, TrafficCount, TrafficKind, TrafficTruth, count};
use crate::world::calendar::{DAY, day_of, monday};

/// Seconds of the window: it ends now, so its oldest day is cut short and its newest still grows.
pub(crate) const LENGTH: i64 = 14 * DAY;

/// How the window is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Day,
    /// From Monday, UTC.
    Week,
}

/// A window with its parts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Window {
    /// Of the window as a whole: its distinct visitors, not a sum.
    pub(crate) total: TrafficCount,
    /// By the second with which they begin, oldest first; those without visits are left out.
    pub(crate) parts: Vec<(i64, TrafficCount)>,
}

impl Window {
    /// The window that ends now.
    pub(crate) fn read(truth: &TrafficTruth, kind: TrafficKind, step: Step, now: i64) -> Self {
        let seen = truth.seen(kind, now - LENGTH, now);
        let mut parts: BTreeMap<i64, Vec<Seen>> = BTreeMap::new();
        for visit in &seen {
            let day = day_of(visit.at);
            let first = if step == Step::Week { monday(day) } else { day };
            parts.entry(first * DAY).or_default().push(*visit);
        }
        let parts = parts.into_iter().map(|(starts_at, seen)| (starts_at, count(&seen))).collect();
        Self { total: count(&seen), parts }
    }
}
