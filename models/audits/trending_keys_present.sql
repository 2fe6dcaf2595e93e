-- No column that identifies or dates a row of trending is null.
/*
pipeline = "trending"
severity = "error"
scope = "repository"
*/
WITH keys AS (
  SELECT repo_id, 'stg_repos_validated' AS name,
    repo_full_name IS NULL OR repo_url IS NULL OR stars IS NULL OR created_at IS NULL OR updated_at IS NULL
      OR is_render IS NULL OR language_key IS NULL OR shown_language IS NULL AS is_broken
  FROM stg_repos_validated
  UNION ALL
  SELECT repo_id, 'stg_repo_files' AS name, role IS NULL OR path IS NULL OR blob_sha IS NULL AS is_broken
  FROM stg_repo_files
  UNION ALL
  SELECT repo_id, 'stg_readmes' AS name,
    readme_sha256 IS NULL OR first_seen_on IS NULL OR first_seen_at IS NULL AS is_broken
  FROM stg_readmes
  UNION ALL
  SELECT repo_id, 'stg_render_enrichment' AS name,
    is_render IS NULL OR has_blueprint_button IS NULL OR (render_category IS NULL AND is_render) AS is_broken
  FROM stg_render_enrichment
  UNION ALL
  SELECT repo_id, 'stg_render_services' AS name, position IS NULL OR blob_sha IS NULL AS is_broken
  FROM stg_render_services
  UNION ALL
  SELECT repo_id, 'dim_repositories' AS name,
    repo_key IS NULL OR repo_full_name IS NULL OR language_key IS NULL OR valid_from IS NULL OR is_current IS NULL
      OR created_at IS NULL AS is_broken
  FROM dim_repositories
  UNION ALL
  SELECT repo_id, 'fact_repo_snapshots' AS name,
    snapshot_id IS NULL OR repo_key IS NULL OR language_key IS NULL OR snapshot_date IS NULL OR seen_at IS NULL
      OR stars IS NULL OR momentum_score IS NULL OR rank_overall IS NULL OR rank_in_language IS NULL AS is_broken
  FROM fact_repo_snapshots
  UNION ALL
  SELECT repo_id, 'fact_render_usage' AS name,
    usage_id IS NULL OR repo_key IS NULL OR service_key IS NULL OR snapshot_date IS NULL OR service_count IS NULL
      AS is_broken
  FROM fact_render_usage
)
SELECT repo_id, name
FROM keys
WHERE is_broken OR repo_id IS NULL
