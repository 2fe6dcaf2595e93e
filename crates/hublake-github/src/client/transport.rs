//! One request on the wire and its whole answer, or why there is none.

use std::error::Error as _;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, ETAG, IF_NONE_MATCH, USER_AGENT};
use http::{HeaderMap, HeaderValue};
use reqwest::redirect;
use url::Url;

use super::call::{Call, Method};
use crate::config::Config;
use crate::error::Error;

const AGENT: &str = concat!("hublake/", env!("CARGO_PKG_VERSION"));
const API_VERSION: &str = "2022-11-28";
/// Which of the two forms of node ids a query answers with. `1` forces the new form on every object; `0` is
/// the old form for objects made before the new one, as REST's `node_id` has it. Tables are keyed by node id
/// whichever way it came, so GraphQL has to spell it as REST does; said outright, in case the default moves.
const NEXT_GLOBAL_ID: (&str, &str) = ("x-github-next-global-id", "0");

#[derive(Debug)]
pub(crate) struct Transport {
    http: reqwest::Client,
    max_body_bytes: usize,
}

/// A whole answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// From sending to the last byte.
    pub(crate) took: Duration,
}

/// Why there is no whole answer.
pub(crate) enum Failure {
    /// Worth another attempt; `answered` when a head had come.
    Broken { reason: String, answered: Option<HeaderMap> },
    /// The body is larger than is read.
    TooLarge,
    /// The request cannot be written: the ETag is none.
    Unsendable,
}

impl Answer {
    pub(crate) fn etag(&self) -> Option<String> {
        Some(self.headers.get(ETAG)?.to_str().ok()?.to_owned())
    }
}

impl Transport {
    pub(crate) fn new(config: &Config) -> Result<Self, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/vnd.github+json"));
        headers.insert("x-github-api-version", HeaderValue::from_static(API_VERSION));
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        let http = reqwest::Client::builder()
            .default_headers(headers)
            .redirect(redirect::Policy::none())
            .connect_timeout(config.connect_timeout)
            .timeout(config.request_timeout)
            .build()
            .map_err(|error| Error::Config {
                key: "tls",
                reason: causes(&error),
                hint: "check the system's certificates",
            })?;
        Ok(Self { http, max_body_bytes: config.max_body_bytes })
    }

    /// Sends one request of a call to `url` and reads its answer to the end.
    pub(crate) async fn send(
        &self,
        call: &Call,
        url: &Url,
        authorization: Option<HeaderValue>,
    ) -> Result<Answer, Failure> {
        let mut request = match call.method {
            Method::Get => self.http.get(url.clone()),
            Method::Post => self.http.post(url.clone()),
            Method::Query => {
                let (name, value) = NEXT_GLOBAL_ID;
                let post = self.http.post(url.clone()).header(name, value);
                post.header(CONTENT_TYPE, "application/json").body(call.body.clone())
            }
        };
        if let Some(value) = authorization {
            request = request.header(AUTHORIZATION, value);
        }
        if let Some(etag) = &call.request.etag {
            let Ok(value) = HeaderValue::from_str(etag) else {
                return Err(Failure::Unsendable);
            };
            request = request.header(IF_NONE_MATCH, value);
        }
        let started = Instant::now();
        let mut response = request
            .send()
            .await
            .map_err(|error| Failure::Broken { reason: causes(&error.without_url()), answered: None })?;
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let body = match self.read(response).await {
            Ok(body) => body,
            Err(Failure::Broken { reason, .. }) => {
                return Err(Failure::Broken { reason, answered: Some(headers) });
            }
            Err(failure) => return Err(failure),
        };
        Ok(Answer { status, headers, body, took: started.elapsed() })
    }

    async fn read(&self, mut response: reqwest::Response) -> Result<Bytes, Failure> {
        let mut body = BytesMut::new();
        loop {
            let chunk = response.chunk().await;
            match chunk.map_err(|error| Failure::Broken { reason: causes(&error.without_url()), answered: None })? {
                None => return Ok(body.freeze()),
                Some(chunk) if body.len() + chunk.len() > self.max_body_bytes => {
                    return Err(Failure::TooLarge);
                }
                Some(chunk) => body.extend_from_slice(&chunk),
            }
        }
    }
}

/// An error and what caused it, on one line.
fn causes(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let words = inner.to_string();
        if !text.ends_with(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        cause = inner.source();
    }
    text
}
