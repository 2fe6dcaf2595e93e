//! The bodies of answers about traffic.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

/// Views or clones, whatever the period.
#[derive(Debug, Deserialize)]
pub(crate) struct Traffic {
    /// Of the whole window: this count is no sum of parts where visitors are concerned.
    pub(crate) count: u32,
    pub(crate) uniques: u32,
    #[serde(alias = "views", alias = "clones")]
    pub(crate) parts: Vec<Part>,
}

/// A day or a week.
#[derive(Debug, Deserialize)]
pub(crate) struct Part {
    pub(crate) timestamp: DateTime<Utc>,
    pub(crate) count: u32,
    pub(crate) uniques: u32,
}

/// An entry of a list of referrers or paths.
#[derive(Debug, Deserialize)]
pub(crate) struct Popular {
    #[serde(alias = "referrer", alias = "path")]
    pub(crate) name: String,
    pub(crate) title: Option<String>,
    pub(crate) count: u32,
    pub(crate) uniques: u32,
}

/// A repository's figures, as the query asks for them.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Stats {
    pub(crate) database_id: Option<i64>,
    pub(crate) name_with_owner: String,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) stargazer_count: i64,
    pub(crate) fork_count: i64,
    /// Kilobytes.
    pub(crate) disk_usage: Option<i64>,
    pub(crate) watchers: Total,
    pub(crate) issues: Total,
    pub(crate) pull_requests: Total,
}

/// How many there are.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Total {
    pub(crate) total_count: i64,
}

/// The stars of a week, by the day on which they were given.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct StarWeek {
    /// The second with which the week begins, a Sunday (UTC).
    pub(crate) week: i64,
    pub(crate) total: i64,
    pub(crate) days: [i64; 7],
}

impl StarWeek {
    pub(crate) fn sunday(&self) -> Option<NaiveDate> {
        DateTime::from_timestamp(self.week, 0).map(|at| at.date_naive())
    }
}
