//! Answers before they are sent.

use http::header::{ETAG, HeaderName, LINK, LOCATION};
use serde_json::{Value, json};

use super::request::Question;
use crate::world::shape::content_hash;

/// GitHub's documentation, named in error bodies.
const DOCS: &str = "https://docs.github.com/rest";

/// A status, headers of its own and a body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(HeaderName, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// A JSON body whose ETag is its hash; 304 when the client has it.
    pub(crate) fn json(question: &Question, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let etag = etag(content_hash(&body));
        if question.has_etag(&etag) {
            return Self::not_modified(etag);
        }
        Self { status: 200, headers: vec![(ETAG, etag)], body }
    }

    /// The answer to a client that has this version already.
    pub(crate) fn not_modified(etag: String) -> Self {
        Self { status: 304, headers: vec![(ETAG, etag)], body: Vec::new() }
    }

    /// A body that is made only when the client does not have this version.
    pub(crate) fn versioned(question: &Question, version: u64, body: impl FnOnce() -> Vec<u8>) -> Self {
        let etag = etag(version);
        if question.has_etag(&etag) {
            return Self::not_modified(etag);
        }
        Self { status: 200, headers: vec![(ETAG, etag)], body: body() }
    }

    /// An error as GitHub words it.
    pub(crate) fn error(status: u16, message: &str) -> Self {
        Self::of_value(status, &json!({"message": message, "documentation_url": DOCS, "status": status.to_string()}))
    }

    pub(crate) fn of_value(status: u16, value: &Value) -> Self {
        Self { status, headers: Vec::new(), body: value.to_string().into_bytes() }
    }

    /// 422 with the field that is wrong.
    pub(crate) fn invalid(field: &str) -> Self {
        Self::of_value(
            422,
            &json!({
                "message": "Validation Failed",
                "errors": [{"resource": "Issue", "field": field, "code": "invalid"}],
                "documentation_url": DOCS,
                "status": "422",
            }),
        )
    }

    pub(crate) fn not_found() -> Self {
        Self::error(404, "Not Found")
    }

    /// 301 to another place.
    pub(crate) fn moved(location: String) -> Self {
        let body = json!({
            "message": "Moved Permanently", "url": location,
            "documentation_url": format!("{DOCS}/guides/best-practices-for-using-the-rest-api#follow-redirects"),
        });
        Self::of_value(301, &body).with(LOCATION, location)
    }

    pub(crate) fn with(mut self, name: HeaderName, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(crate) fn with_link(self, link: Option<String>) -> Self {
        match link {
            Some(link) => self.with(LINK, link),
            None => self,
        }
    }
}

/// A weak ETag of GitHub's length.
fn etag(version: u64) -> String {
    let mut text = String::from("W/\"");
    for part in 1..=4_u64 {
        text.push_str(&format!("{:016x}", crate::random::mix(version ^ part.wrapping_mul(0x9e37_79b9))));
    }
    text.push('"');
    text
}

/// `Link` of a list that is paged by number and knows its end.
pub(crate) fn numbered_link(question: &Question, path: &str, count: usize) -> Option<String> {
    link_of_pages(question, path, count.div_ceil(question.per_page()))
}

/// `Link` of a list that has so many pages.
pub(crate) fn link_of_pages(question: &Question, path: &str, pages: usize) -> Option<String> {
    let (page, last) = (question.page(), pages.max(1));
    let address = |number: usize| {
        let query = question.query_with(&["page"], &[("page", &number.to_string())]);
        format!("<{}{path}?{query}>", question.base)
    };
    let mut links = Vec::new();
    if page > 1 {
        links.push(format!("{}; rel=\"prev\"", address(page - 1)));
    }
    if page < last {
        links.push(format!("{}; rel=\"next\"", address(page + 1)));
        links.push(format!("{}; rel=\"last\"", address(last)));
    }
    if page > 1 {
        links.push(format!("{}; rel=\"first\"", address(1)));
    }
    (!links.is_empty()).then(|| links.join(", "))
}

/// The part of a list that a numbered page holds.
pub(crate) fn numbered_page<T>(question: &Question, items: Vec<T>) -> Vec<T> {
    let per_page = question.per_page();
    items.into_iter().skip((question.page() - 1).saturating_mul(per_page)).take(per_page).collect()
}
