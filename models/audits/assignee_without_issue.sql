-- Every assignee belongs to an issue.
/*
pipeline = "issues"
severity = "error"
scope = "repository"
*/
SELECT assignee.repo_id, assignee.issue_id, assignee.assignee_login
FROM stg_issue_current issue
RIGHT ANTI JOIN stg_issue_assignees assignee ON assignee.repo_id = issue.repo_id AND assignee.issue_id = issue.issue_id
