//! What came of a file.

use crate::blueprint;

/// Bytes of a file that is read, at most.
pub(super) const MOST_BYTES: i64 = blueprint::MOST_BYTES as i64;

/// What asking for a file came to.
pub(super) enum Content {
    Text {
        sha: String,
        size: i64,
        text: String,
    },
    TooLarge,
    /// It is not UTF-8.
    NoText {
        sha: String,
        size: i64,
    },
    /// It is not there, and need not be.
    Missing,
    /// It could not be had, in words.
    Failed(String),
}

impl Content {
    pub(super) fn sha(&self) -> Option<&str> {
        match self {
            Self::Text { sha, .. } | Self::NoText { sha, .. } => Some(sha),
            _ => None,
        }
    }

    pub(super) fn size(&self) -> Option<i64> {
        match self {
            Self::Text { size, .. } | Self::NoText { size, .. } => Some(*size),
            _ => None,
        }
    }
}
