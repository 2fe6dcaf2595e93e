-- Every change of a label group follows on the one before, and what came less what went is how its backlog changed.
/*
pipeline = "issues"
severity = "error"
scope = "repository"
*/
WITH changes AS (
  SELECT repo_id, label_group, calendar_date, open_at_end, next_change_date,
    opened_count + reopened_count + grouped_in_count - closed_count - left_count - grouped_out_count AS moved,
    lag_within(open_at_end, repo_id, label_group) OVER line AS open_before,
    lead_within(calendar_date, repo_id, label_group) OVER line AS following_date
  FROM mart_issue_backlog_by_label_daily
  WINDOW line AS (ORDER BY repo_id, label_group, calendar_date)
)
SELECT repo_id, label_group, calendar_date, open_before, moved, open_at_end, next_change_date, following_date
FROM changes
WHERE (open_at_end - coalesce(open_before, 0) IS DISTINCT FROM moved)
  OR (next_change_date IS DISTINCT FROM following_date)
