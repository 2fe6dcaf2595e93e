-- The lifecycle holds as many issues as the staging table, pull requests left out.
/*
pipeline = "issues"
severity = "error"
scope = "repository"
*/
WITH counts AS (
  SELECT repo_id, 1 AS staged, 0 AS in_lifecycle FROM stg_issue_current WHERE is_pull_request IS NOT TRUE
  UNION ALL
  SELECT repo_id, 0 AS staged, 1 AS in_lifecycle FROM mart_issue_lifecycle
)
SELECT repo_id, sum(staged) AS staged, sum(in_lifecycle) AS in_lifecycle
FROM counts
GROUP BY repo_id
HAVING sum(staged) <> sum(in_lifecycle)
