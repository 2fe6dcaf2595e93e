//! A recorded issue or pull request, as GitHub's issue list held it at an earlier time.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

/// A recorded issue or pull request with its timeline.
#[derive(Clone)]
pub struct Document {
    kind: Kind,
    object: Value,
    events: Vec<Value>,
}

#[derive(Clone, Copy)]
enum Kind {
    Issue,
    Pull,
}

impl Document {
    /// Reads `{"type", "issue" | "pull", "events"}`.
    pub fn read(mut record: Value) -> Self {
        let (kind, key) = match record["type"].as_str() {
            Some("issue") => (Kind::Issue, "issue"),
            Some("pull") => (Kind::Pull, "pull"),
            other => panic!("a document has the type {other:?}"),
        };
        let events = record["events"].as_array_mut().map(std::mem::take).unwrap_or_default();
        Self { kind, object: record[key].take(), events }
    }

    /// Its number.
    pub fn number(&self) -> i64 {
        self.object["number"].as_i64().expect("an issue has a number")
    }

    /// The object as GitHub's issue list holds it.
    pub fn listed(&self) -> Value {
        match self.kind {
            Kind::Issue => complete(self.object.clone()),
            Kind::Pull => listed_pull(&self.object),
        }
    }

    /// The object as it was at `start`; nothing where it did not exist.
    pub fn as_of(&self, start: DateTime<Utc>, labels: &BTreeMap<String, Value>) -> Option<Value> {
        let mut object = self.listed();
        if time(&object["created_at"])? > start {
            return None;
        }
        if time(&object["updated_at"])? <= start {
            return Some(object);
        }
        let happened_by_start = |event: &&Value| time(&event["created_at"]).is_none_or(|at| at <= start);
        let (before, after): (Vec<&Value>, Vec<&Value>) = self.events.iter().partition(happened_by_start);
        let mut touched_at = time(&object["created_at"])?;
        let mut closed_at = None;
        for event in before {
            let Some(at) = time(&event["created_at"]) else {
                continue;
            };
            touched_at = touched_at.max(at);
            match event["event"].as_str() {
                Some("closed") => closed_at = Some(at),
                Some("reopened") => closed_at = None,
                _ => {}
            }
        }
        match closed_at {
            Some(at) => close(&mut object, at),
            None => reopen(&mut object),
        }
        for event in after.into_iter().rev() {
            take_back(event, &mut object, labels);
        }
        object["updated_at"] = json!(touched_at);
        Some(object)
    }
}

/// Every label the documents bear, by name.
pub fn labels_by_name<'a>(documents: impl Iterator<Item = &'a Document>) -> BTreeMap<String, Value> {
    let mut labels = BTreeMap::new();
    for document in documents {
        for label in document.object["labels"].as_array().into_iter().flatten() {
            labels.insert(label["name"].as_str().unwrap_or_default().to_owned(), label.clone());
        }
    }
    labels
}

/// Undoes one event of a timeline.
fn take_back(event: &Value, object: &mut Value, labels: &BTreeMap<String, Value>) {
    let Some(kind) = event["event"].as_str() else {
        return;
    };
    let name = event["label"]["name"].as_str().unwrap_or_default();
    match kind {
        "labeled" => {
            if let Some(list) = object["labels"].as_array_mut() {
                list.retain(|label| label["name"] != name);
            }
        }
        "unlabeled" => {
            if let (Some(list), Some(label)) = (object["labels"].as_array_mut(), labels.get(name)) {
                list.push(label.clone());
            }
        }
        "renamed" => object["title"] = event["rename"]["from"].clone(),
        "commented" => object["comments"] = json!(object["comments"].as_i64().unwrap_or(0) - 1),
        "locked" => {
            object["locked"] = json!(false);
            object["active_lock_reason"] = Value::Null;
        }
        _ => {}
    }
}

/// Makes an issue object a closed one.
pub fn close(object: &mut Value, at: DateTime<Utc>) {
    object["state"] = json!("closed");
    object["closed_at"] = json!(at);
}

/// Makes an issue object an open one.
pub fn reopen(object: &mut Value) {
    object["state"] = json!("open");
    object["state_reason"] = Value::Null;
    object["closed_at"] = Value::Null;
    object["closed_by"] = Value::Null;
}

/// A pull request with the keys that GitHub's issue list has for it, and no others.
fn listed_pull(pull: &Value) -> Value {
    let mut object = Map::new();
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
        "html_url",
    ] {
        object.insert(key.to_owned(), pull[key].clone());
    }
    let url = pull["issue_url"].as_str().unwrap_or_default();
    object.insert("url".to_owned(), json!(url));
    for part in ["comments", "events", "timeline"] {
        object.insert(format!("{part}_url"), json!(format!("{url}/{part}")));
    }
    object.insert("labels_url".to_owned(), json!(format!("{url}/labels{{/name}}")));
    object.insert("repository_url".to_owned(), json!(url.split("/issues/").next()));
    let mut part = Map::new();
    for key in ["url", "html_url", "diff_url", "patch_url", "merged_at"] {
        part.insert(key.to_owned(), pull[key].clone());
    }
    object.insert("pull_request".to_owned(), Value::Object(part));
    complete(Value::Object(object))
}

/// Writes the nulls that the recording left out.
fn complete(mut object: Value) -> Value {
    for key in [
        "assignee",
        "milestone",
        "closed_at",
        "closed_by",
        "active_lock_reason",
        "body",
        "state_reason",
        "performed_via_github_app",
    ] {
        if object.get(key).is_none() {
            object[key] = Value::Null;
        }
    }
    object
}

fn time(value: &Value) -> Option<DateTime<Utc>> {
    value.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::made_up::made_up_issue;
    use super::*;

    #[test]
    fn later_events_are_taken_back() {
        let mut issue = made_up_issue(1, time(&json!("2024-01-01T00:00:00Z")).unwrap());
        issue["updated_at"] = json!("2024-03-01T00:00:00Z");
        issue["state"] = json!("closed");
        issue["closed_at"] = json!("2024-03-01T00:00:00Z");
        issue["title"] = json!("after");
        issue["labels"] = json!([{"id": 2, "name": "new"}]);
        let event = |kind: &str, at: &str, more: Value| {
            let mut event = json!({"event": kind, "created_at": at});
            event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            event
        };
        let document = Document {
            kind: Kind::Issue,
            object: issue,
            events: vec![
                event("labeled", "2024-01-03T00:00:00Z", json!({"label": {"name": "old"}})),
                event("renamed", "2024-02-03T00:00:00Z", json!({"rename": {"from": "before", "to": "between"}})),
                event("renamed", "2024-02-04T00:00:00Z", json!({"rename": {"from": "between", "to": "after"}})),
                event("unlabeled", "2024-02-05T00:00:00Z", json!({"label": {"name": "old"}})),
                event("labeled", "2024-02-05T00:00:00Z", json!({"label": {"name": "new"}})),
                event("closed", "2024-03-01T00:00:00Z", json!({})),
            ],
        };
        let labels = BTreeMap::from([("old".to_owned(), json!({"id": 1, "name": "old"}))]);
        let before = document.as_of(time(&json!("2024-02-01T00:00:00Z")).unwrap(), &labels).unwrap();
        assert_eq!(before["title"], "before");
        assert_eq!(before["state"], "open");
        assert_eq!(before["closed_at"], Value::Null);
        assert_eq!(before["updated_at"], "2024-01-03T00:00:00Z");
        assert_eq!(before["labels"], json!([{"id": 1, "name": "old"}]));
        assert_eq!(document.as_of(time(&json!("2023-12-31T00:00:00Z")).unwrap(), &labels), None);
    }
}
