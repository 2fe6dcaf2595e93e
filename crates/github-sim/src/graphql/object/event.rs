//! Items of timelines.

use std::cell::OnceCell;
use std::rc::Rc;

use serde_json::{Value, json};

use super::{Context, Object, Resolved};
use crate::render::event::{assignee, node_id};
use crate::render::label::LabelFacts;
use crate::render::time_text;
use crate::world::event::{Detail, Event, NOBODY, Words};
use crate::world::{Repository, shape};

/// An event with what was read of its recording.
pub(crate) struct EventView<'w> {
    repository: &'w Repository,
    event: &'w Event,
    type_name: &'static str,
    recorded: OnceCell<Value>,
}

/// Whether a word of `IssueTimelineItemsItemType` names this type: `CLOSED_EVENT` is `ClosedEvent`.
pub(crate) fn is_item_type(word: &str, type_name: &str) -> bool {
    let letters = word.bytes().filter(|byte| *byte != b'_').map(|byte| byte.to_ascii_lowercase());
    letters.eq(type_name.bytes().map(|byte| byte.to_ascii_lowercase()))
}

impl<'w> EventView<'w> {
    pub(crate) fn new(repository: &'w Repository, event: &'w Event, type_name: &'static str) -> Self {
        Self { repository, event, type_name, recorded: OnceCell::new() }
    }

    pub(crate) fn type_name(&self) -> &'static str {
        self.type_name
    }

    pub(crate) fn field(&self, context: &Context<'w>, field: &str) -> Resolved<'w> {
        let person = |index: u32| match context.person(index) {
            Some(person) => Resolved::Object(Object::Person(person)),
            None => Resolved::Null,
        };
        Resolved::Leaf(match field {
            "actor" | "author" => return person(self.actor()),
            "assignee" => return person(self.assignee()),
            "label" => return Resolved::Object(Object::Label(Rc::new(self.label()))),
            "fromRepository" => return self.source(context),
            "discussion" => {
                return self
                    .event
                    .word()
                    .map_or(Resolved::Null, |address| Resolved::Object(Object::Discussion(address.to_owned())));
            }
            "id" => self.id(),
            "createdAt" => json!(time_text(self.event.at)),
            "stateReason" => self.state_reason(),
            "milestoneTitle" => match self.recorded() {
                Some(recorded) => recorded["milestone"]["title"].clone(),
                None => json!(self.event.word()),
            },
            "previousTitle" => self.rename().0,
            "currentTitle" => self.rename().1,
            "lockReason" => self.lock_reason(),
            _ => Value::Null,
        })
    }

    fn recorded(&self) -> Option<&Value> {
        let Detail::Recorded(recorded) = &self.event.detail else {
            return None;
        };
        Some(self.recorded.get_or_init(|| recorded.json.parse().unwrap_or_default()))
    }

    fn id(&self) -> Value {
        let Detail::Recorded(recorded) = &self.event.detail else {
            return json!(node_id(self.event));
        };
        match self.recorded().map(|recorded| &recorded["node_id"]) {
            Some(id @ Value::String(_)) => id.clone(),
            // Cross-references have no id in REST.
            _ => json!(format!("IE_lADO{}", shape::content_hash(recorded.json.as_bytes()))),
        }
    }

    fn actor(&self) -> u32 {
        if self.event.actor != NOBODY {
            return self.event.actor;
        }
        self.recorded().map_or(NOBODY, |recorded| user(&recorded["user"]))
    }

    fn assignee(&self) -> u32 {
        self.recorded().map_or_else(|| assignee(self.event), |recorded| user(&recorded["assignee"]))
    }

    fn label(&self) -> LabelFacts {
        let label = LabelFacts::of(self.repository, self.event.label().unwrap_or_default());
        match self.recorded().and_then(|recorded| recorded["label"]["color"].as_str()) {
            Some(color) => LabelFacts { color: color.to_owned(), ..label },
            None => label,
        }
    }

    fn source(&self, context: &Context<'w>) -> Resolved<'w> {
        let Detail::Repository(id) = self.event.detail else {
            return Resolved::Null;
        };
        let found = context.world.repositories.get(&id).filter(|found| context.caller.sees(found));
        found.map_or(Resolved::Null, |found| Resolved::Object(Object::Repository(found)))
    }

    fn state_reason(&self) -> Value {
        let reason = match (&self.event.detail, self.recorded()) {
            (Detail::Reason(reason), _) => Some(reason.as_str()),
            (_, Some(recorded)) => recorded["state_reason"].as_str(),
            _ => None,
        };
        json!(reason.map(str::to_ascii_uppercase))
    }

    fn rename(&self) -> (Value, Value) {
        if let Some(recorded) = self.recorded() {
            return (recorded["rename"]["from"].clone(), recorded["rename"]["to"].clone());
        }
        match &self.event.detail {
            Detail::Words(words) => match words.as_ref() {
                Words::Rename { from, to } => (json!(from), json!(to)),
                Words::Name(_) => (Value::Null, Value::Null),
            },
            _ => (Value::Null, Value::Null),
        }
    }

    // REST writes `off-topic` and `too heated`.
    fn lock_reason(&self) -> Value {
        let reason = match self.recorded() {
            Some(recorded) => recorded["lock_reason"].as_str(),
            None => self.event.word(),
        };
        json!(reason.map(|reason| reason.to_ascii_uppercase().replace([' ', '-'], "_")))
    }
}

fn user(marked: &Value) -> u32 {
    marked["$user"].as_u64().and_then(|index| u32::try_from(index).ok()).unwrap_or(NOBODY)
}
