//! What people do to issues: every helper moves `updated_at` to the clock's now and leaves its event.

use serde_json::{Value, json};

use crate::Error;
use crate::payload::Payload;
use crate::render::time_text;
use crate::world::event::{Detail, Event, EventKind, StateReason};
use crate::world::issue::{Content, Issue, Stored};
use crate::world::labels::note_labels;
use crate::world::repository::Repository;
use crate::world::shape::{self, Defaults};
use crate::world::{RepositoryRef, World};

impl World {
    /// Adds or replaces an issue; keys left out get plausible values (the number: the next one). Gives the number.
    ///
    /// An `updated_at` that is not given is now. Events of an issue that existed stay.
    ///
    /// # Errors
    /// When the repository is unknown, or the value is not an object or has a number, state or time of a wrong type.
    pub fn upsert_issue<'a>(&mut self, repository: impl Into<RepositoryRef<'a>>, issue: Value) -> Result<u32, Error> {
        let repository_id = self.require(repository.into())?;
        let Value::Object(mut given) = issue else {
            return Err(Error::BadIssue { reason: format!("{issue} is not an object") });
        };
        let now = self.now().timestamp();
        given.entry("updated_at").or_insert_with(|| json!(time_text(now)));
        let next_id = self.next_issue_id();
        let found = self.get(repository_id)?;
        let given_number = given.get("number").and_then(Value::as_u64);
        let number = given_number.and_then(|number| u32::try_from(number).ok());
        let number = number.unwrap_or(found.last_number + 1);
        let old = found.issues.get(&number);
        let id = old.map_or(next_id, |old| old.id);
        let defaults = Defaults { owner: &found.owner, name: &found.name, id, number, now };
        let mut issue = shape::read(shape::complete(given, &defaults).into_bytes().into())?;
        issue.events = old.map(|old| old.events.clone()).unwrap_or_default();
        let number = issue.number;
        self.note_users(&issue);
        let repository = self.get_mut(repository_id)?;
        note_labels(repository, &issue);
        repository.gone.remove(&number);
        let node_id = issue.node_id().into_owned();
        repository.put(issue);
        self.nodes.note(&node_id, repository_id, number);
        Ok(number)
    }

    /// Moves an issue's `updated_at` to now and changes nothing else.
    ///
    /// # Errors
    /// When the repository or the issue is unknown.
    pub fn touch_issue<'a>(&mut self, repository: impl Into<RepositoryRef<'a>>, number: u32) -> Result<(), Error> {
        self.change(repository.into(), number, None, |_, _| {})
    }

    /// Gives an issue another title.
    ///
    /// # Errors
    /// When the repository or the issue is unknown.
    pub fn edit_issue<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        number: u32,
        title: &str,
    ) -> Result<(), Error> {
        let repository_id = self.require(repository.into())?;
        let old = self.issue_json(repository_id, number).and_then(|issue| issue.get("title").cloned());
        let old = old.as_ref().and_then(Value::as_str).unwrap_or_default();
        let event = Some((EventKind::Renamed, Detail::rename(old, title)));
        self.change(RepositoryRef::Id(repository_id), number, event, |payload, _| {
            payload.set("title", &json!(title));
        })
    }

    /// Closes an issue now, as completed.
    ///
    /// # Errors
    /// When the repository or the issue is unknown.
    pub fn close_issue<'a>(&mut self, repository: impl Into<RepositoryRef<'a>>, number: u32) -> Result<(), Error> {
        let event = Some((EventKind::Closed, Detail::Nothing));
        self.change(repository.into(), number, event, |payload, now| close(payload, now, "completed"))
    }

    /// Closes an issue now, as not planned.
    ///
    /// # Errors
    /// When the repository or the issue is unknown.
    pub fn close_issue_as_not_planned<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        number: u32,
    ) -> Result<(), Error> {
        let reason = StateReason::NotPlanned;
        let event = Some((EventKind::Closed, Detail::Reason(reason)));
        self.change(repository.into(), number, event, |payload, now| close(payload, now, reason.as_str()))
    }

    /// Opens a closed issue again; it loses its `closed_at`.
    ///
    /// # Errors
    /// When the repository or the issue is unknown.
    pub fn reopen_issue<'a>(&mut self, repository: impl Into<RepositoryRef<'a>>, number: u32) -> Result<(), Error> {
        self.change(repository.into(), number, Some((EventKind::Reopened, Detail::Nothing)), |payload, _| {
            let is_pull_request = payload.text("pull_request").is_some();
            payload.set("state", &json!("open"));
            payload.set("closed_at", &Value::Null);
            payload.set("closed_by", &Value::Null);
            payload.set("state_reason", &if is_pull_request { Value::Null } else { json!("reopened") });
        })
    }

    /// Serves these bytes for an issue, whatever they are; lists keep its place and the truth stays.
    ///
    /// # Errors
    /// When the repository or the issue is unknown.
    pub fn set_issue_payload<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        number: u32,
        payload: impl Into<Vec<u8>>,
    ) -> Result<(), Error> {
        let repository_id = self.require(repository.into())?;
        let found = self.get_mut(repository_id)?;
        let mut issue = found.issues.get(&number).ok_or_else(|| unknown_issue(found, number))?.clone();
        let labels = crate::world::repository::label_names(&issue);
        let bytes: Box<[u8]> = payload.into().into();
        issue.revision = shape::content_hash(&bytes);
        let node_id = issue.node_id().into();
        issue.content = Content::Stored(Box::new(Stored { bytes, labels, node_id }));
        found.put(issue);
        Ok(())
    }

    pub(crate) fn change(
        &mut self,
        repository: RepositoryRef<'_>,
        number: u32,
        event: Option<(EventKind, Detail)>,
        edit: impl FnOnce(&mut Payload, &str),
    ) -> Result<(), Error> {
        let repository_id = self.require(repository)?;
        let now = time_text(self.now().timestamp());
        let bytes = self.issue_payload(repository_id, number);
        let bytes = bytes.ok_or_else(|| match self.get(repository_id) {
            Ok(found) => unknown_issue(found, number),
            Err(error) => error,
        })?;
        let mut payload = Payload::parse(&bytes).map_err(|source| Error::BadIssue { reason: source.to_string() })?;
        edit(&mut payload, &now);
        payload.set("updated_at", &json!(now));
        let event = event.map(|(kind, detail)| self.new_event(kind, detail));
        let found = self.get_mut(repository_id)?;
        let mut issue = shape::read(payload.to_bytes())?;
        if let Some(old) = found.issues.get_mut(&number) {
            issue.events = std::mem::take(&mut old.events);
        }
        issue.events.extend(event);
        found.put(issue);
        Ok(())
    }

    pub(crate) fn new_event(&mut self, kind: EventKind, detail: Detail) -> Event {
        let actor = self.users.ensure("sim-maintainer", "User");
        Event { id: self.next_event_id(), at: self.now().timestamp(), detail, actor, kind }
    }

    pub(crate) fn get(&self, id: u64) -> Result<&Repository, Error> {
        self.repositories.get(&id).ok_or_else(|| Error::UnknownRepository(format!("#{id}")))
    }

    pub(crate) fn get_mut(&mut self, id: u64) -> Result<&mut Repository, Error> {
        self.repositories.get_mut(&id).ok_or_else(|| Error::UnknownRepository(format!("#{id}")))
    }

    fn note_users(&mut self, issue: &Issue) {
        if let Some(Value::Object(user)) = stored_value(issue, "user") {
            self.users.intern(&user);
        }
    }
}

pub(crate) fn close(payload: &mut Payload, now: &str, reason: &str) {
    let is_pull_request = payload.text("pull_request").is_some();
    payload.set("state", &json!("closed"));
    payload.set("closed_at", &json!(now));
    payload.set("state_reason", &if is_pull_request { Value::Null } else { json!(reason) });
}

/// A key of a stored issue's payload.
pub(crate) fn stored_value(issue: &Issue, key: &str) -> Option<Value> {
    let Content::Stored(stored) = &issue.content else {
        return None;
    };
    if key == "labels" && stored.labels.is_empty() {
        return None;
    }
    Payload::parse(&stored.bytes).ok()?.value(key)
}

pub(crate) fn unknown_issue(repository: &Repository, number: u32) -> Error {
    Error::UnknownIssue { repository: repository.full_name(), number }
}
