-- The sync state names the newest complete run and its end.
/*
pipeline = "issues"
severity = "error"
scope = "repository"
*/
WITH newest_run AS (
  SELECT repo_id, run_id, finished_at FROM completed_runs
  WHERE stream = 'issues'
  QUALIFY row_number() OVER (PARTITION BY repo_id ORDER BY run_seq DESC) = 1
)
SELECT newest_run.repo_id, newest_run.run_id, newest_run.finished_at, state.last_successful_bronze_run_id,
  state.last_successful_run_finished_at
FROM newest_run
LEFT JOIN stg_sync_state state ON state.repo_id = newest_run.repo_id
WHERE (state.last_successful_bronze_run_id IS DISTINCT FROM newest_run.run_id)
  OR (state.last_successful_run_finished_at IS DISTINCT FROM newest_run.finished_at)
