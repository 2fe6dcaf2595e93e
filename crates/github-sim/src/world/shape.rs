//! Makes any issue-like JSON the complete object GitHub would send, and reads from it what lists need.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use chrono::DateTime;
use serde_json::{Map, Value, json};

use crate::Error;
use crate::payload::Payload;
use crate::render::ordered::{self, USER_KEYS};
use crate::render::{API, SITE, time_text};
use crate::world::issue::{Content, Issue, IssueState, Stored, node_id};

const FIRST_KEYS: [&str; 22] = [
    "url",
    "repository_url",
    "labels_url",
    "comments_url",
    "events_url",
    "html_url",
    "id",
    "node_id",
    "number",
    "title",
    "user",
    "labels",
    "state",
    "locked",
    "assignee",
    "assignees",
    "milestone",
    "comments",
    "created_at",
    "updated_at",
    "closed_at",
    "author_association",
];
const PULL_REQUEST_KEYS: [&str; 4] = ["type", "active_lock_reason", "draft", "pull_request"];
const ISSUE_KEYS: [&str; 4] = ["type", "active_lock_reason", "sub_issues_summary", "issue_dependencies_summary"];
const LAST_KEYS: [&str; 6] =
    ["body", "closed_by", "reactions", "timeline_url", "performed_via_github_app", "state_reason"];

/// What is put in where an issue says nothing.
pub(crate) struct Defaults<'a> {
    pub(crate) owner: &'a str,
    pub(crate) name: &'a str,
    pub(crate) id: u64,
    pub(crate) number: u32,
    /// Seconds since 1970.
    pub(crate) now: i64,
}

/// Completes an issue object with every key of GitHub's answer, in GitHub's order; given keys keep their values.
pub(crate) fn complete(given: Map<String, Value>, defaults: &Defaults<'_>) -> String {
    let is_pull_request = given.get("pull_request").is_some_and(Value::is_object);
    let mut map = given;
    let number = map.get("number").and_then(Value::as_u64).unwrap_or(u64::from(defaults.number));
    let repository = format!("{API}/repos/{}/{}", defaults.owner, defaults.name);
    let address = format!("{repository}/issues/{number}");
    let page = if is_pull_request { "pull" } else { "issues" };
    let id = map.get("id").and_then(Value::as_u64).unwrap_or(defaults.id);
    let created_at = map.get("created_at").cloned().unwrap_or_else(|| json!(time_text(defaults.now)));
    let is_closed = map.get("state").and_then(Value::as_str) == Some("closed");
    let first_assignee = map.get("assignees").and_then(|list| list.get(0)).cloned().unwrap_or(Value::Null);
    let mut put = |key: &str, value: Value| {
        if !map.contains_key(key) {
            map.insert(key.to_owned(), value);
        }
    };
    put("url", json!(address));
    put("repository_url", json!(repository));
    put("labels_url", json!(format!("{address}/labels{{/name}}")));
    put("comments_url", json!(format!("{address}/comments")));
    put("events_url", json!(format!("{address}/events")));
    put("html_url", json!(format!("{SITE}/{}/{}/{page}/{number}", defaults.owner, defaults.name)));
    put("id", json!(id));
    put("node_id", json!(node_id(id, is_pull_request)));
    put("number", json!(number));
    put("title", json!(format!("Issue {number}")));
    put("labels", json!([]));
    put("state", json!("open"));
    put("locked", json!(false));
    put("assignee", first_assignee);
    put("assignees", json!([]));
    put("comments", json!(0));
    put("created_at", created_at.clone());
    put("updated_at", created_at);
    put("author_association", json!("NONE"));
    put("state_reason", if is_closed && !is_pull_request { json!("completed") } else { Value::Null });
    put("timeline_url", json!(format!("{address}/timeline")));
    put("reactions", reactions(&address));
    if is_pull_request {
        put("draft", json!(false));
    } else {
        put("sub_issues_summary", json!({"total": 0, "completed": 0, "percent_completed": 0}));
        put(
            "issue_dependencies_summary",
            json!({"blocked_by": 0, "total_blocked_by": 0, "blocking": 0, "total_blocking": 0}),
        );
    }
    for key in [
        "user",
        "milestone",
        "closed_at",
        "type",
        "active_lock_reason",
        "body",
        "closed_by",
        "performed_via_github_app",
    ] {
        put(key, Value::Null);
    }
    write(&map, is_pull_request)
}

fn reactions(address: &str) -> Value {
    json!({
        "url": format!("{address}/reactions"), "total_count": 0, "+1": 0, "-1": 0, "laugh": 0, "hooray": 0,
        "confused": 0, "heart": 0, "rocket": 0, "eyes": 0,
    })
}

fn write(map: &Map<String, Value>, is_pull_request: bool) -> String {
    let middle = if is_pull_request { PULL_REQUEST_KEYS } else { ISSUE_KEYS };
    let keys: Vec<&str> = FIRST_KEYS.iter().chain(&middle).chain(&LAST_KEYS).copied().collect();
    let mut text = String::with_capacity(4096);
    text.push('{');
    let others = map.keys().map(String::as_str).filter(|key| !keys.contains(key));
    for key in keys.iter().copied().chain(others) {
        let Some(value) = map.get(key) else { continue };
        if text.len() > 1 {
            text.push(',');
        }
        ordered::escape(key, &mut text);
        text.push(':');
        match value {
            Value::Object(user) if user.contains_key("login") => {
                text.push_str(&ordered::object(user, &USER_KEYS));
            }
            _ => text.push_str(&value.to_string()),
        }
    }
    text.push('}');
    text
}

/// Reads an issue from its bytes, which become what is served.
pub(crate) fn read(bytes: Box<[u8]>) -> Result<Issue, Error> {
    let payload = Payload::parse(&bytes).map_err(|source| Error::BadIssue { reason: source.to_string() })?;
    let bad = |key: &str| Error::BadIssue { reason: format!("`{key}` is missing or has a wrong type") };
    let number = |key: &str| payload.text(key).and_then(|text| text.parse::<u64>().ok());
    let time = |key: &str| payload.value(key).as_ref().and_then(Value::as_str).and_then(seconds);
    let state = match payload.text("state") {
        Some("\"open\"") => IssueState::Open,
        Some("\"closed\"") => IssueState::Closed,
        _ => return Err(bad("state")),
    };
    let issue_id = number("id").ok_or_else(|| bad("id"))?;
    let is_pull_request = payload.text("pull_request").is_some_and(|text| text != "null");
    let given = payload.value("node_id");
    let given = given.as_ref().and_then(Value::as_str).map(Box::from);
    let node_id = given.unwrap_or_else(|| node_id(issue_id, is_pull_request).into());
    let issue_number = number("number").and_then(|number| u32::try_from(number).ok());
    Ok(Issue {
        id: issue_id,
        number: issue_number.ok_or_else(|| bad("number"))?,
        comments: number("comments").and_then(|count| u32::try_from(count).ok()).unwrap_or(0),
        created_at: time("created_at").ok_or_else(|| bad("created_at"))?,
        updated_at: time("updated_at").ok_or_else(|| bad("updated_at"))?,
        closed_at: time("closed_at"),
        revision: content_hash(&bytes),
        state,
        is_pull_request,
        content: Content::Stored(Box::new(Stored { labels: names(&payload), node_id, bytes })),
        events: Vec::new(),
    })
}

/// RFC 3339 as seconds since 1970.
pub(crate) fn seconds(text: &str) -> Option<i64> {
    DateTime::parse_from_rfc3339(text).ok().map(|time| time.timestamp())
}

/// The same number for the same bytes in every process.
pub(crate) fn content_hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

fn names(payload: &Payload) -> Vec<String> {
    if payload.text("labels").is_none_or(|text| text == "[]") {
        return Vec::new();
    }
    let Some(Value::Array(labels)) = payload.value("labels") else {
        return Vec::new();
    };
    let name = |label: &Value| label.get("name").and_then(Value::as_str).map(str::to_owned);
    labels.iter().filter_map(name).collect()
}
