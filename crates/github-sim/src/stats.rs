//! What was asked and what it cost.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

/// Counts since the start, or since they were reset. Requests to `/_sim` are not counted.
#[derive(Debug, Clone, Default, Serialize, PartialEq, Eq)]
pub struct Stats {
    /// All requests.
    pub requests: u64,
    /// By endpoint: method and template, for example `GET /repos/{owner}/{repo}/issues`.
    pub endpoints: BTreeMap<String, EndpointStats>,
    /// By status; 0 stands for a dropped connection.
    pub statuses: BTreeMap<u16, u64>,
    /// Answers without a body because the ETag matched.
    pub not_modified: u64,
    /// Requests refused by a primary or secondary limit.
    pub rejected: u64,
    /// Quota spent, by bucket: requests, and points of `graphql`.
    pub quota_spent: BTreeMap<String, u64>,
    /// Bytes of bodies.
    pub body_bytes: u64,
    /// The most requests answered at the same time.
    pub most_concurrent: u64,
}

/// Counts of one endpoint.
#[derive(Debug, Clone, Default, Serialize, PartialEq, Eq)]
pub struct EndpointStats {
    /// All requests.
    pub requests: u64,
    /// By status; 0 stands for a dropped connection.
    pub statuses: BTreeMap<u16, u64>,
    /// Quota spent.
    pub quota_spent: u64,
}

/// One request as it came and how it was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequestRecord {
    /// From 1.
    pub number: u64,
    /// `GET`, `POST`, ...
    pub method: String,
    /// Path and query, as sent.
    pub target: String,
    /// 0 for a dropped connection.
    pub status: u16,
    /// Quota spent: requests, or points of GraphQL.
    pub charged: u64,
    /// The name of a GraphQL operation.
    pub operation: Option<String>,
    /// When it came: milliseconds of the machine's clock since the server's start.
    pub came_at_ms: u64,
    /// When it was answered, on the same clock.
    pub answered_at_ms: u64,
    /// What a limit said that refused it.
    pub refusal: Option<Refusal>,
}

/// A refusal by a limit, as it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// How long to send nothing: by `Retry-After`, else to the window's end, else GitHub's minute.
    pub wait_ms: u64,
    /// Whether all buckets must rest (a secondary limit), not only this request's.
    pub is_secondary: bool,
}

/// The last requests are kept, not all.
const LOG_LENGTH: usize = 10_000;

/// Everything that is counted.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) stats: Stats,
    pub(crate) log: VecDeque<RequestRecord>,
    pub(crate) in_flight: u64,
}

/// What one answer adds to the counts.
pub(crate) struct Outcome<'a> {
    pub(crate) record: RequestRecord,
    pub(crate) template: &'a str,
    /// The bucket that was charged.
    pub(crate) bucket: &'static str,
    pub(crate) is_rejected: bool,
    pub(crate) body_bytes: usize,
}

impl Counters {
    pub(crate) fn begin(&mut self) {
        self.in_flight += 1;
        self.stats.most_concurrent = self.stats.most_concurrent.max(self.in_flight);
    }

    pub(crate) fn end(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    pub(crate) fn add(&mut self, outcome: Outcome<'_>) {
        let status = outcome.record.status;
        let stats = &mut self.stats;
        stats.requests += 1;
        *stats.statuses.entry(status).or_default() += 1;
        stats.not_modified += u64::from(status == 304);
        stats.rejected += u64::from(outcome.is_rejected);
        stats.body_bytes += outcome.body_bytes as u64;
        let key = format!("{} {}", outcome.record.method, outcome.template);
        let endpoint = stats.endpoints.entry(key).or_default();
        endpoint.requests += 1;
        *endpoint.statuses.entry(status).or_default() += 1;
        let charged = outcome.record.charged;
        endpoint.quota_spent += charged;
        if charged > 0 {
            *stats.quota_spent.entry(outcome.bucket.to_owned()).or_default() += charged;
        }
        if self.log.len() == LOG_LENGTH {
            self.log.pop_front();
        }
        self.log.push_back(outcome.record);
    }

    pub(crate) fn reset(&mut self) {
        self.stats = Stats::default();
        self.log.clear();
    }
}
