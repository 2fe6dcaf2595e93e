//! One plain struct per table: the field names are the column names, and as JSON they are what a query prints.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

/// The columns every stored table begins with.
#[derive(Clone, Debug, Serialize)]
pub struct RepositoryColumns {
    pub repo_id: i64,
    pub repo_full_name: String,
    pub repo_owner: String,
    pub repo_name: String,
}

impl RepositoryColumns {
    /// The columns of the repository with this numeric id and `owner/name`.
    pub fn new(id: i64, full_name: &str) -> Self {
        let (owner, name) = full_name.split_once('/').unwrap_or_else(|| panic!("{full_name} is not owner/name"));
        Self {
            repo_id: id,
            repo_full_name: full_name.to_owned(),
            repo_owner: owner.to_owned(),
            repo_name: name.to_owned(),
        }
    }
}

/// A row of `stg_issue_current`.
#[derive(Clone, Debug, Serialize)]
pub struct IssueCurrent {
    #[serde(flatten)]
    pub repository: RepositoryColumns,
    pub issue_id: i64,
    pub issue_node_id: String,
    pub issue_number: i64,
    pub title: String,
    pub state: String,
    pub state_reason: Option<String>,
    pub is_locked: bool,
    pub active_lock_reason: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    pub html_url: String,
    pub author_association: Option<String>,
    pub comment_count: i64,
    pub is_pull_request: bool,
    pub author_login: Option<String>,
    pub author_id: Option<i64>,
    pub author_type: Option<String>,
    pub assignee_count: i64,
    pub milestone_title: Option<String>,
    pub closed_by_login: Option<String>,
}

/// A row of `stg_issue_labels`.
#[derive(Clone, Debug, Serialize)]
pub struct IssueLabel {
    #[serde(flatten)]
    pub repository: RepositoryColumns,
    pub issue_id: i64,
    pub issue_number: i64,
    pub label_id: i64,
    pub label_name: String,
    pub label_description: Option<String>,
    pub label_color: String,
    pub label_is_default: bool,
}

/// A row of `stg_issue_assignees`.
#[derive(Clone, Debug, Serialize)]
pub struct IssueAssignee {
    #[serde(flatten)]
    pub repository: RepositoryColumns,
    pub issue_id: i64,
    pub issue_number: i64,
    pub assignee_login: String,
    pub assignee_id: Option<i64>,
    pub assignee_type: Option<String>,
}

/// A row of `stg_sync_state`.
#[derive(Clone, Debug, Serialize)]
pub struct SyncState {
    #[serde(flatten)]
    pub repository: RepositoryColumns,
    pub endpoint_name: String,
    pub last_successful_watermark_updated_at: Option<DateTime<Utc>>,
}

/// A row of `mart_issue_lifecycle`.
#[derive(Clone, Debug, Serialize)]
pub struct IssueLifecycle {
    #[serde(flatten)]
    pub repository: RepositoryColumns,
    pub issue_id: i64,
    pub issue_node_id: String,
    pub issue_number: i64,
    pub title: String,
    pub html_url: String,
    pub state: String,
    pub state_reason: Option<String>,
    pub created_at: DateTime<Utc>,
    pub created_date: NaiveDate,
    pub closed_at: Option<DateTime<Utc>>,
    pub closed_date: Option<NaiveDate>,
    pub closed_at_source: Option<String>,
    pub updated_at: DateTime<Utc>,
    pub is_open: bool,
    pub is_closed: bool,
    pub closure_age_days: Option<f64>,
    pub author_login: Option<String>,
    pub author_association: Option<String>,
    pub milestone_title: Option<String>,
    pub closed_by_login: Option<String>,
    pub comment_count: i64,
    pub label_names: Vec<String>,
    pub label_group: String,
    pub assignee_logins: Vec<String>,
}

/// A row of `mart_issue_daily_flow`.
#[derive(Clone, Debug, Serialize)]
pub struct DailyFlow {
    #[serde(flatten)]
    pub repository: RepositoryColumns,
    pub calendar_date: NaiveDate,
    pub opened_count: i64,
    pub closed_count: i64,
    pub net_change: i64,
    pub cumulative_net_change: i64,
    pub rolling_7d_opened: i64,
    pub rolling_7d_closed: i64,
    pub rolling_7d_net_change: i64,
}

/// A row of `mart_issue_closure_age_monthly`; shares are from 0 to 1.
#[derive(Clone, Debug, Serialize)]
pub struct ClosureAgeMonth {
    #[serde(flatten)]
    pub repository: RepositoryColumns,
    pub year_month: NaiveDate,
    pub closed_issue_count: i64,
    pub median_closure_age_days: f64,
    pub p90_closure_age_days: f64,
    pub share_closed_within_7d: f64,
    pub share_closed_after_90d: f64,
}

/// A row of `mart_issue_weekday_rhythm`; Monday is 0.
#[derive(Clone, Debug, Serialize)]
pub struct WeekdayRhythm {
    #[serde(flatten)]
    pub repository: RepositoryColumns,
    pub weekday_num: i64,
    pub weekday_name: String,
    pub event_type: String,
    pub issue_count: i64,
}

/// A row of `mart_issue_swing_days`.
#[derive(Clone, Debug, Serialize)]
pub struct SwingDay {
    #[serde(flatten)]
    pub repository: RepositoryColumns,
    pub calendar_date: NaiveDate,
    pub opened_count: i64,
    pub closed_count: i64,
    pub net_change: i64,
    pub swing_rank_positive: i64,
    pub swing_rank_negative: i64,
}

/// A row of `mart_issue_open_age`; ages are null where nothing is open.
#[derive(Clone, Debug, Serialize)]
pub struct OpenAge {
    #[serde(flatten)]
    pub repository: RepositoryColumns,
    pub open_count: i64,
    pub median_age_days: Option<f64>,
    pub p90_age_days: Option<f64>,
    pub oldest_age_days: Option<f64>,
    pub oldest_issue_number: Option<i64>,
    pub untouched_30d_count: i64,
    pub untouched_90d_count: i64,
    pub untouched_365d_count: i64,
}
