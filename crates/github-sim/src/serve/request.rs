//! A request as the endpoints see it.

use http::header::{HOST, IF_NONE_MATCH, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, HeaderName, Method};

use crate::auth::Caller;

/// The API version of a request that names none.
pub(crate) const DEFAULT_VERSION: &str = "2022-11-28";
const API_VERSION: HeaderName = HeaderName::from_static("x-github-api-version");
/// The longest path with query that is looked at.
const LONGEST_TARGET: usize = 8_192;
const LONGEST_HOST: usize = 255;
/// Where GitHub Enterprise has its API.
const ENTERPRISE_PREFIX: &str = "/api/v3";

/// What was asked, taken apart.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) method: Method,
    /// Scheme, host and prefix for `Link` and `Location`.
    pub(crate) base: String,
    /// The path after the prefix.
    pub(crate) path: String,
    /// Path and query as they came.
    pub(crate) target: String,
    pub(crate) raw_query: String,
    pub(crate) segments: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) is_too_long: bool,
}

impl Question {
    pub(crate) fn read(parts: &Parts) -> Self {
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
        let host = if host.len() > LONGEST_HOST { "127.0.0.1" } else { host };
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        let is_too_long = target.len() > LONGEST_TARGET;
        let whole = if is_too_long { "/" } else { parts.uri.path() };
        let (prefix, path) = match whole.strip_prefix(ENTERPRISE_PREFIX) {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => (ENTERPRISE_PREFIX, rest),
            _ => ("", whole),
        };
        let raw_query = if is_too_long { "" } else { parts.uri.query().unwrap_or("") };
        Self {
            method: parts.method.clone(),
            base: format!("http://{host}{prefix}"),
            path: path.to_owned(),
            target: target.chars().take(LONGEST_TARGET).collect(),
            raw_query: raw_query.to_owned(),
            segments: path.split('/').filter(|segment| !segment.is_empty()).map(decode).collect(),
            query: url::form_urlencoded::parse(raw_query.as_bytes()).into_owned().collect(),
            headers: parts.headers.clone(),
            is_too_long,
        }
    }

    pub(crate) fn is_read(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD)
    }

    /// Whether this is GraphQL's address: `/graphql`, on GitHub Enterprise `/api/graphql` (not below `/api/v3`).
    pub(crate) fn is_graphql(&self) -> bool {
        let segments: Vec<&str> = self.segments.iter().map(String::as_str).collect();
        matches!(segments.as_slice(), ["graphql"] | ["api", "graphql"]) && !self.base.ends_with(ENTERPRISE_PREFIX)
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Items a page, 1 to 100, 30 when not given or not a number.
    pub(crate) fn per_page(&self) -> usize {
        let given = self.parameter("per_page").and_then(|text| text.parse::<usize>().ok());
        given.filter(|count| *count > 0).unwrap_or(30).min(100)
    }

    /// The page number, 1 when not given or not a number.
    pub(crate) fn page(&self) -> usize {
        let given = self.parameter("page").and_then(|text| text.parse::<usize>().ok());
        given.filter(|page| *page > 0).unwrap_or(1)
    }

    /// Whether the client holds this weak ETag already.
    pub(crate) fn has_etag(&self, etag: &str) -> bool {
        let header = self.headers.get(IF_NONE_MATCH).and_then(|header| header.to_str().ok());
        header.is_some_and(|list| {
            list.split(',').any(|known| {
                let known = known.trim();
                known == "*" || known.trim_start_matches("W/") == etag.trim_start_matches("W/")
            })
        })
    }

    /// The API version asked for.
    pub(crate) fn api_version(&self) -> &str {
        let given = self.headers.get(API_VERSION);
        given.map_or(DEFAULT_VERSION, |header| header.to_str().unwrap_or("(unreadable)"))
    }

    pub(crate) fn has_user_agent(&self) -> bool {
        self.headers.get(USER_AGENT).is_some_and(|agent| !agent.is_empty())
    }

    /// The query without these parameters, with others at its end, as in a `Link`.
    pub(crate) fn query_with(&self, without: &[&str], with: &[(&str, &str)]) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (key, value) in &self.query {
            if !without.contains(&key.as_str()) {
                query.append_pair(key, value);
            }
        }
        for (key, value) in with {
            query.append_pair(key, value);
        }
        query.finish()
    }
}

/// A question with its sender.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) question: &'a Question,
    pub(crate) caller: &'a Caller,
    /// How many events are listed for a repository as a whole.
    pub(crate) repository_events: usize,
    /// Whether a search runs out of time.
    pub(crate) is_cut_short: bool,
}

fn decode(segment: &str) -> String {
    // A plus sign is itself in a path, and form decoding would make it a space.
    let text = segment.replace('+', "%2B");
    let pair = url::form_urlencoded::parse(text.as_bytes()).next();
    match pair {
        Some((key, value)) if value.is_empty() && !segment.contains(['=', '&']) => key.into_owned(),
        _ => segment.to_owned(),
    }
}
