-- No issue was closed before it was opened; by up to an hour GitHub itself says so of some.
/*
pipeline = "issues"
severity = "warning"
scope = "repository"
*/
SELECT repo_id, issue_number, created_at, closed_at
FROM stg_issue_current
WHERE closed_at < created_at AND closed_at >= created_at - INTERVAL '1 hour'
