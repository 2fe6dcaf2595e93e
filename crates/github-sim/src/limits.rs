//! Rate limits: a window per caller and bucket, and the secondary limits.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::options::LimitOptions;

/// GitHub's separate buckets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket {
    /// REST.
    Core,
    /// Search but code search.
    Search,
    /// Code search.
    CodeSearch,
    /// GraphQL.
    Graphql,
}

impl Bucket {
    /// GitHub's name, as in `x-ratelimit-resource`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Search => "search",
            Self::CodeSearch => "code_search",
            Self::Graphql => "graphql",
        }
    }
}

/// Who is counted: a token's text or an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Account {
    pub(crate) key: String,
    pub(crate) is_authenticated: bool,
    pub(crate) core_limit: Option<u64>,
}

/// What the headers say of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) bucket: Bucket,
    pub(crate) limit: u64,
    pub(crate) used: u64,
    /// Seconds since 1970.
    pub(crate) reset: i64,
}

impl Standing {
    pub(crate) fn remaining(&self) -> u64 {
        self.limit.saturating_sub(self.used)
    }
}

/// What a request costs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Charge {
    pub(crate) bucket: Bucket,
    /// Of the bucket's window.
    pub(crate) points: u64,
    /// Of the secondary limits.
    pub(crate) points_of_minute: u64,
}

/// What a limiter says to a request.
#[derive(Debug)]
pub(crate) enum Verdict {
    Allowed(Standing),
    Exhausted(Standing),
    Secondary(Standing),
}

#[derive(Debug, Default)]
struct Ledger {
    windows: HashMap<Bucket, Window>,
    /// Points of secondary limits, of which GraphQL has its own.
    rest_minute: Window,
    graphql_minute: Window,
    in_flight: u64,
}

#[derive(Debug, Default, Clone, Copy)]
struct Window {
    used: u64,
    reset: i64,
}

/// All callers' counts.
#[derive(Debug)]
pub(crate) struct Limiter {
    options: LimitOptions,
    ledgers: HashMap<String, Ledger>,
}

impl Limiter {
    pub(crate) fn new(options: LimitOptions) -> Self {
        Self { options, ledgers: HashMap::new() }
    }

    pub(crate) fn options(&self) -> &LimitOptions {
        &self.options
    }

    pub(crate) fn set_options(&mut self, options: LimitOptions) {
        self.options = options;
    }

    /// Counts a request that begins; [`Limiter::end`] follows.
    pub(crate) fn begin(&mut self, account: &Account) {
        self.ledgers.entry(account.key.clone()).or_default().in_flight += 1;
    }

    pub(crate) fn end(&mut self, key: &str) {
        if let Some(ledger) = self.ledgers.get_mut(key) {
            ledger.in_flight = ledger.in_flight.saturating_sub(1);
        }
    }

    /// Charges a request its points, or says why not. A refused request costs nothing; the last one allowed can cost
    /// more than is left.
    pub(crate) fn charge(&mut self, account: &Account, now: i64, charge: Charge) -> Verdict {
        let Charge { bucket, points, points_of_minute } = charge;
        let standing = self.standing(account, bucket, now);
        let secondary = self.options.secondary.clone();
        let ledger = self.ledgers.entry(account.key.clone()).or_default();
        if let Some(secondary) = secondary {
            let (minute, most) = match bucket {
                Bucket::Graphql => (&mut ledger.graphql_minute, secondary.graphql_points_per_minute),
                _ => (&mut ledger.rest_minute, secondary.points_per_minute),
            };
            if minute.reset <= now {
                *minute = Window { used: 0, reset: now + 60 };
            }
            minute.used += points_of_minute;
            if ledger.in_flight > secondary.concurrent || minute.used > most {
                return Verdict::Secondary(standing);
            }
        }
        if standing.remaining() == 0 {
            return Verdict::Exhausted(standing);
        }
        let used = standing.limit.min(standing.used.saturating_add(points));
        ledger.windows.insert(bucket, Window { used, reset: standing.reset });
        Verdict::Allowed(Standing { used, ..standing })
    }

    /// Gives back what a free answer was charged.
    pub(crate) fn refund(&mut self, account: &Account, bucket: Bucket, now: i64) -> Standing {
        let ledger = self.ledgers.entry(account.key.clone()).or_default();
        if let Some(window) = ledger.windows.get_mut(&bucket) {
            window.used = window.used.saturating_sub(1);
        }
        self.standing(account, bucket, now)
    }

    /// How a bucket stands; a window that is over counts as a new one.
    pub(crate) fn standing(&self, account: &Account, bucket: Bucket, now: i64) -> Standing {
        let (limit, seconds) = self.limit(account, bucket);
        let ledger = self.ledgers.get(&account.key);
        let window = ledger.and_then(|ledger| ledger.windows.get(&bucket)).filter(|window| window.reset > now);
        let Window { used, reset } = window.copied().unwrap_or(Window { used: 0, reset: now + seconds });
        Standing { bucket, limit, used, reset }
    }

    /// The body of `/rate_limit`; newer API versions have no `rate`.
    pub(crate) fn overview(&self, account: &Account, now: i64, with_rate: bool) -> Value {
        let object = |bucket| {
            let standing = self.standing(account, bucket, now);
            json!({
                "limit": standing.limit, "used": standing.used, "remaining": standing.remaining(),
                "reset": standing.reset,
            })
        };
        let mut overview = json!({"resources": {
            "core": object(Bucket::Core), "search": object(Bucket::Search),
            "code_search": object(Bucket::CodeSearch), "graphql": object(Bucket::Graphql),
        }});
        if with_rate {
            overview["rate"] = object(Bucket::Core);
        }
        overview
    }

    fn limit(&self, account: &Account, bucket: Bucket) -> (u64, i64) {
        let options = &self.options;
        let window = options.window.num_seconds();
        match (bucket, account.is_authenticated) {
            (Bucket::Core, true) => (account.core_limit.unwrap_or(options.core), window),
            (Bucket::Core, false) => (options.unauthenticated, window),
            (Bucket::Search, true) => (options.search, 60),
            (Bucket::Search, false) => (options.search.min(10), 60),
            (Bucket::CodeSearch, is_authenticated) => (if is_authenticated { options.code_search } else { 0 }, 60),
            (Bucket::Graphql, is_authenticated) => (if is_authenticated { options.graphql } else { 0 }, window),
        }
    }
}
