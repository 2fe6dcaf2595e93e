-- The sync state's watermark is the greatest updated_at of the repository's issues.
/*
pipeline = "issues"
severity = "error"
scope = "repository"
*/
WITH newest_update AS (
  SELECT repo_id, max(updated_at) AS updated_at FROM stg_issue_current GROUP BY repo_id
)
SELECT repository.repo_id, newest_update.updated_at, state.last_successful_watermark_updated_at
FROM repositories repository
LEFT JOIN newest_update ON newest_update.repo_id = repository.repo_id
LEFT JOIN stg_sync_state state ON state.repo_id = repository.repo_id
WHERE state.repo_id IS NULL
  OR state.last_successful_watermark_updated_at IS DISTINCT FROM newest_update.updated_at
