//! Labels of issues and of repositories.

use serde_json::{Map, Value, json};

use crate::Error;
use crate::render::ordered;
use crate::world::changes::stored_value;
use crate::world::event::EventKind;
use crate::world::issue::Issue;
use crate::world::repository::Repository;
use crate::world::{RepositoryRef, World, shape};

impl World {
    /// Adds a label to an issue; a label the repository does not have is made.
    ///
    /// # Errors
    /// When the repository or the issue is unknown.
    pub fn label_issue<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        number: u32,
        label: &str,
    ) -> Result<(), Error> {
        let repository_id = self.require(repository.into())?;
        let found = self.get_mut(repository_id)?;
        let id = shape::content_hash(label.as_bytes()) % 9_000_000_000;
        let (owner, name) = (&found.owner, &found.name);
        let made = || ordered::label(owner, name, id, label, "ededed", "");
        let text = found.labels.entry(label.to_owned()).or_insert_with(made).clone();
        let object: Value = text.parse().unwrap_or(Value::Null);
        let event = Some((EventKind::Labeled, Some(label.to_owned())));
        self.change(RepositoryRef::Id(repository_id), number, event, |payload, _| {
            let mut labels = payload.value("labels").unwrap_or_else(|| json!([]));
            if let Value::Array(list) = &mut labels {
                list.retain(|old| old.get("name").and_then(Value::as_str) != Some(label));
                list.push(object);
            }
            payload.set("labels", &labels);
        })
    }

    /// Takes a label from an issue.
    ///
    /// # Errors
    /// When the repository or the issue is unknown.
    pub fn unlabel_issue<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        number: u32,
        label: &str,
    ) -> Result<(), Error> {
        let event = Some((EventKind::Unlabeled, Some(label.to_owned())));
        self.change(repository.into(), number, event, |payload, _| {
            let mut labels = payload.value("labels").unwrap_or_else(|| json!([]));
            if let Value::Array(list) = &mut labels {
                list.retain(|old| old.get("name").and_then(Value::as_str) != Some(label));
            }
            payload.set("labels", &labels);
        })
    }
}

/// Learns the labels that an issue bears.
pub(crate) fn note_labels(repository: &mut Repository, issue: &Issue) {
    let Some(Value::Array(labels)) = stored_value(issue, "labels") else {
        return;
    };
    for label in labels {
        let Value::Object(object) = &label else {
            continue;
        };
        let Some(name) = object.get("name").and_then(Value::as_str) else {
            continue;
        };
        if !repository.labels.contains_key(name) {
            let known = complete_label(object.clone());
            repository.labels.insert(name.to_owned(), known);
        }
    }
}

fn complete_label(mut label: Map<String, Value>) -> String {
    label.entry("description").or_insert(Value::Null);
    label.entry("default").or_insert(Value::Bool(false));
    ordered::object(&label, &["id", "node_id", "url", "name", "color", "default", "description"])
}
