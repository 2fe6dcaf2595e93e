-- The daily flow opens and closes as many issues as the lifecycle holds.
/*
pipeline = "issues"
severity = "error"
scope = "repository"
*/
WITH counts AS (
  SELECT repo_id, 1 AS opened, CASE WHEN closed_at_source = 'github' THEN 1 ELSE 0 END AS closed,
    0 AS flow_opened, 0 AS flow_closed
  FROM mart_issue_lifecycle
  UNION ALL
  SELECT repo_id, 0 AS opened, 0 AS closed, opened_count AS flow_opened, closed_count AS flow_closed
  FROM mart_issue_daily_flow
)
SELECT repo_id, sum(opened) AS opened, sum(flow_opened) AS flow_opened, sum(closed) AS closed,
  sum(flow_closed) AS flow_closed
FROM counts
GROUP BY repo_id
HAVING sum(opened) <> sum(flow_opened) OR sum(closed) <> sum(flow_closed)
