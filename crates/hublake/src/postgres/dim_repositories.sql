SELECT repo_key, repo_full_name, repo_url, description, readme_content, "language", created_at, render_category,
  valid_from, valid_to, is_current, repo_id, repo_language, is_render, readme_sha256
FROM dim_repositories
