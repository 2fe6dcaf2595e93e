SELECT usage_id, repo_key, service_key, snapshot_date, service_count, complexity_score,
  coalesce(has_blueprint, false) AS has_blueprint, repo_id, coalesce(source_run_seq, 0) AS source_run_seq
FROM fact_render_usage
