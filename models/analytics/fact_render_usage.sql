-- A kind of service that a Render repository's render.yaml asks for on a day on which the repository was seen.
/*
kind = "merge"
pipeline = "trending"
grain = ["repo_id", "snapshot_date", "service_key"]
key = ["repo_id", "snapshot_date"]
changes = "stg_usage_changes"
by_month = "snapshot_date"
previous_days = 0
*/
WITH usages AS (
  SELECT changed.repo_id, changed.snapshot_date, kind.service_key, count(*) AS service_count
  FROM stg_usage_changes changed
  JOIN stg_render_state_services service
    ON service.repo_id = changed.repo_id AND service.source_run_seq = changed.source_run_seq
  JOIN dim_render_services kind ON kind.service_type = service.service_type
  GROUP BY changed.repo_id, changed.snapshot_date, kind.service_key
)
SELECT
  CAST(usage.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(usage.repo_id * 10000000 + CAST(usage.snapshot_date AS INT) * 100 + usage.service_key AS BIGINT) AS usage_id, -- repo_id * 10000000 + days since 1970-01-01 * 100 + service_key
  CAST(snapshot.repo_key AS BIGINT) AS repo_key, -- version of the repository that held when it was seen
  CAST(usage.service_key AS BIGINT) AS service_key, -- kind of service in dim_render_services
  CAST(usage.snapshot_date AS DATE) AS snapshot_date, -- day, UTC
  CAST(usage.service_count AS BIGINT) AS service_count, -- instances of the kind in all scopes
  CAST(state.complexity AS BIGINT) AS complexity_score, -- complexity of the whole render.yaml, 0 to 10
  CAST(state.has_blueprint_button AS BOOLEAN) AS has_blueprint, -- whether the README links to a deployment on Render
  CAST(changed.source_run_seq AS BIGINT) AS source_run_seq -- sequence number of the run that saw it
FROM usages usage
JOIN stg_usage_changes changed
  ON changed.repo_id = usage.repo_id AND changed.snapshot_date = usage.snapshot_date
JOIN stg_render_states state ON state.repo_id = changed.repo_id AND state.source_run_seq = changed.source_run_seq
JOIN stg_snapshot_changes snapshot
  ON snapshot.repo_id = usage.repo_id AND snapshot.snapshot_date = usage.snapshot_date
WHERE state.is_render
