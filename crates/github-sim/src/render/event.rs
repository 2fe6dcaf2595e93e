//! Issue events and timeline entries.

use serde_json::{Value, json};

use super::label::LabelFacts;
use super::{API, time_text};
use crate::render::user::Users;
use crate::world::event::{Detail, Event, EventKind, NOBODY, Words};
use crate::world::repository::Repository;

/// Appends an event's JSON; `issue` is the JSON of its issue where the list carries it.
pub(crate) fn write_event(
    repository: &Repository,
    event: &Event,
    users: &Users,
    issue: Option<&[u8]>,
    bytes: &mut Vec<u8>,
) {
    match &event.detail {
        Detail::Recorded(recorded) => write_with_users(&recorded.json, users, bytes),
        _ => bytes.extend_from_slice(event_json(repository, event, users).as_bytes()),
    }
    let Some(issue) = issue else { return };
    if bytes.last() == Some(&b'}') {
        bytes.pop();
        bytes.extend_from_slice(b",\"issue\":");
        bytes.extend_from_slice(issue);
        bytes.push(b'}');
    }
}

/// The node id of an event that was not recorded.
pub(crate) fn node_id(event: &Event) -> String {
    format!("IE_lADO{}", event.id)
}

/// The user that an event of (un)assigning is about.
pub(crate) fn assignee(event: &Event) -> u32 {
    match event.detail {
        Detail::Person(index) => index,
        _ => NOBODY,
    }
}

/// The marker that stands for a user in a recorded event.
pub(crate) const USER_MARKER: &str = "{\"$user\":";

// In a JSON string the marker's quotes would be escaped, so what looks like the marker is one.
fn write_with_users(recorded: &str, users: &Users, bytes: &mut Vec<u8>) {
    let mut rest = recorded;
    while let Some((before, after)) = rest.split_once(USER_MARKER) {
        bytes.extend_from_slice(before.as_bytes());
        let Some((number, end)) = after.split_once('}') else {
            break;
        };
        let user = number.parse().map_or("null", |index| users.json(index));
        bytes.extend_from_slice(user.as_bytes());
        rest = end;
    }
    bytes.extend_from_slice(rest.as_bytes());
}

fn event_json(repository: &Repository, event: &Event, users: &Users) -> String {
    let id = event.id;
    let mut text = format!(
        "{{\"id\":{id},\"node_id\":\"{}\",\"url\":\"{API}/repos/{}/{}/issues/events/{id}\",\"actor\":{},\
         \"event\":\"{}\",\"commit_id\":null,\"commit_url\":null,\"created_at\":\"{}\"",
        node_id(event),
        repository.owner,
        repository.name,
        users.json(event.actor),
        event.kind.as_str(),
        time_text(event.at),
    );
    match event.kind {
        EventKind::Labeled | EventKind::Unlabeled => {
            let label = LabelFacts::of(repository, event.word().unwrap_or_default());
            text.push_str(&format!(",\"label\":{}", json!({"name": label.name, "color": label.color})));
        }
        EventKind::Milestoned | EventKind::Demilestoned => {
            text.push_str(&format!(",\"milestone\":{}", json!({"title": event.word()})));
        }
        EventKind::Assigned | EventKind::Unassigned => {
            let assignee = users.json(assignee(event));
            text.push_str(&format!(",\"assignee\":{assignee},\"assigner\":{}", users.json(event.actor)));
        }
        EventKind::Renamed => text.push_str(&format!(",\"rename\":{}", rename(event))),
        EventKind::Closed | EventKind::Reopened => {
            let reason = match event.detail {
                Detail::Reason(reason) => Some(reason.as_str()),
                _ => None,
            };
            text.push_str(&format!(",\"state_reason\":{}", json!(reason)));
        }
        EventKind::Locked => text.push_str(&format!(",\"lock_reason\":{}", json!(event.word()))),
        _ => {}
    }
    text.push_str(",\"performed_via_github_app\":null}");
    text
}

fn rename(event: &Event) -> Value {
    match &event.detail {
        Detail::Words(words) => match words.as_ref() {
            Words::Rename { from, to } => json!({"from": from, "to": to}),
            Words::Name(_) => Value::Null,
        },
        _ => Value::Null,
    }
}
