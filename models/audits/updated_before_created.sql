-- No issue was updated before it was opened.
/*
pipeline = "issues"
severity = "error"
scope = "repository"
*/
SELECT repo_id, issue_number, created_at, updated_at
FROM stg_issue_current
WHERE updated_at < created_at
