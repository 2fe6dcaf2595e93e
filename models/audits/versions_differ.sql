-- A version of a repository differs from the one before in what is tracked.
/*
pipeline = "trending"
severity = "error"
scope = "repository"
*/
WITH followed AS (
  SELECT repo_id, repo_key, repo_full_name, description, readme_sha256, "language", is_render, render_category,
    lag_within(repo_key, repo_id) OVER line AS key_before,
    lag_within(repo_full_name, repo_id) OVER line AS name_before,
    lag_within(description, repo_id) OVER line AS description_before,
    lag_within(readme_sha256, repo_id) OVER line AS readme_before,
    lag_within("language", repo_id) OVER line AS language_before,
    lag_within(is_render, repo_id) OVER line AS render_before,
    lag_within(render_category, repo_id) OVER line AS category_before
  FROM dim_repositories
  WINDOW line AS (ORDER BY repo_id, repo_key)
)
SELECT repo_id, key_before, repo_key
FROM followed
WHERE key_before IS NOT NULL AND NOT (
  (repo_full_name IS DISTINCT FROM name_before) OR (description IS DISTINCT FROM description_before)
  OR (readme_sha256 IS DISTINCT FROM readme_before) OR ("language" IS DISTINCT FROM language_before)
  OR (is_render IS DISTINCT FROM render_before) OR (render_category IS DISTINCT FROM category_before))
