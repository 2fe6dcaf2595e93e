-- Every change of a label group follows on the one before, and what came less what went is how its backlog changed.
/*
pipeline = "issues"
severity = "error"
scope = "repository"
*/
WITH changes AS (
  SELECT repo_id, label_group, calendar_date, open_at_end, next_change_date,
    opened_count + reopened_count + grouped_in_count - closed_count - left_count - grouped_out_count AS moved,
    lag(open_at_end) OVER backlog AS open_before, lead(calendar_date) OVER backlog AS following_date
  FROM mart_issue_backlog_by_label_daily
  WINDOW backlog AS (PARTITION BY repo_id, label_group ORDER BY calendar_date)
)
SELECT repo_id, label_group, calendar_date, open_before, moved, open_at_end, next_change_date, following_date
FROM changes
WHERE (open_at_end - coalesce(open_before, 0) IS DISTINCT FROM moved)
  OR (next_change_date IS DISTINCT FROM following_date)
