-- What a repository's README was, on the day of the run that brought it; one that comes back on another day is there twice.
/*
kind = "merge"
pipeline = "trending"
grain = ["repo_id", "first_seen_on", "readme_sha256"]
key = ["repo_id", "readme_sha256"]
changes = "stg_readme_changes"
by_month = "first_seen_on"
previous_days = 0
*/
SELECT
  CAST(readme.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(run.started_at AS DATE) AS first_seen_on, -- day of the run that brought it, UTC
  CAST(readme.readme_sha256 AS VARCHAR) AS readme_sha256, -- SHA-256 of the whole text, in hexadecimal; of git's hash as it is written where it is no text or too large
  CAST(readme.path AS VARCHAR) AS path, -- path within the repository
  CAST(readme.readme_content AS VARCHAR) AS readme_content, -- the first 5,000 characters; null where it is no text or too large
  CAST(readme.mentions_render AS BOOLEAN) AS mentions_render, -- whether it mentions Render; false where it could not be read
  CAST(readme.has_blueprint_button AS BOOLEAN) AS has_blueprint_button, -- whether it links to a deployment on Render; false where it could not be read
  CAST(readme.deploy_button_url AS VARCHAR) AS deploy_button_url, -- address of that link, null where there is none
  CAST(readme.seen_at AS TIMESTAMPTZ(6)) AS first_seen_at -- when it came first on that day
FROM stg_readme_changes changed
JOIN completed_runs run ON run.run_seq = changed.source_run_seq
JOIN decoded_readmes readme ON readme.repo_id = changed.repo_id AND readme.readme_sha256 = changed.readme_sha256
  AND readme.source_run_seq = changed.source_run_seq
