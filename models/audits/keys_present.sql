-- No column that identifies or dates a row is null.
/*
pipeline = "issues"
severity = "error"
scope = "repository"
*/
WITH keys AS (
  SELECT repo_id, 'stg_issue_current' AS name,
    issue_number IS NULL OR created_at IS NULL OR updated_at IS NULL OR repo_owner IS NULL OR repo_name IS NULL OR is_pull_request IS NULL AS is_broken
  FROM stg_issue_current
  UNION ALL
  SELECT repo_id, 'stg_issue_labels' AS name,
    issue_id IS NULL OR label_id IS NULL AS is_broken
  FROM stg_issue_labels
  UNION ALL
  SELECT repo_id, 'stg_issue_assignees' AS name,
    issue_id IS NULL OR assignee_login IS NULL AS is_broken
  FROM stg_issue_assignees
  UNION ALL
  SELECT repo_id, 'mart_issue_lifecycle' AS name,
    issue_id IS NULL OR created_date IS NULL AS is_broken
  FROM mart_issue_lifecycle
  UNION ALL
  SELECT repo_id, 'mart_issue_daily_flow' AS name,
    calendar_date IS NULL AS is_broken
  FROM mart_issue_daily_flow
  UNION ALL
  SELECT repo_id, 'mart_issue_closure_age_monthly' AS name,
    year_month IS NULL AS is_broken
  FROM mart_issue_closure_age_monthly
  UNION ALL
  SELECT repo_id, 'stg_issue_departures' AS name,
    issue_number IS NULL OR left_at IS NULL OR reason IS NULL AS is_broken
  FROM stg_issue_departures
  UNION ALL
  SELECT repo_id, 'stg_issue_state_intervals' AS name,
    issue_id IS NULL OR issue_number IS NULL OR is_pull_request IS NULL OR valid_from IS NULL AS is_broken
  FROM stg_issue_state_intervals
  UNION ALL
  SELECT repo_id, 'stg_issue_label_intervals' AS name,
    issue_id IS NULL OR issue_number IS NULL OR is_pull_request IS NULL OR label_name IS NULL
      OR valid_from IS NULL AS is_broken
  FROM stg_issue_label_intervals
  UNION ALL
  SELECT repo_id, 'stg_repository_names' AS name,
    full_name IS NULL OR valid_from IS NULL AS is_broken
  FROM stg_repository_names
  UNION ALL
  SELECT repo_id, 'mart_pull_request_lifecycle' AS name,
    issue_id IS NULL OR created_date IS NULL AS is_broken
  FROM mart_pull_request_lifecycle
  UNION ALL
  SELECT repo_id, 'mart_issue_backlog_daily' AS name,
    calendar_date IS NULL AS is_broken
  FROM mart_issue_backlog_daily
  UNION ALL
  SELECT repo_id, 'mart_pull_request_backlog_daily' AS name,
    calendar_date IS NULL AS is_broken
  FROM mart_pull_request_backlog_daily
  UNION ALL
  SELECT repo_id, 'mart_issue_backlog_by_label_daily' AS name,
    calendar_date IS NULL OR label_group IS NULL AS is_broken
  FROM mart_issue_backlog_by_label_daily
)
SELECT repo_id, name
FROM keys
WHERE is_broken OR repo_id IS NULL
