SELECT repo_id, repo_full_name, render_category, render_services,
  coalesce(has_blueprint_button, false) AS has_blueprint_button, render_complexity_score, deploy_button_url,
  service_count, loaded_at, blueprint_quality_score, documentation_score, parse_error, error_line, error_column,
  coalesce(is_render, false) AS is_render, warning_count
FROM stg_render_enrichment
