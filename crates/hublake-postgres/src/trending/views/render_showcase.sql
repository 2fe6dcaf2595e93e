-- A repository of the Render ecosystem that was seen on the newest day, by momentum.
SELECT version.repo_full_name, version.repo_url, version.language, version.description, version.readme_content,
       version.render_category, snapshot.stars, snapshot.star_velocity, snapshot.activity_score,
       snapshot.momentum_score, snapshot.rank_overall, snapshot.rank_in_language, snapshot.snapshot_date,
       snapshot.snapshot_date AS last_updated,
       enrichment.render_services, enrichment.service_count, enrichment.render_complexity_score,
       COALESCE(enrichment.has_blueprint_button, false) AS has_blueprint_button, enrichment.deploy_button_url,
       version.repo_id, version.repo_language, snapshot.forks, snapshot.age_days, snapshot.seen_at,
       enrichment.blueprint_quality_score, enrichment.documentation_score, enrichment.parse_error
FROM fact_repo_snapshots AS snapshot
JOIN dim_repositories AS version ON version.repo_id = snapshot.repo_id AND version.is_current
LEFT JOIN stg_render_enrichment AS enrichment ON enrichment.repo_id = version.repo_id
WHERE version.is_render
  AND snapshot.snapshot_date = (SELECT snapshot_date FROM fact_repo_snapshots ORDER BY source_run_seq DESC LIMIT 1)
ORDER BY snapshot.momentum_score DESC, snapshot.stars DESC, snapshot.repo_id
