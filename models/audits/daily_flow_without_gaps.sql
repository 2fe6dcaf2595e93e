-- The daily flow has one row for each day from its first to its last.
/*
pipeline = "issues"
severity = "error"
scope = "repository"
*/
SELECT repo_id, min(calendar_date) AS first_day, max(calendar_date) AS last_day, count(*) AS row_count
FROM mart_issue_daily_flow
GROUP BY repo_id
HAVING count(*) <> CAST(max(calendar_date) AS INT) - CAST(min(calendar_date) AS INT) + 1
  OR count(*) <> count(DISTINCT calendar_date)
