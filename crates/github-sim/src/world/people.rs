//! What maintainers do to issues: assigning, milestones, locks and merging.

use serde_json::{Value, json};

use crate::Error;
use crate::world::changes::close;
use crate::world::event::{Detail, EventKind};
use crate::world::{RepositoryRef, World};

impl World {
    /// Assigns an issue to somebody, who is made up if nobody has this login.
    ///
    /// # Errors
    /// When the repository or the issue is unknown.
    pub fn assign_issue<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        number: u32,
        login: &str,
    ) -> Result<(), Error> {
        self.change_assignees(repository.into(), number, login, EventKind::Assigned)
    }

    /// Takes an issue from somebody.
    ///
    /// # Errors
    /// When the repository or the issue is unknown.
    pub fn unassign_issue<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        number: u32,
        login: &str,
    ) -> Result<(), Error> {
        self.change_assignees(repository.into(), number, login, EventKind::Unassigned)
    }

    /// Puts an issue into a milestone.
    ///
    /// # Errors
    /// When the repository or the issue is unknown.
    pub fn milestone_issue<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        number: u32,
        title: &str,
    ) -> Result<(), Error> {
        let event = Some((EventKind::Milestoned, Detail::name(title)));
        self.change(repository.into(), number, event, |payload, now| {
            let milestone = json!({
                "id": 1, "node_id": "MI_kw1", "number": 1, "state": "open", "title": title, "description": null,
                "creator": null, "open_issues": 1, "closed_issues": 0, "created_at": now, "updated_at": now,
                "closed_at": null, "due_on": null,
            });
            payload.set("milestone", &milestone);
        })
    }

    /// Takes an issue out of a milestone.
    ///
    /// # Errors
    /// When the repository or the issue is unknown.
    pub fn demilestone_issue<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        number: u32,
        title: &str,
    ) -> Result<(), Error> {
        let event = Some((EventKind::Demilestoned, Detail::name(title)));
        self.change(repository.into(), number, event, |payload, _| payload.set("milestone", &Value::Null))
    }

    /// Locks an issue as resolved.
    ///
    /// # Errors
    /// When the repository or the issue is unknown.
    pub fn lock_issue<'a>(&mut self, repository: impl Into<RepositoryRef<'a>>, number: u32) -> Result<(), Error> {
        let event = Some((EventKind::Locked, Detail::name("resolved")));
        self.change(repository.into(), number, event, |payload, _| {
            payload.set("locked", &json!(true));
            payload.set("active_lock_reason", &json!("resolved"));
        })
    }

    /// Unlocks an issue.
    ///
    /// # Errors
    /// When the repository or the issue is unknown.
    pub fn unlock_issue<'a>(&mut self, repository: impl Into<RepositoryRef<'a>>, number: u32) -> Result<(), Error> {
        let event = Some((EventKind::Unlocked, Detail::Nothing));
        self.change(repository.into(), number, event, |payload, _| {
            payload.set("locked", &json!(false));
            payload.set("active_lock_reason", &Value::Null);
        })
    }

    /// Merges a pull request now, which also closes it: `merged` and `closed` come in the same second.
    ///
    /// # Errors
    /// When the repository or the pull request is unknown.
    pub fn merge_pull_request<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        number: u32,
    ) -> Result<(), Error> {
        let id = self.require(repository.into())?;
        let is_pull_request = self.get(id)?.issues.get(&number).is_some_and(|issue| issue.is_pull_request);
        if !is_pull_request {
            return Err(Error::UnknownIssue { repository: self.get(id)?.full_name(), number });
        }
        let merged = Some((EventKind::Merged, Detail::Nothing));
        self.change(RepositoryRef::Id(id), number, merged, |payload, now| {
            let mut object = payload.value("pull_request").unwrap_or_else(|| json!({}));
            object["merged_at"] = json!(now);
            payload.set("pull_request", &object);
        })?;
        let closed = Some((EventKind::Closed, Detail::Nothing));
        self.change(RepositoryRef::Id(id), number, closed, |payload, now| close(payload, now, ""))
    }

    fn change_assignees(
        &mut self,
        repository: RepositoryRef<'_>,
        number: u32,
        login: &str,
        kind: EventKind,
    ) -> Result<(), Error> {
        let index = self.users.ensure(login, "User");
        let user: Value = self.users.json(index).parse().unwrap_or_default();
        self.change(repository, number, Some((kind, Detail::Person(index))), |payload, _| {
            let mut assignees = match payload.value("assignees") {
                Some(Value::Array(list)) => list,
                _ => Vec::new(),
            };
            assignees.retain(|other| other.get("login") != user.get("login"));
            if kind == EventKind::Assigned {
                assignees.push(user);
            }
            payload.set("assignee", &assignees.first().cloned().unwrap_or_default());
            payload.set("assignees", &json!(assignees));
        })
    }
}
