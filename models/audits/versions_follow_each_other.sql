-- The versions of a repository hold one after the other, without overlap or gap, each for a time, and the last one holds now.
/*
pipeline = "trending"
severity = "error"
scope = "repository"
*/
WITH followed AS (
  SELECT repo_id, repo_key, valid_from, valid_to, is_current,
    lead_within(valid_from, repo_id) OVER (ORDER BY repo_id, repo_key) AS next_from
  FROM dim_repositories
)
SELECT repo_id, repo_key, valid_from, valid_to, next_from, is_current
FROM followed
WHERE coalesce(valid_to <= valid_from, false) OR (valid_to IS DISTINCT FROM next_from)
  OR is_current <> (next_from IS NULL)
