//! How issues leave a repository.

use serde_json::Value;

use crate::Error;
use crate::world::changes::unknown_issue;
use crate::world::event::{Detail, EventKind};
use crate::world::issue::Issue;
use crate::world::truth::{DepartureReason, Gone};
use crate::world::{RepositoryRef, World};

impl World {
    /// Deletes an issue: it leaves every list, its own path answers 410.
    ///
    /// # Errors
    /// When the repository or the issue is unknown.
    pub fn delete_issue<'a>(&mut self, repository: impl Into<RepositoryRef<'a>>, number: u32) -> Result<(), Error> {
        let repository_id = self.require(repository.into())?;
        let issue = self.take_issue(repository_id, number)?;
        self.note_gone(repository_id, DepartureReason::Deleted, issue)
    }

    /// Makes an issue a discussion: it leaves every list, its own path answers 410.
    ///
    /// Its last event, `converted_to_discussion`, is seen in [`crate::world::Departure::issue`] only: GitHub has no
    /// issue any more that could show it.
    ///
    /// # Errors
    /// When the repository or the issue is unknown.
    pub fn convert_to_discussion<'a>(
        &mut self,
        repository: impl Into<RepositoryRef<'a>>,
        number: u32,
    ) -> Result<(), Error> {
        let repository_id = self.require(repository.into())?;
        let name = self.get(repository_id)?.full_name();
        let mut issue = self.take_issue(repository_id, number)?;
        let address = format!("{}/{name}/discussions/{number}", crate::render::SITE);
        issue.events.push(self.new_event(EventKind::ConvertedToDiscussion, Detail::name(address)));
        self.note_gone(repository_id, DepartureReason::ConvertedToDiscussion, issue)
    }

    /// Transfers an issue: the old path answers 301, the target gets it under a new number and id. Gives the number.
    ///
    /// It takes its events along; the newest one is `transferred`.
    ///
    /// # Errors
    /// When a repository or the issue is unknown.
    pub fn transfer_issue<'a, 'b>(
        &mut self,
        from: impl Into<RepositoryRef<'a>>,
        number: u32,
        to: impl Into<RepositoryRef<'b>>,
    ) -> Result<u32, Error> {
        let (from_id, to_id) = (self.require(from.into())?, self.require(to.into())?);
        let old_payload = self.issue_payload(from_id, number);
        let issue = self.take_issue(from_id, number)?;
        let old_repository = self.get(from_id)?.full_name();
        let text = String::from_utf8_lossy(&old_payload.unwrap_or_default()).into_owned();
        let Ok(Value::Object(mut payload)) = text.parse() else {
            return Err(Error::BadIssue { reason: format!("{old_repository}#{number} is not an object") });
        };
        for key in ["url", "repository_url", "labels_url", "comments_url", "events_url", "html_url"] {
            payload.remove(key);
        }
        for key in ["id", "node_id", "number", "timeline_url", "reactions", "milestone", "updated_at"] {
            payload.remove(key);
        }
        let new_number = self.upsert_issue(to_id, Value::Object(payload))?;
        let event = self.new_event(EventKind::Transferred, Detail::Repository(from_id));
        if let Some(moved) = self.get_mut(to_id)?.issues.get_mut(&new_number) {
            moved.events = issue.events.clone();
            moved.events.push(event);
        }
        let reason = DepartureReason::Transferred { repository_id: to_id, number: new_number };
        self.note_gone(from_id, reason, issue)?;
        Ok(new_number)
    }

    fn take_issue(&mut self, repository_id: u64, number: u32) -> Result<Issue, Error> {
        let found = self.get_mut(repository_id)?;
        found.take(number).ok_or_else(|| unknown_issue(found, number))
    }

    fn note_gone(&mut self, repository_id: u64, reason: DepartureReason, issue: Issue) -> Result<(), Error> {
        let at = self.now().timestamp();
        let number = issue.number;
        let gone = Gone { reason, at, issue: Some(Box::new(issue)) };
        self.get_mut(repository_id)?.gone.insert(number, gone);
        Ok(())
    }
}
