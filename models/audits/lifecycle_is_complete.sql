-- The lifecycles hold as many issues and as many pull requests as the staging table.
/*
pipeline = "issues"
severity = "error"
scope = "repository"
*/
WITH counts AS (
  SELECT repo_id, 'issue' AS kind, 1 AS staged, 0 AS in_lifecycle FROM stg_issue_current
  WHERE is_pull_request IS NOT TRUE
  UNION ALL
  SELECT repo_id, 'pull request' AS kind, 1 AS staged, 0 AS in_lifecycle FROM stg_issue_current WHERE is_pull_request
  UNION ALL
  SELECT repo_id, 'issue' AS kind, 0 AS staged, 1 AS in_lifecycle FROM mart_issue_lifecycle
  UNION ALL
  SELECT repo_id, 'pull request' AS kind, 0 AS staged, 1 AS in_lifecycle FROM mart_pull_request_lifecycle
)
SELECT repo_id, kind, sum(staged) AS staged, sum(in_lifecycle) AS in_lifecycle
FROM counts
GROUP BY repo_id, kind
HAVING sum(staged) <> sum(in_lifecycle)
