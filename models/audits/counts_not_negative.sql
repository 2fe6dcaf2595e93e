-- No count is below zero.
/*
pipeline = "issues"
severity = "error"
scope = "repository"
*/
WITH counts AS (
  SELECT repo_id, 'comment_count' AS name, comment_count AS value FROM stg_issue_current
  UNION ALL
  SELECT repo_id, 'assignee_count' AS name, assignee_count AS value FROM stg_issue_current
  UNION ALL
  SELECT repo_id, 'opened_count' AS name, opened_count AS value FROM mart_issue_daily_flow
  UNION ALL
  SELECT repo_id, 'closed_count' AS name, closed_count AS value FROM mart_issue_daily_flow
  UNION ALL
  SELECT repo_id, 'rolling_7d_opened' AS name, rolling_7d_opened AS value FROM mart_issue_daily_flow
  UNION ALL
  SELECT repo_id, 'rolling_7d_closed' AS name, rolling_7d_closed AS value FROM mart_issue_daily_flow
  UNION ALL
  SELECT repo_id, 'closed_issue_count' AS name, closed_issue_count AS value FROM mart_issue_closure_age_monthly
  UNION ALL
  SELECT repo_id, 'issue_count' AS name, issue_count AS value FROM mart_issue_weekday_rhythm
  UNION ALL
  SELECT repo_id, 'mart_issue_backlog_daily' AS name, least(opened_count, reopened_count, closed_count, left_count,
    open_at_end, rolling_7d_opened, rolling_7d_closed) AS value
  FROM mart_issue_backlog_daily
  UNION ALL
  SELECT repo_id, 'mart_pull_request_backlog_daily' AS name, least(opened_count, reopened_count, closed_count,
    merged_count, left_count, open_at_end, rolling_7d_opened, rolling_7d_closed) AS value
  FROM mart_pull_request_backlog_daily
  UNION ALL
  SELECT repo_id, 'mart_issue_backlog_by_label_daily' AS name, least(opened_count, reopened_count, closed_count,
    left_count, grouped_in_count, grouped_out_count, open_at_end) AS value
  FROM mart_issue_backlog_by_label_daily
)
SELECT repo_id, name, value
FROM counts
WHERE value < 0
