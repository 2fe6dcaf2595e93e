-- A version of a repository, shown under language render where it counts as one of the Render ecosystem.
/*
kind = "view"
pipeline = "trending"
grain = ["repo_id", "repo_key"]
*/
SELECT
  CAST(version.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(version.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name during this version
  CAST(version.repo_owner AS VARCHAR) AS repo_owner, -- owner during this version
  CAST(version.repo_name AS VARCHAR) AS repo_name, -- name without the owner during this version
  CAST(version.repo_key AS BIGINT) AS repo_key, -- repo_id * 1000000 + number of the version, from 1
  CAST(version.repo_url AS VARCHAR) AS repo_url, -- page for people
  CAST(version.description AS VARCHAR) AS description, -- description, null where there is none
  CAST(readme.readme_content AS VARCHAR) AS readme_content, -- the README's first 5,000 characters, null where there is none or it is no text
  CAST(version.readme_sha256 AS VARCHAR) AS readme_sha256, -- its hash as in stg_readmes, null where there is none
  CAST(version.shown_language AS VARCHAR) AS "language", -- render for Render repositories, else the language that GitHub tells
  CAST(version."language" AS VARCHAR) AS repo_language, -- the language that GitHub tells, null where it tells none
  CAST(version.language_key AS BIGINT) AS language_key, -- key of the shown language in dim_languages
  CAST(version.is_render AS BOOLEAN) AS is_render, -- whether it counts as one of the Render ecosystem
  CAST(version.created_at AS TIMESTAMPTZ(6)) AS created_at, -- when the repository was created
  CAST(version.render_category AS VARCHAR) AS render_category, -- official, blueprint, employee or community; null outside of Render
  CAST(version.valid_from AS TIMESTAMPTZ(6)) AS valid_from, -- when it was first seen like this, a microsecond after the version before where the clock went back
  CAST(version.valid_to AS TIMESTAMPTZ(6)) AS valid_to, -- when it was first seen otherwise, null while it holds
  CAST(version.is_current AS BOOLEAN) AS is_current, -- whether it holds
  CAST(version.source_run_seq AS BIGINT) AS source_run_seq -- sequence number of the run that first saw it like this
FROM stored.dim_repositories version
LEFT JOIN readme_contents readme
  ON readme.repo_id = version.repo_id AND readme.readme_sha256 = version.readme_sha256
