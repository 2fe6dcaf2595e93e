//! JSON objects with their keys in GitHub's order.

use serde_json::{Map, Value};

use super::API;

/// Keys of a user, in GitHub's order.
pub(crate) const USER_KEYS: [&str; 19] = [
    "login",
    "id",
    "node_id",
    "avatar_url",
    "gravatar_id",
    "url",
    "html_url",
    "followers_url",
    "following_url",
    "gists_url",
    "starred_url",
    "subscriptions_url",
    "organizations_url",
    "repos_url",
    "events_url",
    "received_events_url",
    "type",
    "user_view_type",
    "site_admin",
];

/// Keys of an event, in GitHub's order.
pub(crate) const EVENT_KEYS: [&str; 16] = [
    "id",
    "node_id",
    "url",
    "actor",
    "event",
    "commit_id",
    "commit_url",
    "created_at",
    "updated_at",
    "label",
    "assignee",
    "milestone",
    "rename",
    "state_reason",
    "lock_reason",
    "performed_via_github_app",
];

/// Writes an object: these keys first, in this order, then the others.
pub(crate) fn object(map: &Map<String, Value>, first: &[&str]) -> String {
    let mut text = String::from("{");
    let known = first.iter().filter_map(|key| map.get_key_value(*key));
    let others = map.iter().filter(|(key, _)| !first.contains(&key.as_str()));
    for (key, value) in known.chain(others) {
        if text.len() > 1 {
            text.push(',');
        }
        text.push_str(&Value::from(key.as_str()).to_string());
        text.push(':');
        text.push_str(&value.to_string());
    }
    text.push('}');
    text
}

/// A label object. The name's place in the address is percent-encoded.
pub(crate) fn label(owner: &str, name: &str, id: u64, label: &str, color: &str, description: &str) -> String {
    let mut text = String::with_capacity(320);
    text.push_str("{\"id\":");
    text.push_str(&id.to_string());
    text.push_str(",\"node_id\":\"LA_kw");
    text.push_str(&id.to_string());
    for part in ["\",\"url\":\"", API, "/repos/", owner, "/", name, "/labels/"] {
        text.push_str(part);
    }
    percent_encode(label, &mut text);
    text.push_str("\",\"name\":");
    escape(label, &mut text);
    text.push_str(",\"color\":\"");
    text.push_str(color);
    text.push_str("\",\"default\":");
    text.push_str(if matches!(label, "bug" | "enhancement" | "question") { "true" } else { "false" });
    text.push_str(",\"description\":");
    escape(description, &mut text);
    text.push('}');
    text
}

/// Appends a text as a JSON string.
pub(crate) fn escape(text: &str, json: &mut String) {
    if text.bytes().all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\') {
        json.push('"');
        json.push_str(text);
        json.push('"');
    } else {
        json.push_str(&Value::from(text).to_string());
    }
}

/// A path with its segments percent-encoded.
pub(crate) fn percent_encode_path(path: &str) -> String {
    let mut url = String::with_capacity(path.len());
    for (place, segment) in path.split('/').enumerate() {
        if place > 0 {
            url.push('/');
        }
        percent_encode(segment, &mut url);
    }
    url
}

/// Appends a text as one segment of a path.
pub(crate) fn percent_encode(text: &str, url: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            url.push(char::from(byte));
        } else {
            url.push('%');
            url.push(char::from(DIGITS[usize::from(byte >> 4)]));
            url.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
}
