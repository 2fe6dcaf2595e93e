-- What a repository's README was.
/*
kind = "view"
pipeline = "trending"
grain = ["repo_id", "readme_sha256"]
*/
-- One that came back is stored on both days: the first one is shown.
WITH firsts AS (
  SELECT repo_id, readme_sha256, min(first_seen_on) AS first_seen_on
  FROM stored.stg_readmes GROUP BY repo_id, readme_sha256
)
SELECT
  CAST(readme.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(readme.readme_sha256 AS VARCHAR) AS readme_sha256, -- SHA-256 of the whole text, in hexadecimal; of git's hash as it is written where it is no text or too large
  CAST(readme.path AS VARCHAR) AS path, -- path within the repository
  CAST(readme.readme_content AS VARCHAR) AS readme_content, -- the first 5,000 characters; null where it is no text or too large
  CAST(readme.first_seen_at AS TIMESTAMPTZ(6)) AS first_seen_at -- when it first came
FROM firsts first
JOIN stored.stg_readmes readme ON readme.repo_id = first.repo_id AND readme.readme_sha256 = first.readme_sha256
  AND readme.first_seen_on = first.first_seen_on
