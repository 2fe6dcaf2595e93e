//! The kinds of events, under their names in both of GitHub's APIs.

macro_rules! event_kinds {
    ($($variant:ident $name:literal $item:expr,)*) => {
        /// The kinds of events; the names are GitHub's.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum EventKind {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
            /// Any other kind.
            Other,
        }

        impl EventKind {
            /// GitHub's name of this kind in REST; `other` for kinds without a name here.
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

            /// The GraphQL type of the timeline item; `None` for kinds that are served by REST only.
            pub(crate) fn timeline_item(self) -> Option<&'static str> {
                match self {
                    $(Self::$variant => $item,)*
                    Self::Other => None,
                }
            }
        }
    };
}

event_kinds! {
    Assigned "assigned" Some("AssignedEvent"),
    Closed "closed" Some("ClosedEvent"),
    CommentDeleted "comment_deleted" Some("CommentDeletedEvent"),
    Commented "commented" Some("IssueComment"),
    CommitCommented "commit-commented" None,
    Committed "committed" Some("PullRequestCommit"),
    Connected "connected" Some("ConnectedEvent"),
    ConvertToDraft "convert_to_draft" Some("ConvertToDraftEvent"),
    ConvertedToDiscussion "converted_to_discussion" Some("ConvertedToDiscussionEvent"),
    CrossReferenced "cross-referenced" Some("CrossReferencedEvent"),
    Demilestoned "demilestoned" Some("DemilestonedEvent"),
    HeadRefDeleted "head_ref_deleted" Some("HeadRefDeletedEvent"),
    HeadRefForcePushed "head_ref_force_pushed" Some("HeadRefForcePushedEvent"),
    HeadRefRestored "head_ref_restored" Some("HeadRefRestoredEvent"),
    Labeled "labeled" Some("LabeledEvent"),
    LineCommented "line-commented" None,
    Locked "locked" Some("LockedEvent"),
    MarkedAsDuplicate "marked_as_duplicate" Some("MarkedAsDuplicateEvent"),
    Mentioned "mentioned" Some("MentionedEvent"),
    Merged "merged" Some("MergedEvent"),
    Milestoned "milestoned" Some("MilestonedEvent"),
    ReadyForReview "ready_for_review" Some("ReadyForReviewEvent"),
    Referenced "referenced" Some("ReferencedEvent"),
    Renamed "renamed" Some("RenamedTitleEvent"),
    Reopened "reopened" Some("ReopenedEvent"),
    ReviewDismissed "review_dismissed" Some("ReviewDismissedEvent"),
    ReviewRequestRemoved "review_request_removed" Some("ReviewRequestRemovedEvent"),
    ReviewRequested "review_requested" Some("ReviewRequestedEvent"),
    Reviewed "reviewed" Some("PullRequestReview"),
    Subscribed "subscribed" Some("SubscribedEvent"),
    Transferred "transferred" Some("TransferredEvent"),
    Unassigned "unassigned" Some("UnassignedEvent"),
    Unlabeled "unlabeled" Some("UnlabeledEvent"),
    Unlocked "unlocked" Some("UnlockedEvent"),
    Unsubscribed "unsubscribed" Some("UnsubscribedEvent"),
    UserBlocked "user_blocked" Some("UserBlockedEvent"),
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
