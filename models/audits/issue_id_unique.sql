-- No issue is there twice.
/*
pipeline = "issues"
severity = "error"
scope = "repository"
*/
SELECT repo_id, issue_id, count(*) AS row_count
FROM stg_issue_current
GROUP BY repo_id, issue_id
HAVING count(*) > 1
