SELECT repo_id, repo_full_name, repo_url, "language", description, stars, created_at, updated_at, readme_content,
  loaded_at, forks, open_issues, commits_last_7_days, issues_closed_last_7_days, active_contributors,
  is_render AS uses_render, data_quality_score, repo_language, pushed_at, topics, readme_sha256, active_bots,
  first_seen_at, last_seen_at
FROM stg_repos_validated
