//! Labels of issues and of repositories.

use serde_json::{Map, Value, json};

use crate::Error;
use crate::render::label::{generated_place, id_of_name};
use crate::render::{ordered, write_label};
use crate::world::changes::stored_value;
use crate::world::event::{Detail, EventKind};
use crate::world::issue::Issue;
use crate::world::repository::Repository;
use crate::world::{RepositoryRef, World};

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
        let object: Value = own_label(found, label).parse().unwrap_or(Value::Null);
        let event = Some((EventKind::Labeled, Detail::name(label)));
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
        let event = Some((EventKind::Unlabeled, Detail::name(label)));
        self.change(repository.into(), number, event, |payload, _| {
            let mut labels = payload.value("labels").unwrap_or_else(|| json!([]));
            if let Value::Array(list) = &mut labels {
                list.retain(|old| old.get("name").and_then(Value::as_str) != Some(label));
            }
            payload.set("labels", &labels);
        })
    }
}

/// The JSON of a repository's label, which is made if there is none of this name.
fn own_label(repository: &mut Repository, label: &str) -> String {
    if let Some(index) = generated_place(repository, label) {
        let mut bytes = Vec::new();
        write_label(repository, index, &mut bytes);
        return String::from_utf8_lossy(&bytes).into_owned();
    }
    let (owner, name) = (&repository.owner, &repository.name);
    let made = || ordered::label(owner, name, id_of_name(label), label, "ededed", "");
    repository.labels.entry(label.to_owned()).or_insert_with(made).clone()
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
