//! How issues leave a repository.

use serde_json::Value;

use crate::Error;
use crate::world::changes::unknown_issue;
use crate::world::event::EventKind;
use crate::world::issue::Gone;
use crate::world::{RepositoryRef, World};

impl World {
    /// Deletes an issue: it leaves every list, its own path answers 410.
    ///
    /// # Errors
    /// When the repository or the issue is unknown.
    pub fn delete_issue<'a>(&mut self, repository: impl Into<RepositoryRef<'a>>, number: u32) -> Result<(), Error> {
        let repository_id = self.require(repository.into())?;
        let found = self.get_mut(repository_id)?;
        found.take(number).ok_or_else(|| unknown_issue(found, number))?;
        found.gone.insert(number, Gone::Deleted);
        Ok(())
    }

    /// Transfers an issue: the old path answers 301, the target gets it under a new number and id. Gives the number.
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
        let source = self.get_mut(from_id)?;
        let issue = source.take(number).ok_or_else(|| unknown_issue(source, number))?;
        let old_repository = source.full_name();
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
        let event = self.new_event(EventKind::Transferred, None);
        if let Some(moved) = self.get_mut(to_id)?.issues.get_mut(&new_number) {
            moved.events = issue.events;
            moved.events.push(event);
        }
        let place = Gone::Transferred { repository_id: to_id, number: new_number };
        self.get_mut(from_id)?.gone.insert(number, place);
        Ok(new_number)
    }
}
