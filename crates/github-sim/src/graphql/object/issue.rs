//! An issue or a pull request.

use std::cell::OnceCell;
use std::rc::Rc;

use serde_json::{Value, json};

use super::event::{EventView, is_item_type};
use super::page::{Bounds, Page, PageKind};
use super::person::Person;
use super::{Answer, Arguments, Context, Object, Resolved, int};
use crate::graphql::schema::schema;
use crate::payload::Payload;
use crate::render::label::LabelFacts;
use crate::render::{SITE, time_text};
use crate::world::issue::{Content, Issue, IssueState};
use crate::world::{Repository, shape};

/// An issue with what was read of its payload.
pub(crate) struct IssueView<'w> {
    repository: &'w Repository,
    issue: &'w Issue,
    payload: OnceCell<Option<Payload>>,
}

impl<'w> IssueView<'w> {
    pub(crate) fn new(repository: &'w Repository, issue: &'w Issue) -> Self {
        Self { repository, issue, payload: OnceCell::new() }
    }

    pub(crate) fn type_name(&self) -> &'static str {
        if self.issue.is_pull_request { "PullRequest" } else { "Issue" }
    }

    /// The word of `IssueState` or `PullRequestState`.
    pub(crate) fn state(&self) -> &'static str {
        match self.issue.state {
            IssueState::Open => "OPEN",
            IssueState::Closed if self.issue.is_pull_request && self.merged_at().is_some() => "MERGED",
            IssueState::Closed => "CLOSED",
        }
    }

    pub(crate) fn field(&self, context: &Context<'w>, field: &str, arguments: &Arguments<'_>) -> Answer<'w> {
        let issue = self.issue;
        let time = |seconds: Option<i64>| seconds.map_or(Value::Null, |seconds| json!(time_text(seconds)));
        let leaf = match field {
            "timelineItems" => return self.timeline(context, arguments),
            "labels" => return self.labels(context, arguments),
            "repository" => return Ok(Resolved::Object(Object::Repository(self.repository))),
            "author" => {
                let author = self.value(context, "user").as_ref().and_then(Person::read);
                return Ok(author.map_or(Resolved::Null, |author| Resolved::Object(Object::Person(Rc::new(author)))));
            }
            "id" => json!(issue.node_id()),
            "databaseId" => int(issue.id),
            "fullDatabaseId" => json!(issue.id.to_string()),
            "number" => json!(issue.number),
            "title" => self.value(context, "title").unwrap_or_else(|| json!("")),
            "state" => json!(self.state()),
            "stateReason" => {
                let reason = self.value(context, "state_reason");
                json!(reason.as_ref().and_then(Value::as_str).map(str::to_ascii_uppercase))
            }
            "locked" => self.value(context, "locked").unwrap_or(Value::Bool(false)),
            "createdAt" => time(Some(issue.created_at)),
            "updatedAt" => time(Some(issue.updated_at)),
            "closedAt" => time(issue.closed_at),
            "merged" => json!(self.merged_at().is_some()),
            "mergedAt" => time(self.merged_at()),
            "url" => {
                let page = if issue.is_pull_request { "pull" } else { "issues" };
                json!(format!("{SITE}/{}/{page}/{}", self.repository.full_name(), issue.number))
            }
            _ => Value::Null,
        };
        Ok(Resolved::Leaf(leaf))
    }

    fn timeline(&self, context: &Context<'w>, arguments: &Arguments<'_>) -> Answer<'w> {
        let (kind, union) = if self.issue.is_pull_request {
            (PageKind::PullRequestTimeline, "PullRequestTimelineItems")
        } else {
            (PageKind::IssueTimeline, "IssueTimelineItems")
        };
        let bounds = Bounds::read(kind, arguments)?;
        let since = arguments.text("since").and_then(shape::seconds);
        let mut wanted = schema().members(union);
        if let Some(words) = arguments.words("itemTypes") {
            wanted.retain(|name| words.iter().any(|word| is_item_type(word, name)));
        }
        let mut items = Vec::new();
        for (position, event) in (0..).zip(&self.issue.events) {
            let Some(type_name) = event.kind.timeline_item().filter(|name| wanted.contains(name)) else {
                continue;
            };
            if since.is_none_or(|since| event.at >= since) {
                let view = EventView::new(self.repository, event, type_name);
                items.push((position, Object::Event(Rc::new(view))));
            }
        }
        let page = Page::cut(kind, bounds, arguments, items)?;
        context.serve(page.items.len());
        Ok(Resolved::Object(Object::Page(Rc::new(page))))
    }

    fn labels(&self, context: &Context<'w>, arguments: &Arguments<'_>) -> Answer<'w> {
        let bounds = Bounds::read(PageKind::Labels, arguments)?;
        let labels = match self.value(context, "labels") {
            Some(Value::Array(labels)) => labels,
            _ => Vec::new(),
        };
        let facts = |label: &Value| {
            let text = |key: &str| label.get(key).and_then(Value::as_str).map(str::to_owned);
            let known = LabelFacts::of(self.repository, &text("name")?);
            let node_id = text("node_id").unwrap_or(known.node_id);
            let color = text("color").unwrap_or(known.color);
            Some(Object::Label(Rc::new(LabelFacts { node_id, name: known.name, color })))
        };
        let items = (0..).zip(labels.iter().filter_map(facts)).collect();
        let page = Page::cut(PageKind::Labels, bounds, arguments, items)?;
        context.serve(page.items.len());
        Ok(Resolved::Object(Object::Page(Rc::new(page))))
    }

    fn merged_at(&self) -> Option<i64> {
        match &self.issue.content {
            Content::Generated(sketch) => sketch.merged_at,
            Content::Stored(stored) => {
                let payload = self.payload.get_or_init(|| Payload::parse(&stored.bytes).ok()).as_ref()?;
                let pull_request = payload.value("pull_request")?;
                shape::seconds(pull_request.get("merged_at")?.as_str()?)
            }
        }
    }

    /// A key of what REST serves.
    fn value(&self, context: &Context<'w>, key: &str) -> Option<Value> {
        let read = || {
            let mut bytes = Vec::new();
            self.repository.write_issue(self.issue, &context.world.users, &mut bytes);
            Payload::parse(&bytes).ok()
        };
        self.payload.get_or_init(read).as_ref()?.value(key)
    }
}
