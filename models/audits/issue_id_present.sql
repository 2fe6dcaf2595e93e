-- Every issue has an id.
/*
pipeline = "issues"
severity = "error"
scope = "repository"
*/
SELECT repo_id, issue_number
FROM stg_issue_current
WHERE issue_id IS NULL
