-- At the end of the last day as many are open as GitHub says, but for those that left.
/*
pipeline = "issues"
severity = "error"
scope = "repository"
*/
WITH counts AS (
  SELECT repo_id, is_pull_request, 1 AS open_issues, 0 AS open_at_end FROM stg_issue_current WHERE state = 'open'
  UNION ALL
  SELECT departure.repo_id, is_pull_request, -1 AS open_issues, 0 AS open_at_end
  FROM stg_issue_departures departure
  JOIN stg_issue_current issue
    ON issue.repo_id = departure.repo_id AND issue.issue_number = departure.issue_number
  WHERE issue.state = 'open'
  UNION ALL
  SELECT repo_id, false AS is_pull_request, 0 AS open_issues, open_at_end FROM mart_issue_backlog_daily
  WHERE calendar_date = last_event_date
  UNION ALL
  SELECT repo_id, true AS is_pull_request, 0 AS open_issues, open_at_end FROM mart_pull_request_backlog_daily
  WHERE calendar_date = last_event_date
)
SELECT repo_id, is_pull_request, sum(open_issues) AS open_issues, sum(open_at_end) AS open_at_end
FROM counts
GROUP BY repo_id, is_pull_request
HAVING sum(open_issues) <> sum(open_at_end)
