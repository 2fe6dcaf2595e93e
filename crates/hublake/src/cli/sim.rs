//! What the simulated GitHub and the demo on it take.

use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::Args;

use super::values::instant;

/// See [`super::Command::Demo`].
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// A folder of recorded GitHub data, in place of generated issues
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Keep the demo's home in this folder, in place of a temporary one
    #[arg(long, value_name = "DIR")]
    pub home: Option<PathBuf>,
}

/// See [`super::Command::Sim`].
#[derive(Debug, Args)]
pub struct SimArgs {
    /// A folder of recorded GitHub data, in place of generated issues
    #[arg(long, value_name = "DIR", conflicts_with_all = ["repos", "issues", "seed"])]
    pub data: Option<PathBuf>,
    /// Generated repositories
    #[arg(long, default_value_t = 3)]
    pub repos: usize,
    /// Generated issues and pull requests, all together
    #[arg(long, default_value_t = 1000)]
    pub issues: usize,
    /// Repositories of each of Python, TypeScript, Go and the Render ecosystem, for searches
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub trending: u32,
    /// The same seed gives the same data
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9000")]
    pub listen: SocketAddr,
    /// Milliseconds added to every answer
    #[arg(long, default_value_t = 0)]
    pub latency_ms: u64,
    /// Milliseconds added to a query for each repository whose commits it asks for
    #[arg(long, default_value_t = 0)]
    pub history_latency_ms: u64,
    /// Requests, and as many GraphQL points, an hour for each token
    #[arg(long, default_value_t = 5000)]
    pub rate_limit: u64,
    /// State events of each generated issue, about [default: as they come]
    #[arg(long, value_name = "N", conflicts_with = "data")]
    pub events_per_issue: Option<u32>,
    /// Items that a GraphQL query can serve before its time is over [default: any number]
    #[arg(long, value_name = "N")]
    pub graphql_clock_nodes: Option<u64>,
    /// The instant at which the simulated clock stands [default: the end of the data]
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub now: Option<DateTime<Utc>>,
    /// A fault: where, when and what, such as "*/issues chance:0.1 status:502" or "* next:3 cut"
    #[arg(long = "fault", value_name = "FAULT")]
    pub faults: Vec<String>,
}
