-- No pull request counts as an issue.
/*
pipeline = "issues"
severity = "error"
scope = "repository"
*/
SELECT lifecycle.repo_id, lifecycle.issue_number
FROM mart_issue_lifecycle lifecycle
JOIN stg_issue_current issue ON issue.repo_id = lifecycle.repo_id AND issue.issue_id = lifecycle.issue_id
WHERE issue.is_pull_request
