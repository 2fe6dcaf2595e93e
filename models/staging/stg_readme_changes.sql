-- A README that came and is not stored yet.
/*
kind = "temporary"
pipeline = "trending"
grain = ["repo_id", "readme_sha256"]
*/
WITH firsts AS (
  SELECT repo_id, readme_sha256, min(source_run_seq) AS source_run_seq
  FROM decoded_readmes WHERE readme_sha256 IS NOT NULL GROUP BY repo_id, readme_sha256
),
known AS (SELECT repo_id, readme_sha256 FROM previous.stg_readmes GROUP BY repo_id, readme_sha256)
SELECT
  CAST(first.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(first.readme_sha256 AS VARCHAR) AS readme_sha256, -- SHA-256 of the whole text, in hexadecimal; of git's hash as it is written where it is no text or too large
  CAST(first.source_run_seq AS BIGINT) AS source_run_seq -- first run that brought it
FROM known RIGHT ANTI JOIN firsts first
  ON first.repo_id = known.repo_id AND first.readme_sha256 = known.readme_sha256
