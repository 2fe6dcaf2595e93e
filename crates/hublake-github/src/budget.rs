//! Budgets: what each token has left in each bucket, and the pauses that GitHub asks for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::Notify;

use crate::rate::{RateLimit, Resource};
use crate::wait::WaitReason;

/// Pause after a secondary limit that does not say how long; it doubles with every further strike.
const FIRST_PAUSE: Duration = Duration::from_secs(60);
/// Shortest pause, also where GitHub asks for none, so that nothing is repeated in a hurry.
pub(crate) const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
/// Longest such pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(32 * 60);
/// Windows whose ends differ by less are the same: GitHub's own machines disagree by a second or so.
const SAME_WINDOW: Duration = Duration::from_secs(60);

/// Whose budget a request draws on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Identity {
    /// The token, or the address of whoever has none.
    Caller,
    /// A GitHub App under its own name.
    App,
    /// An installation of a GitHub App.
    Installation(u64),
}

/// Whether a request may be sent.
pub(crate) enum Admission {
    /// Yes; the reservation counts against the budget until it is dropped.
    Granted(Reservation),
    /// Requests under way may use up what is left: ask again when one has ended.
    Busy,
    /// Not before `until`.
    Closed {
        /// By the client's own clock.
        until: DateTime<Utc>,
        reason: WaitReason,
    },
}

#[derive(Debug)]
pub(crate) struct Budgets {
    floor_fraction: f64,
    state: Mutex<State>,
    ended: Notify,
}

#[derive(Debug, Default)]
struct State {
    buckets: HashMap<(Identity, Resource), Bucket>,
    pauses: HashMap<Identity, Pause>,
}

#[derive(Debug, Default)]
struct Bucket {
    known: Option<Known>,
    /// What requests under way are expected to cost.
    reserved: u32,
}

#[derive(Debug)]
struct Known {
    limit: RateLimit,
    /// The window's end by the client's own clock.
    ends_at: DateTime<Utc>,
}

#[derive(Debug)]
struct Pause {
    set_at: DateTime<Utc>,
    until: DateTime<Utc>,
    strikes: u32,
}

/// One request's place in a budget.
pub(crate) struct Reservation {
    budgets: Arc<Budgets>,
    key: (Identity, Resource),
    cost: u32,
}

impl Budgets {
    pub(crate) fn new(floor_fraction: f64) -> Arc<Self> {
        Arc::new(Self { floor_fraction, state: Mutex::default(), ended: Notify::new() })
    }

    /// Completes when a request has ended after this call; create it before [`Budgets::admit`].
    pub(crate) fn ended(&self) -> tokio::sync::futures::Notified<'_> {
        self.ended.notified()
    }

    /// Decides whether a request that is expected to cost `cost` may be sent `now`.
    pub(crate) fn admit(
        self: &Arc<Self>,
        identity: Identity,
        resource: &Resource,
        cost: u32,
        now: DateTime<Utc>,
    ) -> Admission {
        let mut state = self.state();
        if let Some(until) = state.paused_until(identity, now) {
            return Admission::Closed { until, reason: WaitReason::Secondary };
        }
        let key = (identity, resource.clone());
        let bucket = state.buckets.entry(key.clone()).or_default();
        if bucket.known.as_ref().is_some_and(|known| known.ends_at <= now) {
            bucket.known = None;
        }
        if let Some(known) = &bucket.known {
            let floor = self.floor(known.limit.limit);
            // What costs more than a window has must go all the same: at the start of one.
            let cost = cost.min(known.limit.limit.saturating_sub(floor)).max(1);
            if known.limit.remaining < floor.saturating_add(cost) {
                return Admission::Closed { until: known.ends_at, reason: WaitReason::Primary };
            }
            if known.limit.remaining < floor.saturating_add(bucket.reserved).saturating_add(cost) {
                return Admission::Busy;
            }
        }
        bucket.reserved = bucket.reserved.saturating_add(cost);
        Admission::Granted(Reservation { budgets: Arc::clone(self), key, cost })
    }

    /// Whether GitHub asked for a pause that still lasts.
    pub(crate) fn paused_until(&self, identity: Identity, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.state().paused_until(identity, now)
    }

    /// Takes over what an answer says; `skew` is the server's clock minus the client's.
    pub(crate) fn observe(&self, identity: Identity, seen: &RateLimit, skew: chrono::Duration) {
        let ends_at = seen.reset_at - skew;
        let mut state = self.state();
        let bucket = state.buckets.entry((identity, seen.resource.clone())).or_default();
        let mut limit = seen.clone();
        if let Some(known) = &bucket.known {
            let later = ends_at - known.ends_at;
            if later <= -same_window() {
                return;
            }
            let same_window = later < same_window();
            if same_window && known.limit.limit == limit.limit {
                // Answers overtake each other: within a window the budget only shrinks.
                limit.remaining = limit.remaining.min(known.limit.remaining);
                limit.used = limit.used.max(known.limit.used);
            }
        }
        bucket.known = Some(Known { limit, ends_at });
    }

    /// Notes that a request met the primary limit, which lasts until `until` by the client's clock.
    pub(crate) fn exhaust(&self, identity: Identity, resource: &Resource, until: DateTime<Utc>) {
        let mut state = self.state();
        let bucket = state.buckets.entry((identity, resource.clone())).or_default();
        let limit = bucket.known.as_ref().map_or(0, |known| known.limit.limit);
        bucket.known = Some(Known {
            limit: RateLimit { resource: resource.clone(), limit, remaining: 0, used: limit, reset_at: until },
            ends_at: until,
        });
    }

    /// Notes a secondary limit that struck a request sent at `sent_at`, and says until when to pause.
    pub(crate) fn pause(
        &self,
        identity: Identity,
        sent_at: DateTime<Utc>,
        now: DateTime<Utc>,
        retry_after: Option<Duration>,
    ) -> DateTime<Utc> {
        let mut state = self.state();
        let earlier = state.pauses.get(&identity);
        // Requests that were under way together are struck together; that is one strike.
        let strikes = match earlier {
            Some(pause) if sent_at <= pause.set_at => pause.strikes,
            Some(pause) => pause.strikes + 1,
            None => 1,
        };
        let doubled = FIRST_PAUSE.saturating_mul(1 << (strikes - 1).min(10)).min(LONGEST_PAUSE);
        let asked = now + retry_after.unwrap_or(doubled).max(SHORTEST_PAUSE);
        let until = earlier.map_or(asked, |pause| pause.until.max(asked));
        let set_at = earlier.filter(|pause| sent_at <= pause.set_at).map_or(now, |pause| pause.set_at);
        state.pauses.insert(identity, Pause { set_at, until, strikes });
        until
    }

    /// Notes an answer without a secondary limit.
    pub(crate) fn calm(&self, identity: Identity, now: DateTime<Utc>) {
        let mut state = self.state();
        if state.pauses.get(&identity).is_some_and(|pause| pause.until <= now) {
            state.pauses.remove(&identity);
        }
    }

    /// The last known state of a bucket; of several installations the one with the least left.
    pub(crate) fn remaining(&self, resource: &Resource) -> Option<RateLimit> {
        let state = self.state();
        let of_resource = state.buckets.iter().filter(|((_, other), _)| other == resource);
        of_resource
            .filter_map(|(_, bucket)| bucket.known.as_ref())
            .map(|known| &known.limit)
            .min_by_key(|limit| limit.remaining)
            .cloned()
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a fraction of a u32, checked to lie between 0 and 1"
    )]
    fn floor(&self, limit: u32) -> u32 {
        (f64::from(limit) * self.floor_fraction) as u32
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn paused_until(&self, identity: Identity, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.pauses.get(&identity).map(|pause| pause.until).filter(|until| *until > now)
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if let Some(bucket) = self.budgets.state().buckets.get_mut(&self.key) {
            bucket.reserved = bucket.reserved.saturating_sub(self.cost);
        }
        self.budgets.ended.notify_waiters();
    }
}

fn same_window() -> chrono::Duration {
    chrono::Duration::from_std(SAME_WINDOW).unwrap_or_else(|_| chrono::Duration::zero())
}
