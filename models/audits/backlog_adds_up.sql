-- Every day follows on the day before, and what came less what went is how the backlog changed.
/*
pipeline = "issues"
severity = "error"
scope = "repository"
*/
WITH backlogs AS (
  SELECT repo_id, 'issues' AS name, calendar_date, opened_count + reopened_count - closed_count - left_count AS moved,
    net_change, open_at_end, last_event_date
  FROM mart_issue_backlog_daily
  UNION ALL
  SELECT repo_id, 'pull requests' AS name, calendar_date,
    opened_count + reopened_count - closed_count - left_count AS moved, net_change, open_at_end, last_event_date
  FROM mart_pull_request_backlog_daily
),
followed AS (
  SELECT *, lag_within(calendar_date, repo_id, name) OVER line AS date_before,
    lag_within(open_at_end, repo_id, name) OVER line AS open_before,
    lag_within(last_event_date, repo_id, name) OVER line AS last_before
  FROM backlogs
  WINDOW line AS (ORDER BY repo_id, name, calendar_date)
)
SELECT repo_id, name, calendar_date, date_before, open_before, moved, net_change, open_at_end
FROM followed
WHERE (open_at_end - coalesce(open_before, 0) IS DISTINCT FROM moved) OR (net_change IS DISTINCT FROM moved)
  OR CAST(calendar_date AS INT) - CAST(date_before AS INT) <> 1 OR last_before <> last_event_date
