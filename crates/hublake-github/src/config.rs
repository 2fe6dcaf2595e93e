//! Settings of a client.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use crate::clock::{Clock, SystemClock};

/// Settings of a [`Client`](crate::Client).
#[derive(Debug, Clone)]
pub struct Config {
    /// Root of the REST API, with or without a trailing slash; GitHub Enterprise has a path (`/api/v3/`).
    pub api_url: Url,
    /// Who asks.
    pub auth: Auth,
    /// Part of every primary budget, 0 to 1, that is left untouched for the user's other programs.
    pub quota_floor_fraction: f64,
    /// Requests under way at once. GitHub allows 100 for REST and GraphQL together.
    pub max_concurrent_requests: usize,
    /// Points spent within any 60 s (a GET or a GraphQL query is one point, a write five); 0 paces nothing. GitHub allows 900.
    pub points_per_minute: u32,
    /// Seconds of answering time spent within any 60 s, all requests added up; 0 paces nothing. GitHub
    /// allows 90 s of its CPU time, two thirds of it for GraphQL, which only the answering time lets us estimate.
    pub answer_seconds_per_minute: u32,
    /// Longest time that one request waits for limits, all its waits added up, before it gives up with
    /// [`Outcome::Limited`](crate::Outcome::Limited).
    pub max_wait: Duration,
    /// Attempts after the first one when a connection fails or the server answers with an error or nonsense.
    pub max_retries: u32,
    /// Wait before the first retry; it doubles each time, up to 30 s, with jitter.
    pub retry_delay: Duration,
    /// Longest time for a connection to open.
    pub connect_timeout: Duration,
    /// Longest time for one request, to the last byte of its answer.
    pub request_timeout: Duration,
    /// Largest answer that is read, in bytes after decompression.
    pub max_body_bytes: usize,
    /// Sends tokens over `http://` to hosts other than this machine, where anyone between can read them.
    pub allow_insecure_http: bool,
    /// The clock by which limits are waited for.
    pub clock: Arc<dyn Clock>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            api_url: public_api(),
            auth: Auth::Anonymous,
            quota_floor_fraction: 0.10,
            max_concurrent_requests: 16,
            points_per_minute: 900,
            answer_seconds_per_minute: 90,
            max_wait: Duration::from_secs(65 * 60),
            max_retries: 5,
            retry_delay: Duration::from_millis(500),
            connect_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(60),
            max_body_bytes: 64 * 1024 * 1024,
            allow_insecure_http: false,
            clock: Arc::new(SystemClock::default()),
        }
    }
}

/// Who asks GitHub.
#[derive(Debug, Clone, Default)]
pub enum Auth {
    /// Nobody: 60 requests an hour, and a 304 is not free.
    #[default]
    Anonymous,
    /// A personal, OAuth or installation token.
    Token(SecretString),
    /// A GitHub App, which gets a token of one hour for each installation.
    App {
        /// The App's numeric id.
        app_id: u64,
        /// The App's RSA private key, PEM.
        private_key_pem: SecretString,
        /// The installation to act for; without it the installation is found by the repository's owner.
        installation_id: Option<u64>,
    },
}

#[expect(clippy::expect_used, reason = "the text is a constant")]
fn public_api() -> Url {
    Url::parse("https://api.github.com/").expect("a valid URL")
}
