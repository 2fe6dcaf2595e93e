-- Every issue is open or closed.
/*
pipeline = "issues"
severity = "error"
scope = "repository"
*/
SELECT repo_id, issue_number, state
FROM stg_issue_current
WHERE state IS NULL OR state NOT IN ('open', 'closed')
