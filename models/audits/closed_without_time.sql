-- Of every closed issue GitHub gives the time; without it the issue is left out of ages and daily flow.
/*
pipeline = "issues"
severity = "warning"
scope = "repository"
*/
SELECT repo_id, issue_number, updated_at
FROM mart_issue_lifecycle
WHERE closed_at_source = 'updated_at'
