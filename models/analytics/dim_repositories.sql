-- A version of a repository: a time during which name, description, README, language, belonging to Render and category stayed the same, as far as runs saw.
/*
kind = "incremental"
pipeline = "trending"
grain = ["repo_id", "repo_key"]
*/
WITH firsts AS (
  SELECT repo_id, version, min(source_run_seq) AS source_run_seq,
    first_value(seen_at ORDER BY source_run_seq) AS seen_at
  FROM stg_repo_versions GROUP BY repo_id, version
),
-- The clock may have gone back since: then a version begins a microsecond after the one before.
begins AS (
  SELECT first.repo_id, first.version, first.source_run_seq,
    max(CAST(earlier.seen_at AS BIGINT) - earlier.version) + first.version AS valid_from
  FROM firsts first
  JOIN firsts earlier ON earlier.repo_id = first.repo_id AND earlier.version <= first.version
  GROUP BY first.repo_id, first.version, first.source_run_seq
),
spans AS (
  SELECT repo_id, version, source_run_seq, CAST(valid_from AS TIMESTAMPTZ(6)) AS valid_from,
    CAST(lead_within(valid_from, repo_id) OVER (ORDER BY repo_id, version) AS TIMESTAMPTZ(6)) AS valid_to
  FROM begins
),
-- What is not tracked has its last value in the version.
newest AS (
  SELECT * FROM stg_repo_versions
  QUALIFY lead_within(seen_at, repo_id, version) OVER (ORDER BY repo_id, version, source_run_seq) IS NULL
),
versions AS (
  SELECT newest.repo_id, newest.repo_full_name, newest.repo_owner, newest.repo_name,
    newest.repo_id * 1000000 + newest.version AS repo_key, newest.repo_url, newest.description, newest.readme_sha256,
    newest."language", newest.shown_language, newest.language_key, newest.is_render, newest.created_at,
    newest.render_category, span.valid_from, span.valid_to, span.valid_to IS NULL AS is_current,
    span.source_run_seq
  FROM newest
  JOIN spans span ON span.repo_id = newest.repo_id AND span.version = newest.version
  UNION ALL
  SELECT repo_id, repo_full_name, repo_owner, repo_name, repo_key, repo_url, description, readme_sha256, "language",
    shown_language, language_key, is_render, created_at, render_category, valid_from, valid_to, is_current,
    source_run_seq
  FROM previous.dim_repositories WHERE NOT is_current
)
SELECT
  CAST(versions.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(versions.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name during this version
  CAST(versions.repo_owner AS VARCHAR) AS repo_owner, -- owner during this version
  CAST(versions.repo_name AS VARCHAR) AS repo_name, -- name without the owner during this version
  CAST(repo_key AS BIGINT) AS repo_key, -- repo_id * 1000000 + number of the version, from 1
  CAST(repo_url AS VARCHAR) AS repo_url, -- page for people
  CAST(description AS VARCHAR) AS description, -- description, null where there is none
  CAST(readme_sha256 AS VARCHAR) AS readme_sha256, -- hash of its README as in stg_readmes, null where there is none
  CAST("language" AS VARCHAR) AS "language", -- the language that GitHub tells, null where it tells none
  CAST(shown_language AS VARCHAR) AS shown_language, -- render for Render repositories, else the language
  CAST(language_key AS BIGINT) AS language_key, -- key of the shown language in dim_languages
  CAST(is_render AS BOOLEAN) AS is_render, -- whether it counts as one of the Render ecosystem
  CAST(created_at AS TIMESTAMPTZ(6)) AS created_at, -- when the repository was created
  CAST(render_category AS VARCHAR) AS render_category, -- official, blueprint, employee or community; null outside of Render
  CAST(valid_from AS TIMESTAMPTZ(6)) AS valid_from, -- when it was first seen like this, a microsecond after the version before where the clock went back
  CAST(valid_to AS TIMESTAMPTZ(6)) AS valid_to, -- when it was first seen otherwise, null while it holds
  CAST(is_current AS BOOLEAN) AS is_current, -- whether it holds
  CAST(source_run_seq AS BIGINT) AS source_run_seq -- sequence number of the run that first saw it like this
FROM versions
