//! What happened to an issue, kept compactly.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

/// One entry of an issue's timeline.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) id: u64,
    pub(crate) at: i64,
    /// Index into the world's users, or [`NOBODY`].
    pub(crate) actor: u32,
    pub(crate) kind: EventKind,
    /// For label events: the label's name. For `renamed`: the object `{"from", "to"}`.
    pub(crate) detail: Option<Cow<'static, str>>,
    /// A recorded event's own JSON, users replaced by `{"$user":index}`; such an event is served from it.
    pub(crate) stored: Option<Box<str>>,
}

impl Event {
    /// The label that came or went.
    pub(crate) fn label(&self) -> Option<&str> {
        let is_of_label = matches!(self.kind, EventKind::Labeled | EventKind::Unlabeled);
        self.detail.as_deref().filter(|_| is_of_label)
    }
}

/// The actor of an event whose account is gone.
pub(crate) const NOBODY: u32 = u32::MAX;

macro_rules! event_kinds {
    ($($variant:ident $name:literal,)*) => {
        /// The kinds of events; the names are GitHub's.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum EventKind {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
            /// Any other kind.
            Other,
        }

        impl EventKind {
            /// GitHub's name of this kind; `other` for kinds without a name here.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Other => "other",
                }
            }

            pub(crate) fn from_name(name: &str) -> Self {
                match name {
                    $($name => Self::$variant,)*
                    _ => Self::Other,
                }
            }
        }
    };
}

event_kinds! {
    Assigned "assigned",
    Closed "closed",
    Commented "commented",
    CommitCommented "commit-commented",
    Committed "committed",
    ConvertedToDiscussion "converted_to_discussion",
    CrossReferenced "cross-referenced",
    Demilestoned "demilestoned",
    Labeled "labeled",
    LineCommented "line-commented",
    Locked "locked",
    Mentioned "mentioned",
    Merged "merged",
    Milestoned "milestoned",
    ReadyForReview "ready_for_review",
    Referenced "referenced",
    Renamed "renamed",
    Reopened "reopened",
    Reviewed "reviewed",
    Subscribed "subscribed",
    Transferred "transferred",
    Unassigned "unassigned",
    Unlabeled "unlabeled",
    Unlocked "unlocked",
}

impl EventKind {
    /// Whether the kind changes the state, labels, people, title or place.
    pub fn is_state_event(self) -> bool {
        matches!(
            self,
            Self::Assigned
                | Self::Closed
                | Self::ConvertedToDiscussion
                | Self::Demilestoned
                | Self::Labeled
                | Self::Locked
                | Self::Merged
                | Self::Milestoned
                | Self::Renamed
                | Self::Reopened
                | Self::Transferred
                | Self::Unassigned
                | Self::Unlabeled
                | Self::Unlocked
        )
    }

    /// Whether GitHub lists the kind only in timelines, not among issue events.
    pub(crate) fn is_timeline_only(self) -> bool {
        matches!(
            self,
            Self::Commented
                | Self::CommitCommented
                | Self::Committed
                | Self::CrossReferenced
                | Self::LineCommented
                | Self::Reviewed
        )
    }
}

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
