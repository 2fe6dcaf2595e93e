-- What a run tells of a repository, or its current version before the run, with the number of the version that it belongs to.
/*
kind = "temporary"
pipeline = "trending"
grain = ["repo_id", "source_run_seq"]
*/
-- A new version begins where the name, the description, the README, the language, whether it is one of Render, or its
-- category differ from what the run before told: runs are in the order of their numbers, since the clock may have gone
-- back between two. What was told no later than by the run that began the current version changes nothing.
WITH states AS (
  SELECT repo_id, repo_full_name, repo_owner, repo_name, repo_url, description, readme_sha256, "language",
    shown_language, language_key, is_render, created_at, render_category, valid_from AS seen_at,
    coalesce(source_run_seq, 0) AS source_run_seq, repo_key - repo_id * 1000000 AS first_version
  FROM previous.dim_repositories WHERE is_current
  UNION ALL
  SELECT seen.repo_id, seen.repo_full_name, seen.repo_owner, seen.repo_name, seen.repo_url, seen.description,
    seen.readme_sha256, seen."language", seen.shown_language, seen.language_key, seen.is_render, seen.created_at,
    seen.render_category, seen.seen_at, seen.source_run_seq,
    coalesce(earlier.repo_key - earlier.repo_id * 1000000, 1) AS first_version
  FROM stg_repo_observations seen
  LEFT JOIN (SELECT * FROM previous.dim_repositories WHERE is_current) earlier ON earlier.repo_id = seen.repo_id
  WHERE earlier.repo_id IS NULL OR seen.source_run_seq > coalesce(earlier.source_run_seq, 0)
),
compared AS (
  SELECT *, lag_within(source_run_seq, repo_id) OVER moment IS NOT NULL AND (
      (repo_full_name IS DISTINCT FROM lag_within(repo_full_name, repo_id) OVER moment)
      OR (description IS DISTINCT FROM lag_within(description, repo_id) OVER moment)
      OR (readme_sha256 IS DISTINCT FROM lag_within(readme_sha256, repo_id) OVER moment)
      OR ("language" IS DISTINCT FROM lag_within("language", repo_id) OVER moment)
      OR (is_render IS DISTINCT FROM lag_within(is_render, repo_id) OVER moment)
      OR (render_category IS DISTINCT FROM lag_within(render_category, repo_id) OVER moment)) AS is_change
  FROM states
  WINDOW moment AS (ORDER BY repo_id, source_run_seq)
)
SELECT
  CAST(repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(source_run_seq AS BIGINT) AS source_run_seq, -- sequence number of the run, or of the one that began the current version
  CAST(seen_at AS TIMESTAMPTZ(6)) AS seen_at, -- when it was seen, or the current version began
  CAST(first_version + sum_within(CASE WHEN is_change THEN 1 ELSE 0 END, repo_id)
    OVER (ORDER BY repo_id, source_run_seq) AS BIGINT) AS version, -- number of the version, from 1
  CAST(repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as it was called then
  CAST(repo_owner AS VARCHAR) AS repo_owner, -- owner, as it was called then
  CAST(repo_name AS VARCHAR) AS repo_name, -- name without the owner, as it was called then
  CAST(repo_url AS VARCHAR) AS repo_url, -- page for people
  CAST(description AS VARCHAR) AS description, -- description
  CAST(readme_sha256 AS VARCHAR) AS readme_sha256, -- hash of its README as in stg_readmes, null where there is none
  CAST("language" AS VARCHAR) AS "language", -- the language that GitHub tells
  CAST(shown_language AS VARCHAR) AS shown_language, -- render for Render repositories, else the language
  CAST(language_key AS BIGINT) AS language_key, -- key of the shown language
  CAST(is_render AS BOOLEAN) AS is_render, -- whether it counts as one of the Render ecosystem
  CAST(created_at AS TIMESTAMPTZ(6)) AS created_at, -- when it was created
  CAST(render_category AS VARCHAR) AS render_category -- official, blueprint, employee or community
FROM compared
