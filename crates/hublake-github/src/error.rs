//! Why no usable answer came.

use crate::outcome::Spent;

/// A failure of the client; what GitHub refuses is an [`Outcome`](crate::Outcome) instead.
///
/// URLs in messages carry no user names, passwords or tokens.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting cannot be used.
    #[error("setting `{key}`: {reason}\nhint: {hint}")]
    Config {
        /// The setting's name.
        key: &'static str,
        /// What is wrong with it.
        reason: String,
        /// What to write instead.
        hint: &'static str,
    },
    /// A token would travel in clear.
    #[error(
        "the API at {api_url} would get the token over an unencrypted connection\nhint: use https://; plain http:// is for this machine only"
    )]
    InsecureUrl {
        /// The API's root.
        api_url: String,
    },
    /// A URL, link or redirect leads away from the API's host, which alone may see the token.
    #[error(
        "{source_url} leads to {target}, which is not on the API's host {api_host}; it is not followed\nhint: the API URL must have the host name under which the server itself writes its links"
    )]
    ForeignHost {
        /// Where it came from.
        source_url: String,
        /// Where it leads.
        target: String,
        /// The only host that is asked.
        api_host: String,
    },
    /// Redirects go on and on, or lead nowhere.
    #[error("{url}: {reason}")]
    Redirect {
        /// The URL as asked.
        url: String,
        /// What is wrong.
        reason: &'static str,
        /// What it took.
        spent: Spent,
    },
    /// No connection, a timeout or an answer cut off, at every attempt.
    #[error(
        "{url}: no whole answer in {attempts} attempts: {reason}\nhint: check the network and the API URL, then run again"
    )]
    Transport {
        /// The URL.
        url: String,
        /// Attempts made.
        attempts: u32,
        /// The last failure.
        reason: String,
        /// What it took.
        spent: Spent,
    },
    /// The server failed at every attempt.
    #[error(
        "{url}: the server answered {status} at each of {attempts} attempts: {message}\nhint: see https://www.githubstatus.com, then run again"
    )]
    Server {
        /// The URL.
        url: String,
        /// The last status.
        status: u16,
        /// Attempts made.
        attempts: u32,
        /// The last message.
        message: String,
        /// What it took.
        spent: Spent,
    },
    /// The server answered with something else than what was asked, at every attempt.
    #[error(
        "{url}: the answer cannot be read ({attempts} attempts): {reason}\nhint: check that the API URL is the API's root and no proxy answers in its place"
    )]
    Malformed {
        /// The URL.
        url: String,
        /// Attempts made.
        attempts: u32,
        /// What is wrong with the last answer.
        reason: String,
        /// What it took.
        spent: Spent,
    },
    /// GitHub has no answer to a GraphQL query: it does not understand it, or failed at every attempt.
    #[error("{url}: GitHub does not answer the query ({attempts} attempts): {message}\nhint: {hint}")]
    Query {
        /// The URL.
        url: String,
        /// Attempts made; 1 where another could not help.
        attempts: u32,
        /// GitHub's kind of the error, such as `MAX_NODE_LIMIT_EXCEEDED` or `undefinedField`.
        kind: Option<String>,
        /// GitHub's words.
        message: String,
        /// What to do.
        hint: &'static str,
        /// What it took.
        spent: Spent,
    },
    /// The answer is larger than the client reads.
    #[error("{url}: the answer is larger than {limit_bytes} bytes")]
    TooLarge {
        /// The URL.
        url: String,
        /// The bound.
        limit_bytes: usize,
        /// What it took.
        spent: Spent,
    },
    /// A status that has no meaning here.
    #[error("{url}: unexpected status {status}: {message}")]
    Unexpected {
        /// The URL.
        url: String,
        /// The status.
        status: u16,
        /// The answer's message.
        message: String,
        /// What it took.
        spent: Spent,
    },
    /// The GitHub App cannot get a token.
    #[error("GitHub App {app_id}: {reason}\nhint: {hint}")]
    App {
        /// The App.
        app_id: u64,
        /// What failed.
        reason: String,
        /// What to do.
        hint: &'static str,
    },
}

impl Error {
    /// What the failure cost.
    pub fn spent(&self) -> Spent {
        match self {
            Self::Redirect { spent, .. }
            | Self::Transport { spent, .. }
            | Self::Server { spent, .. }
            | Self::Malformed { spent, .. }
            | Self::Query { spent, .. }
            | Self::TooLarge { spent, .. }
            | Self::Unexpected { spent, .. } => *spent,
            Self::Config { .. } | Self::InsecureUrl { .. } | Self::ForeignHost { .. } | Self::App { .. } => {
                Spent::default()
            }
        }
    }
}
