//! How a simulated GitHub answers: address, limits, tokens, faults.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::faults::Fault;

/// Options of a server; the default has no latency, no faults and GitHub's ordinary limits.
#[derive(Debug, Clone)]
pub struct SimOptions {
    /// Where to listen; the default takes any free port of 127.0.0.1.
    pub listen: SocketAddr,
    /// Added to every answer.
    pub latency: Duration,
    /// Added to a GraphQL answer for each repository whose commits it asks for: about 300 ms on github.com, none by
    /// default. A query that would take longer than [`LimitOptions::graphql_clock`] is broken off then.
    pub history_latency: Duration,
    /// Primary and secondary limits.
    pub limits: LimitOptions,
    /// Faults from the start; [`crate::Sim::set_faults`] changes them.
    pub faults: Vec<Fault>,
    /// Seed of faults that strike with a probability.
    pub fault_seed: u64,
    /// Tokens with rights of their own.
    pub tokens: Vec<Token>,
    /// Accept tokens that are not listed if they look like GitHub's (`ghp_`, `github_pat_`, `gho_`, `ghs_`, ...).
    pub accept_unlisted_tokens: bool,
    /// Refuse requests without a `User-Agent`, as GitHub does.
    pub require_user_agent: bool,
}

impl Default for SimOptions {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            latency: Duration::ZERO,
            history_latency: Duration::ZERO,
            limits: LimitOptions::default(),
            faults: Vec::new(),
            fault_seed: 1,
            tokens: Vec::new(),
            accept_unlisted_tokens: true,
            require_user_agent: true,
        }
    }
}

/// Limits per token (or per address without one); requests per window unless said otherwise.
#[derive(Debug, Clone)]
pub struct LimitOptions {
    /// REST with a token: 5,000.
    pub core: u64,
    /// REST without a token: 60.
    pub unauthenticated: u64,
    /// Search, per minute: 30.
    pub search: u64,
    /// Code search, per minute: 10.
    pub code_search: u64,
    /// GraphQL points: 5,000.
    pub graphql: u64,
    /// The window of `core` and `graphql`: one hour.
    pub window: TimeDelta,
    /// The status of an exhausted limit: 403 (or 429).
    pub exhausted_status: u16,
    /// Which clock windows are measured on.
    pub clock: LimitClock,
    /// Secondary limits; none are enforced by default.
    pub secondary: Option<SecondaryLimits>,
    /// How GraphQL says that its points are spent.
    pub graphql_exhausted: ExhaustedSpelling,
    /// The items of connections and of `nodes` that GraphQL can serve within its ten seconds; a query that needs more
    /// gets [`LimitOptions::graphql_clock_status`] at once. None by default: no query takes too long.
    pub graphql_clock_nodes: Option<u64>,
    /// How long a GraphQL query may take: ten seconds.
    pub graphql_clock: Duration,
    /// The status of a query that takes too long: 502 (or 504).
    pub graphql_clock_status: u16,
    /// How many events REST lists for a repository as a whole before it answers 422: 40,000.
    pub repository_events: usize,
}

impl Default for LimitOptions {
    fn default() -> Self {
        Self {
            core: 5_000,
            unauthenticated: 60,
            search: 30,
            code_search: 10,
            graphql: 5_000,
            window: TimeDelta::hours(1),
            exhausted_status: 403,
            clock: LimitClock::World,
            secondary: None,
            graphql_exhausted: ExhaustedSpelling::Alternating,
            graphql_clock_nodes: None,
            graphql_clock: Duration::from_secs(10),
            graphql_clock_status: 502,
            repository_events: 40_000,
        }
    }
}

/// The `type` of GraphQL's error when no points are left; both are seen on GitHub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExhaustedSpelling {
    /// `RATE_LIMIT`
    RateLimit,
    /// `RATE_LIMITED`
    RateLimited,
    /// One after the other, beginning with `RATE_LIMITED`.
    Alternating,
}

/// The clock of the rate limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitClock {
    /// The world's, which tests move.
    World,
    /// The system's, for clients that wait for real.
    System,
}

/// Secondary limits as GitHub documents them.
#[derive(Debug, Clone)]
pub struct SecondaryLimits {
    /// Requests at the same time: 100.
    pub concurrent: u64,
    /// Points a minute of REST (a read is 1, a write 5): 900.
    pub points_per_minute: u64,
    /// Points a minute of GraphQL (a query is 1): 2,000.
    pub graphql_points_per_minute: u64,
    /// 403 or 429.
    pub status: u16,
    /// Seconds in `Retry-After`; `None` sends no such header.
    pub retry_after: Option<u64>,
}

impl Default for SecondaryLimits {
    fn default() -> Self {
        Self {
            concurrent: 100,
            points_per_minute: 900,
            graphql_points_per_minute: 2_000,
            status: 403,
            retry_after: Some(60),
        }
    }
}

/// A token the simulator knows.
#[derive(Debug, Clone)]
pub struct Token {
    /// The token as it is sent.
    pub text: String,
    /// Whose it is.
    pub login: String,
    /// Scopes, shown in `x-oauth-scopes` for classic and OAuth tokens.
    pub scopes: Vec<String>,
    /// On the world's clock; from then on it answers 401.
    pub expires_at: Option<DateTime<Utc>>,
    /// Which private repositories it sees.
    pub private_access: PrivateAccess,
    /// Which of the repositories that are open to pushes it may push to, as `permissions.push` tells.
    pub push_access: PushAccess,
    /// Whether a fine-grained token or an App has the permission "Administration: read", which traffic needs. Of no
    /// matter for classic and OAuth tokens, and never true for an Actions token (`ghs_` that nobody listed or issued).
    pub reads_administration: bool,
    /// Requests per window in place of the ordinary limit.
    pub core_limit: Option<u64>,
}

impl Token {
    /// A token of `sim-user` that never expires, sees all private repositories and may push everywhere.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            login: "sim-user".to_owned(),
            scopes: vec!["repo".to_owned(), "read:org".to_owned()],
            expires_at: None,
            private_access: PrivateAccess::All,
            push_access: PushAccess::All,
            reads_administration: true,
            core_limit: None,
        }
    }
}

/// Which private repositories a token sees. Unlisted tokens see none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrivateAccess {
    /// None.
    None,
    /// All.
    All,
    /// Those of these full names.
    Only(Vec<String>),
}

/// Which repositories a token may push to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushAccess {
    /// None.
    None,
    /// All.
    All,
    /// Those of these full names.
    Only(Vec<String>),
}
