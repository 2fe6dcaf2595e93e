-- A repository as last seen, shown under language render where it counts as one of the Render ecosystem.
/*
kind = "view"
pipeline = "trending"
grain = ["repo_id"]
*/
SELECT
  CAST(repository.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(repository.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(repository.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(repository.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(repository.repo_url AS VARCHAR) AS repo_url, -- page for people
  CAST(repository.shown_language AS VARCHAR) AS "language", -- render for Render repositories, else the language that GitHub tells
  CAST(repository."language" AS VARCHAR) AS repo_language, -- the language that GitHub tells, null where it tells none
  CAST(repository.language_key AS BIGINT) AS language_key, -- key of the shown language in dim_languages
  CAST(repository.is_render AS BOOLEAN) AS is_render, -- whether it counts as one of the Render ecosystem
  CAST(repository.branches AS VARCHAR[]) AS branches, -- branches of the run that showed it, sorted
  CAST(repository.description AS VARCHAR) AS description, -- description, null where there is none
  CAST(repository.stars AS BIGINT) AS stars, -- stars
  CAST(repository.forks AS BIGINT) AS forks, -- forks
  CAST(repository.open_issues AS BIGINT) AS open_issues, -- open issues and pull requests together; pull requests alone where issues are turned off
  CAST(repository.created_at AS TIMESTAMPTZ(6)) AS created_at, -- when it was created
  CAST(repository.updated_at AS TIMESTAMPTZ(6)) AS updated_at, -- when anything on it last changed
  CAST(repository.pushed_at AS TIMESTAMPTZ(6)) AS pushed_at, -- when it was last pushed to, null if never
  CAST(repository.topics AS VARCHAR[]) AS topics, -- topics
  CAST(repository.is_archived AS BOOLEAN) AS is_archived, -- whether it is archived
  CAST(readme.readme_content AS VARCHAR) AS readme_content, -- the README's first 5,000 characters, null where there is none or it is no text
  CAST(repository.readme_sha256 AS VARCHAR) AS readme_sha256, -- its hash as in stg_readmes, null where there is none
  CAST(repository.commits_last_7_days AS BIGINT) AS commits_last_7_days, -- commits on the default branch in the seven days before, null where they are unknown
  CAST(repository.issues_closed_last_7_days AS BIGINT) AS issues_closed_last_7_days, -- issues closed in the seven days before, without pull requests, null where they are unknown
  CAST(repository.active_contributors AS BIGINT) AS active_contributors, -- people who wrote these commits, null where they are unknown
  CAST(repository.active_bots AS BIGINT) AS active_bots, -- bots that wrote these commits, null where they are unknown
  CAST(repository.data_quality_score AS DOUBLE) AS data_quality_score, -- how complete, fresh and plausible the figures are, 0 to 1
  CAST(repository.first_seen_at AS TIMESTAMPTZ(6)) AS first_seen_at, -- when it was first seen
  CAST(repository.last_seen_at AS TIMESTAMPTZ(6)) AS last_seen_at, -- when the newest run saw it
  CAST(repository.loaded_at AS TIMESTAMPTZ(6)) AS loaded_at -- when the row was computed
FROM stored.stg_repos_validated repository
LEFT JOIN readme_contents readme
  ON readme.repo_id = repository.repo_id AND readme.readme_sha256 = repository.readme_sha256
