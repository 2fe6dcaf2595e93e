-- How far a repository's issues have been collected.
/*
kind = "incremental"
pipeline = "issues"
grain = ["repo_id", "endpoint_name"]
*/
WITH newest_update AS (
  SELECT repo_id, max(updated_at) AS updated_at FROM stg_issue_current GROUP BY repo_id
),
newest_run AS (
  SELECT repo_id, run_id, finished_at FROM completed_runs
  WHERE stream = 'issues'
  QUALIFY row_number() OVER (PARTITION BY repo_id ORDER BY run_seq DESC) = 1
)
SELECT
  CAST(repository.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(repository.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(repository.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(repository.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST('issues' AS VARCHAR) AS endpoint_name, -- what is collected
  CAST(newest_update.updated_at AS TIMESTAMPTZ(6)) AS last_successful_watermark_updated_at, -- greatest updated_at of the repository's issues, null without one
  CAST(coalesce(newest_run.finished_at, earlier.last_successful_run_finished_at) AS TIMESTAMPTZ(6)) AS last_successful_run_finished_at, -- when the newest complete run finished
  CAST(coalesce(newest_run.run_id, earlier.last_successful_bronze_run_id) AS VARCHAR) AS last_successful_bronze_run_id -- the newest complete run
FROM repositories repository
LEFT JOIN newest_update ON newest_update.repo_id = repository.repo_id
LEFT JOIN newest_run ON newest_run.repo_id = repository.repo_id
LEFT JOIN previous.stg_sync_state earlier ON earlier.repo_id = repository.repo_id
