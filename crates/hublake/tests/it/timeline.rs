//! Issues and pull requests with timelines made by hand, in the form in which real ones are recorded.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The repository that [`folder`] is loaded as.
pub const REPOSITORY: &str = "bitcoin/bips";

/// A folder of recorded data that holds these records and nothing else.
pub fn folder(records: &[Value]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join("issues")).expect("a folder");
    let file = File::create(path(folder.path())).expect("a file");
    let mut file = GzEncoder::new(file, Compression::fast());
    for record in records {
        writeln!(file, "{record}").expect("it can be written");
    }
    file.finish().expect("it can be written");
    folder
}

fn path(folder: &Path) -> PathBuf {
    folder.join("issues/bitcoin-bips.issues_with_timeline.ndjson.gz")
}

/// A record of an issue; events are `("05-02T10:00:00", "closed")` with what else the kind has, all in 2026.
pub fn issue(number: u32, state: &str, opened: &str, updated: &str, events: &[(&str, &str, Value)]) -> Value {
    json!({"type": "issue", "issue": object(number, state, opened, updated), "events": timeline(number, events)})
}

/// As [`issue`]; `merged` is when it was merged.
pub fn pull(
    number: u32,
    state: &str,
    opened: &str,
    updated: &str,
    merged: Option<&str>,
    events: &[(&str, &str, Value)],
) -> Value {
    let mut object = object(number, state, opened, updated);
    object["merged_at"] = json!(merged.map(at));
    json!({"type": "pull", "pull": object, "events": timeline(number, events)})
}

/// An instant of 2026 as GitHub writes it.
pub fn at(text: &str) -> String {
    format!("2026-{text}Z")
}

/// An account as GitHub describes it.
pub fn person(login: &str, id: u64, kind: &str) -> Value {
    let url = format!("https://api.github.com/users/{login}");
    json!({
        "login": login, "id": id, "type": kind, "node_id": format!("U_{id}"), "url": url,
        "received_events_url": format!("{url}/received_events"), "site_admin": false,
    })
}

fn object(number: u32, state: &str, opened: &str, updated: &str) -> Value {
    json!({
        "id": 1_000 + number, "number": number, "title": format!("item {number}"), "state": state,
        "created_at": at(opened), "updated_at": at(updated), "user": person("ann", 7, "User"), "labels": [],
        "comments": 0,
    })
}

fn timeline(number: u32, events: &[(&str, &str, Value)]) -> Value {
    let mut timeline = Vec::new();
    for (place, (when, kind, more)) in events.iter().enumerate() {
        let id = 1_000 * u64::from(number) + place as u64;
        let mut event = json!({
            "id": id, "node_id": format!("EV_{id}"), "event": kind, "created_at": at(when),
            "actor": person("bea", 8, "User"),
        });
        for (key, value) in more.as_object().into_iter().flatten() {
            event[key] = value.clone();
        }
        timeline.push(event);
    }
    json!(timeline)
}

/// A world's worth of odd histories: whatever GitHub is known to do with times, twins and absent events.
pub fn oddities() -> Vec<Value> {
    let no = || json!({});
    let label = |name: &str| json!({"label": {"name": name, "color": "ededed"}});
    let bot = json!({"actor": person("renovate[bot]", 9, "Bot")});
    let mut records = vec![
        issue(
            1,
            "closed",
            "05-01T10:00:00",
            "05-07T10:00:00",
            &[
                ("05-01T10:00:00", "labeled", label("bug")),
                ("05-02T10:00:00", "renamed", json!({"rename": {"from": "item one", "to": "item 1"}})),
                ("05-02T11:00:00", "milestoned", json!({"milestone": {"title": "1.0"}})),
                ("05-02T12:00:00", "demilestoned", json!({"milestone": {"title": "1.0"}})),
                ("05-03T09:00:00", "assigned", json!({"assignee": person("cy", 10, "User")})),
                ("05-03T09:30:00", "unassigned", json!({"assignee": person("cy", 10, "User")})),
                ("05-03T10:00:00", "closed", json!({"state_reason": "not_planned", "actor": null})),
                ("05-05T10:00:00", "reopened", no()),
                ("05-06T10:00:00", "unlabeled", label("bug")),
                ("05-07T10:00:00", "closed", bot),
                ("05-07T10:00:00", "subscribed", no()),
            ],
        ),
        // Closed and opened in one second: nothing came of it.
        issue(
            2,
            "open",
            "05-01T12:00:00",
            "05-04T10:00:00",
            &[("05-04T10:00:00", "closed", no()), ("05-04T10:00:00", "reopened", no())],
        ),
        // Closed twice, in one second and later once more.
        issue(
            3,
            "closed",
            "05-02T10:00:00",
            "05-05T10:00:00",
            &[
                ("05-03T10:00:00", "closed", no()),
                ("05-03T10:00:00", "closed", no()),
                ("05-05T10:00:00", "closed", no()),
            ],
        ),
        // Closed before it was created.
        issue(4, "closed", "05-03T00:20:00", "05-03T00:20:00", &[("05-02T23:40:00", "closed", no())]),
        // Closed without an event and without a time; open again without an event.
        issue(5, "closed", "05-02T10:00:00", "05-08T10:00:00", &[]),
        issue(6, "open", "05-02T10:00:00", "05-09T10:00:00", &[("05-04T10:00:00", "closed", no())]),
        // Made a discussion while it was open.
        issue(7, "open", "05-02T10:00:00", "05-06T15:00:00", &[("05-06T15:00:00", "converted_to_discussion", no())]),
        // Came from another repository after it was closed there, and was opened again here.
        issue(
            8,
            "open",
            "04-01T10:00:00",
            "05-07T10:00:00",
            &[
                ("04-02T10:00:00", "closed", no()),
                ("05-03T10:00:00", "transferred", no()),
                ("05-07T10:00:00", "reopened", no()),
            ],
        ),
        // Came open.
        issue(9, "open", "04-01T10:00:00", "05-03T10:00:00", &[("05-03T10:00:00", "transferred", no())]),
        pull(
            10,
            "closed",
            "05-01T10:00:00",
            "05-03T10:00:00",
            Some("05-03T10:00:00"),
            &[("05-03T10:00:00", "merged", no()), ("05-03T10:00:00", "closed", no())],
        ),
        // Merged, but only one of the two events is there.
        pull(
            11,
            "closed",
            "05-01T10:00:00",
            "05-04T10:00:00",
            Some("05-04T10:00:00"),
            &[("05-04T10:00:00", "merged", no())],
        ),
        pull(
            12,
            "open",
            "05-02T10:00:00",
            "05-05T10:00:00",
            None,
            &[("05-04T10:00:00", "closed", no()), ("05-05T10:00:00", "reopened", no())],
        ),
    ];
    records[0]["issue"]["closed_at"] = json!(at("05-07T10:00:00"));
    for record in &mut records[2..4] {
        record["issue"]["closed_at"] = record["issue"]["updated_at"].clone();
    }
    for record in &mut records[9..11] {
        record["pull"]["closed_at"] = record["pull"]["merged_at"].clone();
    }
    records
}
