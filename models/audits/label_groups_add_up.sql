-- On every day what came and went in the label groups is what came and went in the backlog.
/*
pipeline = "issues"
severity = "error"
scope = "repository"
*/
WITH counts AS (
  SELECT repo_id, calendar_date, opened_count AS opened, reopened_count AS reopened, closed_count AS closed,
    left_count AS gone, 0 AS regrouped
  FROM mart_issue_backlog_daily
  UNION ALL
  SELECT repo_id, calendar_date, -opened_count AS opened, -reopened_count AS reopened, -closed_count AS closed,
    -left_count AS gone, grouped_in_count - grouped_out_count AS regrouped
  FROM mart_issue_backlog_by_label_daily
)
SELECT repo_id, calendar_date, sum(opened) AS opened, sum(reopened) AS reopened, sum(closed) AS closed,
  sum(gone) AS gone, sum(regrouped) AS regrouped
FROM counts
GROUP BY repo_id, calendar_date
HAVING sum(opened) <> 0 OR sum(reopened) <> 0 OR sum(closed) <> 0 OR sum(gone) <> 0 OR sum(regrouped) <> 0
