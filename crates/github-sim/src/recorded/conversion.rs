//! From documents with a timeline, as another client wrote them, to GitHub's own shapes.

use serde_json::{Map, Value, json};

use crate::Error;
use crate::render::event::USER_MARKER;
use crate::render::ordered::{self, EVENT_KEYS};
use crate::render::user::Users;
use crate::render::{API, SITE};
use crate::world::event::{Detail, Event, EventKind, NOBODY, Recorded};
use crate::world::issue::Issue;
use crate::world::shape::{self, Defaults};
use crate::world::split_name;

/// Makes an issue of `{"type", "issue" | "pull", "events"}`.
pub(super) fn issue_with_timeline(name: &str, document: Value, users: &mut Users) -> Result<Issue, Error> {
    let bad = |reason: &str| Error::BadIssue { reason: reason.to_owned() };
    let Value::Object(mut document) = document else {
        return Err(bad("not an object"));
    };
    let events = match document.remove("events") {
        Some(Value::Array(events)) => events,
        _ => Vec::new(),
    };
    let (owner, repository_name) = split_name(name)?;
    let mut given = match (document.remove("issue"), document.remove("pull")) {
        (Some(Value::Object(issue)), _) => issue,
        (None, Some(Value::Object(pull))) => issue_of_pull(name, pull),
        _ => return Err(bad("neither `issue` nor `pull` is an object")),
    };
    for value in given.values_mut() {
        repair(value, users);
    }
    for key in ["labels_url"] {
        if let Some(Value::String(url)) = given.get_mut(key) {
            *url = unescape_template(url);
        }
    }
    if let Some(Value::Object(milestone)) = given.get_mut("milestone") {
        for key in ["description", "due_on", "closed_at"] {
            milestone.entry(key).or_insert(Value::Null);
        }
    }
    if let Some(Value::Array(labels)) = given.get_mut("labels") {
        for label in labels.iter_mut().filter_map(Value::as_object_mut) {
            label.entry("description").or_insert(Value::Null);
        }
    }
    let defaults = Defaults { owner, name: repository_name, id: 0, number: 0, now: 0 };
    let mut issue = shape::read(shape::complete(given, &defaults).into_bytes().into())?;
    issue.events = events.into_iter().filter_map(|event| read_event(event, users)).collect();
    Ok(issue)
}

/// The issue object GitHub lists for a pull request.
fn issue_of_pull(name: &str, mut pull: Map<String, Value>) -> Map<String, Value> {
    let number = pull.get("number").and_then(Value::as_u64).unwrap_or(0);
    let merged_at = pull.get("merged_at").cloned().unwrap_or(Value::Null);
    let mut issue = Map::new();
    for key in [
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
        "active_lock_reason",
        "draft",
        "body",
    ] {
        if let Some(value) = pull.remove(key) {
            issue.insert(key.to_owned(), value);
        }
    }
    if let Some(merged_by) = pull.remove("merged_by") {
        issue.insert("closed_by".to_owned(), merged_by);
    }
    let page = format!("{SITE}/{name}/pull/{number}");
    issue.insert(
        "pull_request".to_owned(),
        json!({
            "url": format!("{API}/repos/{name}/pulls/{number}"),
            "html_url": page,
            "diff_url": format!("{page}.diff"),
            "patch_url": format!("{page}.patch"),
            "merged_at": merged_at,
        }),
    );
    issue
}

// Users become GitHub's own: templates unescaped, `name` and `patch_url` gone, absent keys back.
fn repair(value: &mut Value, users: &mut Users) {
    match value {
        Value::Object(map) if is_user(map) => repair_user(map, users),
        Value::Object(map) => map.values_mut().for_each(|inner| repair(inner, users)),
        Value::Array(list) => list.iter_mut().for_each(|inner| repair(inner, users)),
        _ => {}
    }
}

fn is_user(map: &Map<String, Value>) -> bool {
    map.contains_key("login") && map.contains_key("received_events_url")
}

fn repair_user(map: &mut Map<String, Value>, users: &mut Users) {
    map.remove("name");
    map.remove("patch_url");
    for (key, value) in map.iter_mut() {
        if let (true, Value::String(url)) = (key.ends_with("_url"), value)
            && url.contains("%7B")
        {
            *url = unescape_template(url);
        }
    }
    map.entry("user_view_type").or_insert_with(|| json!("public"));
    users.intern(map);
}

fn unescape_template(url: &str) -> String {
    url.replace("%7B", "{").replace("%7D", "}")
}

fn read_event(event: Value, users: &mut Users) -> Option<Event> {
    let Value::Object(mut map) = event else {
        return None;
    };
    let kind = EventKind::from_name(map.get("event").and_then(Value::as_str)?);
    let time = |key: &str| map.get(key).and_then(Value::as_str).and_then(shape::seconds);
    let at = time("created_at").or_else(|| time("submitted_at")).unwrap_or(0);
    let label = map.get("label").and_then(|label| label.get("name")).and_then(Value::as_str);
    let label = label.map(str::to_owned);
    if matches!(kind, EventKind::Committed | EventKind::Reviewed | EventKind::CrossReferenced) {
        map.retain(|_, value| !value.is_null());
    } else if !kind.is_timeline_only() {
        for key in ["actor", "performed_via_github_app"] {
            map.entry(key).or_insert(Value::Null);
        }
        if kind == EventKind::Closed {
            map.entry("state_reason").or_insert(Value::Null);
        }
    }
    let mut actor = NOBODY;
    for (key, value) in &mut map {
        let user = replace_users(value, users);
        if key == "actor" {
            actor = user.unwrap_or(NOBODY);
        }
    }
    let id = map.get("id").and_then(Value::as_u64).unwrap_or(0);
    let json = ordered::object(&map, &EVENT_KEYS).into_boxed_str();
    Some(Event { id, at, detail: Detail::Recorded(Box::new(Recorded { json, label })), actor, kind })
}

// A user object is a kilobyte and there are several in most events: one marker each saves most of the memory.
fn replace_users(value: &mut Value, users: &mut Users) -> Option<u32> {
    match value {
        Value::Object(map) if is_user(map) => {
            repair_user(map, users);
            let index = users.intern(map);
            let marker = format!("{USER_MARKER}{index}}}");
            *value = marker.parse().unwrap_or(Value::Null);
            Some(index)
        }
        Value::Object(map) => {
            map.values_mut().for_each(|inner| {
                replace_users(inner, users);
            });
            None
        }
        Value::Array(list) => {
            list.iter_mut().for_each(|inner| {
                replace_users(inner, users);
            });
            None
        }
        _ => None,
    }
}
