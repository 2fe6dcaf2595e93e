//! From an answer to the bytes on the wire.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::StreamExt as _;
use http::HeaderName;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderValue};

use super::answer::Answer;
use crate::faults::FaultKind;
use crate::limits::Standing;

/// An answer with what the headers and the counts say of it.
pub(crate) struct Reply {
    pub(crate) answer: Answer,
    pub(crate) standing: Option<Standing>,
    /// Quota spent of the standing's bucket.
    pub(crate) charged: u64,
    pub(crate) is_rejected: bool,
    /// The name of a GraphQL operation.
    pub(crate) operation: Option<String>,
    /// How much longer than others the answer takes.
    pub(crate) delay: Duration,
}

impl Reply {
    pub(crate) fn free(answer: Answer) -> Self {
        Self { answer, standing: None, charged: 0, is_rejected: false, operation: None, delay: Duration::ZERO }
    }

    /// An answer that costs nothing, with the limit's headers.
    pub(crate) fn uncharged(answer: Answer, standing: Standing) -> Self {
        Self { standing: Some(standing), ..Self::free(answer) }
    }

    /// A refusal by a limit.
    pub(crate) fn rejected(answer: Answer, standing: Standing) -> Self {
        Self { is_rejected: true, ..Self::uncharged(answer, standing) }
    }
}

/// The HTTP response, mangled if a fault says so.
pub(crate) fn send(reply: Reply, now: DateTime<Utc>, mangling: Option<FaultKind>, version: &str) -> Response {
    let Answer { status, headers, body } = reply.answer;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    let all = response.headers_mut();
    let mut put = |name: HeaderName, text: &str| {
        if let Ok(value) = HeaderValue::from_str(text) {
            all.insert(name, value);
        }
    };
    // An answer without a body says nothing of its form.
    if status != 304 {
        put(CONTENT_TYPE, "application/json; charset=utf-8");
    }
    put(DATE, &now.format("%a, %d %b %Y %H:%M:%S GMT").to_string());
    put(HeaderName::from_static("server"), "github.com");
    put(HeaderName::from_static("vary"), "Accept, Authorization, Cookie, X-GitHub-OTP, Accept-Encoding");
    put(HeaderName::from_static("x-github-api-version-selected"), version);
    put(HeaderName::from_static("x-github-media-type"), "github.v3; format=json");
    if let Some(standing) = reply.standing {
        put(HeaderName::from_static("x-ratelimit-limit"), &standing.limit.to_string());
        put(HeaderName::from_static("x-ratelimit-remaining"), &standing.remaining().to_string());
        put(HeaderName::from_static("x-ratelimit-used"), &standing.used.to_string());
        put(HeaderName::from_static("x-ratelimit-reset"), &standing.reset.to_string());
        put(HeaderName::from_static("x-ratelimit-resource"), standing.bucket.as_str());
    }
    for (name, text) in headers {
        put(name, &text);
    }
    let length = body.len();
    match mangling {
        Some(FaultKind::CutBody) if length > 1 => {
            put(CONTENT_LENGTH, &length.to_string());
            *response.body_mut() = cut(body);
        }
        Some(FaultKind::WrongJson) => {
            let half = length / 2;
            let text: Vec<u8> = body.into_iter().take(half).chain(*b"<!-- unicorn -->").collect();
            *response.body_mut() = Body::from(text);
        }
        _ => *response.body_mut() = Body::from(body),
    }
    response
}

// Half of the bytes, then an error: the connection closes while the client waits for the rest.
fn cut(mut body: Vec<u8>) -> Body {
    body.truncate(body.len() / 2);
    let half = futures::stream::iter([Ok(Bytes::from(body))]);
    let end = futures::stream::once(async {
        // The pause lets the server write what it has; otherwise the client would not even see the status.
        tokio::task::yield_now().await;
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    });
    Body::from_stream(half.chain(end))
}
