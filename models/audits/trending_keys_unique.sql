-- No two rows of a table of trending have the same key.
/*
pipeline = "trending"
severity = "error"
scope = "repository"
*/
WITH keys AS (
  SELECT repo_id, 'stg_repos_validated' AS name, repo_id AS id FROM stg_repos_validated
  UNION ALL
  SELECT repo_id, 'stg_render_enrichment' AS name, repo_id AS id FROM stg_render_enrichment
  UNION ALL
  SELECT repo_id, 'stg_render_services' AS name, position AS id FROM stg_render_services
  UNION ALL
  SELECT repo_id, 'dim_repositories' AS name, repo_key AS id FROM dim_repositories
),
counts AS (SELECT repo_id, name, id, count(*) AS row_count FROM keys GROUP BY repo_id, name, id),
-- Rows of these are sorted by their keys, so that equal ones are neighbours.
neighbours AS (
  SELECT repo_id, 'fact_repo_snapshots' AS name, snapshot_id AS id,
    lag_within(snapshot_id, repo_id, snapshot_date) OVER (ORDER BY repo_id, snapshot_date) AS id_before
  FROM fact_repo_snapshots
  UNION ALL
  SELECT repo_id, 'fact_render_usage' AS name, usage_id AS id,
    lag_within(usage_id, repo_id, snapshot_date, service_key) OVER (ORDER BY repo_id, snapshot_date, service_key)
      AS id_before
  FROM fact_render_usage
),
doubles AS (
  SELECT repo_id, name, id FROM counts WHERE row_count > 1
  UNION ALL
  SELECT repo_id, name, id FROM neighbours WHERE id_before IS NOT NULL
)
SELECT repo_id, name, id
FROM doubles
