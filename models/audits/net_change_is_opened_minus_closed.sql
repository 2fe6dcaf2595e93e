-- On every day the net change is opened minus closed.
/*
pipeline = "issues"
severity = "error"
scope = "repository"
*/
SELECT repo_id, calendar_date, opened_count, closed_count, net_change
FROM mart_issue_daily_flow
WHERE net_change IS DISTINCT FROM opened_count - closed_count
