//! The parts of an issue's payload that become columns.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::Deserialize;

/// An issue or a pull request as `GET /repos/{owner}/{repo}/issues` gives it.
#[derive(Deserialize)]
pub(super) struct Issue<'a> {
    pub(super) id: i64,
    pub(super) node_id: Option<Cow<'a, str>>,
    pub(super) number: i64,
    #[serde(borrow)]
    pub(super) title: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) state: Cow<'a, str>,
    pub(super) state_reason: Option<Cow<'a, str>>,
    #[serde(default)]
    pub(super) locked: bool,
    pub(super) active_lock_reason: Option<Cow<'a, str>>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
    pub(super) closed_at: Option<DateTime<Utc>>,
    #[serde(borrow)]
    pub(super) html_url: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) url: Cow<'a, str>,
    pub(super) comments_url: Option<Cow<'a, str>>,
    pub(super) events_url: Option<Cow<'a, str>>,
    pub(super) author_association: Option<Cow<'a, str>>,
    pub(super) comments: i64,
    pub(super) user: Option<User<'a>>,
    pub(super) closed_by: Option<User<'a>>,
    pub(super) milestone: Option<Milestone<'a>>,
    pub(super) performed_via_github_app: Option<App<'a>>,
    pub(super) pull_request: Option<PullRequest<'a>>,
    #[serde(default)]
    pub(super) labels: Vec<Label<'a>>,
    #[serde(default)]
    pub(super) assignees: Vec<User<'a>>,
}

#[derive(Deserialize)]
pub(super) struct User<'a> {
    pub(super) login: Option<Cow<'a, str>>,
    pub(super) id: Option<i64>,
    #[serde(rename = "type")]
    pub(super) kind: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
pub(super) struct Milestone<'a> {
    #[serde(borrow)]
    pub(super) title: Cow<'a, str>,
}

#[derive(Deserialize)]
pub(super) struct App<'a> {
    pub(super) name: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
pub(super) struct PullRequest<'a> {
    pub(super) url: Option<Cow<'a, str>>,
    pub(super) html_url: Option<Cow<'a, str>>,
    pub(super) merged_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
pub(super) struct Label<'a> {
    pub(super) id: Option<i64>,
    pub(super) name: Option<Cow<'a, str>>,
    pub(super) description: Option<Cow<'a, str>>,
    pub(super) color: Option<Cow<'a, str>>,
    #[serde(rename = "default")]
    pub(super) is_default: Option<bool>,
}
