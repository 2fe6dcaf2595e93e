//! Issue events and timeline entries.

use super::ordered;
use super::{API, time_text};
use crate::render::user::Users;
use crate::world::event::{Event, EventKind};
use crate::world::repository::Repository;

/// Appends an event's JSON; `issue` is the JSON of its issue where the list carries it.
pub(crate) fn write_event(
    repository: &Repository,
    event: &Event,
    users: &Users,
    issue: Option<&[u8]>,
    bytes: &mut Vec<u8>,
) {
    match &event.stored {
        Some(stored) => write_with_users(stored, users, bytes),
        None => bytes.extend_from_slice(event_json(repository, event, users).as_bytes()),
    }
    let Some(issue) = issue else { return };
    if bytes.last() == Some(&b'}') {
        bytes.pop();
        bytes.extend_from_slice(b",\"issue\":");
        bytes.extend_from_slice(issue);
        bytes.push(b'}');
    }
}

/// The marker that stands for a user in a stored event.
pub(crate) const USER_MARKER: &str = "{\"$user\":";

// In a JSON string the marker's quotes would be escaped, so what looks like the marker is one.
fn write_with_users(stored: &str, users: &Users, bytes: &mut Vec<u8>) {
    let mut rest = stored;
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
        "{{\"id\":{id},\"node_id\":\"IE_lADO{id}\",\"url\":\"{API}/repos/{}/{}/issues/events/{id}\",\"actor\":{},\
         \"event\":\"{}\",\"commit_id\":null,\"commit_url\":null,\"created_at\":\"{}\"",
        repository.owner,
        repository.name,
        users.json(event.actor),
        event.kind.as_str(),
        time_text(event.at),
    );
    match event.kind {
        EventKind::Labeled | EventKind::Unlabeled => {
            let name = event.detail.as_deref().unwrap_or_default();
            text.push_str(",\"label\":{\"name\":");
            ordered::escape(name, &mut text);
            text.push_str(",\"color\":\"ededed\"}");
        }
        EventKind::Assigned | EventKind::Unassigned => {
            let user = users.json(event.actor);
            text.push_str(&format!(",\"assignee\":{user},\"assigner\":{user}"));
        }
        EventKind::Renamed => {
            text.push_str(",\"rename\":");
            text.push_str(event.detail.as_deref().unwrap_or("null"));
        }
        EventKind::Closed => text.push_str(",\"state_reason\":null"),
        EventKind::Locked => text.push_str(",\"lock_reason\":null"),
        _ => {}
    }
    text.push_str(",\"performed_via_github_app\":null}");
    text
}
