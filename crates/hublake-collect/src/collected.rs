//! What a run brought of each repository.

use hublake_github::Spent;

/// What a run brought of a repository.
#[derive(Clone, Debug)]
pub struct Collected {
    /// Numeric id.
    pub repo_id: i64,
    /// `owner/name` as last known before the run.
    pub full_name: String,
    /// What each stream took; the first is the one whose elements are counted in the result.
    pub spent: Vec<(&'static str, Spent)>,
    /// Whether vanished issues were looked for.
    pub is_swept: bool,
    /// What it came to.
    pub result: CollectedResult,
}

/// See [`Collected`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CollectedResult {
    /// Nothing new.
    Unchanged,
    /// New rows are in the lake, ready to be published.
    Changed {
        /// Answers.
        pages: i64,
        /// Elements.
        rows: i64,
        /// `full`, `resumed` or `incremental`; for traffic `daily`.
        mode: &'static str,
        /// The repository's name now, where it is another one.
        renamed_to: Option<String>,
    },
    /// The token lacks a right. That is noted with the repository and is no failure of the run.
    NotPermitted {
        /// The right, in words.
        missing_permission: String,
    },
    /// GitHub refused, or a limit stands in the way; the message has the next step.
    Failed {
        /// What failed, why, and what to do.
        message: String,
    },
}

impl CollectedResult {
    pub(crate) fn summary(&self) -> String {
        match self {
            Self::Unchanged => "unchanged".to_owned(),
            Self::Changed { pages, rows, mode: "daily", .. } => format!("{pages} answers, {rows} of them new"),
            Self::Changed { pages, rows, mode, .. } => format!("{mode}: {pages} pages, {rows} rows"),
            Self::NotPermitted { missing_permission } => format!("not permitted: needs {missing_permission}"),
            Self::Failed { message } => message.lines().next().unwrap_or_default().to_owned(),
        }
    }
}
