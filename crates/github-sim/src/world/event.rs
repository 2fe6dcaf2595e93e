//! What happened to an issue, kept compactly: 40 bytes an event, and nothing on the heap where it was generated.

mod kind;

use chrono::{DateTime, Utc};

pub use kind::EventKind;

use crate::render::{LABELS, MILESTONES};

/// One entry of an issue's timeline.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) id: u64,
    pub(crate) at: i64,
    pub(crate) detail: Detail,
    /// Index into the world's users, or [`NOBODY`].
    pub(crate) actor: u32,
    pub(crate) kind: EventKind,
}

/// What an event's kind leaves open.
#[derive(Debug, Clone)]
pub(crate) enum Detail {
    Nothing,
    /// A label of every generated repository, by its place in [`LABELS`].
    Label(u8),
    /// A milestone of every generated repository, by its place in [`MILESTONES`].
    Milestone(u8),
    /// Who was assigned: index into the world's users, or [`NOBODY`].
    Person(u32),
    /// Why it was closed or opened again.
    Reason(StateReason),
    /// The id of the repository it was transferred from.
    Repository(u64),
    Words(Box<Words>),
    Recorded(Box<Recorded>),
}

/// Details in words of their own.
#[derive(Debug, Clone)]
pub(crate) enum Words {
    /// A label's name, a milestone's title, a lock's reason or a discussion's address.
    Name(String),
    Rename {
        from: String,
        to: String,
    },
}

/// An event as it was recorded.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    /// Its JSON, users replaced by `{"$user":index}`; it is served from this.
    pub(crate) json: Box<str>,
    pub(crate) label: Option<String>,
}

/// Why an issue is closed or open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StateReason {
    NotPlanned,
}

impl StateReason {
    /// REST's word; GraphQL writes it in capitals.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::NotPlanned => "not_planned",
        }
    }
}

impl Detail {
    pub(crate) fn name(text: impl Into<String>) -> Self {
        Self::Words(Box::new(Words::Name(text.into())))
    }

    pub(crate) fn rename(from: impl Into<String>, to: impl Into<String>) -> Self {
        Self::Words(Box::new(Words::Rename { from: from.into(), to: to.into() }))
    }
}

impl Event {
    /// The label that came or went.
    pub(crate) fn label(&self) -> Option<&str> {
        let is_of_label = matches!(self.kind, EventKind::Labeled | EventKind::Unlabeled);
        self.word().filter(|_| is_of_label)
    }

    /// The name in the detail: of a label, a milestone or what else the kind is about.
    pub(crate) fn word(&self) -> Option<&str> {
        match &self.detail {
            Detail::Label(index) => LABELS.get(usize::from(*index)).map(|label| label.0),
            Detail::Milestone(index) => MILESTONES.get(usize::from(*index)).copied(),
            Detail::Words(words) => match words.as_ref() {
                Words::Name(name) => Some(name),
                Words::Rename { .. } => None,
            },
            Detail::Recorded(recorded) => recorded.label.as_deref(),
            Detail::Nothing | Detail::Person(_) | Detail::Reason(_) | Detail::Repository(_) => None,
        }
    }
}

/// The actor of an event whose account is gone.
pub(crate) const NOBODY: u32 = u32::MAX;

/// A state event as tests read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateEvent {
    /// GitHub's id of the event.
    pub id: u64,
    /// What happened.
    pub kind: EventKind,
    /// When, UTC.
    pub at: DateTime<Utc>,
    /// The label's name, for `labeled` and `unlabeled`.
    pub label: Option<String>,
}
