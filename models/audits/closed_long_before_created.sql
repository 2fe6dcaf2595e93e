-- No issue was closed more than an hour before it was opened.
/*
pipeline = "issues"
severity = "error"
scope = "repository"
*/
SELECT repo_id, issue_number, created_at, closed_at
FROM stg_issue_current
WHERE closed_at < created_at - INTERVAL '1 hour'
