//! The staging tables.

use super::Repository;
use super::rows::{IssueAssignee, IssueCurrent, IssueLabel, SyncState};

/// One row per issue and pull request.
pub fn issue_current(repository: &Repository) -> Vec<IssueCurrent> {
    let mut rows = Vec::new();
    for issue in &repository.issues {
        rows.push(IssueCurrent {
            repository: repository.columns.clone(),
            issue_id: issue.id,
            issue_node_id: issue.node_id.clone(),
            issue_number: issue.number,
            title: issue.title.clone(),
            state: issue.state.clone(),
            state_reason: issue.state_reason.clone(),
            is_locked: issue.is_locked,
            active_lock_reason: issue.active_lock_reason.clone(),
            created_at: issue.created_at,
            updated_at: issue.updated_at,
            closed_at: issue.closed_at,
            html_url: issue.html_url.clone(),
            author_association: issue.author_association.clone(),
            comment_count: issue.comment_count,
            is_pull_request: issue.is_pull_request,
            author_login: issue.author_login.clone(),
            author_id: issue.author_id,
            author_type: issue.author_type.clone(),
            assignee_count: issue.assignees.len() as i64,
            milestone_title: issue.milestone_title.clone(),
            closed_by_login: issue.closed_by_login.clone(),
        });
    }
    rows
}

/// One row per issue and label id.
pub fn issue_labels(repository: &Repository) -> Vec<IssueLabel> {
    let mut rows = Vec::new();
    for issue in &repository.issues {
        for label in &issue.labels {
            rows.push(IssueLabel {
                repository: repository.columns.clone(),
                issue_id: issue.id,
                issue_number: issue.number,
                label_id: label.id,
                label_name: label.name.clone(),
                label_description: label.description.clone(),
                label_color: label.color.clone(),
                label_is_default: label.is_default,
            });
        }
    }
    rows
}

/// One row per issue and assignee.
pub fn issue_assignees(repository: &Repository) -> Vec<IssueAssignee> {
    let mut rows = Vec::new();
    for issue in &repository.issues {
        for assignee in &issue.assignees {
            rows.push(IssueAssignee {
                repository: repository.columns.clone(),
                issue_id: issue.id,
                issue_number: issue.number,
                assignee_login: assignee.login.clone(),
                assignee_id: assignee.id,
                assignee_type: assignee.kind.clone(),
            });
        }
    }
    rows
}

/// One row per repository: the watermark is the greatest `updated_at`, null in an empty repository.
pub fn sync_state(repository: &Repository) -> Vec<SyncState> {
    vec![SyncState {
        repository: repository.columns.clone(),
        endpoint_name: "issues".to_owned(),
        last_successful_watermark_updated_at: repository.issues.iter().map(|issue| issue.updated_at).max(),
    }]
}
