-- A repository as last seen.
/*
kind = "incremental"
pipeline = "trending"
grain = ["repo_id"]
*/
WITH spans AS (
  SELECT repo_id, min(seen_at) AS first_seen_at FROM stg_repo_observations GROUP BY repo_id
),
newest AS (
  SELECT observation.*, quality.data_quality_score, $run_at AS loaded_at,
    least(span.first_seen_at, earlier.first_seen_at) AS first_seen_at,
    observation.seen_at AS last_seen_at
  FROM stg_repo_observations observation
  JOIN stg_repo_quality quality ON quality.repo_id = observation.repo_id
  JOIN spans span ON span.repo_id = observation.repo_id
  LEFT JOIN previous.stg_repos_validated earlier ON earlier.repo_id = observation.repo_id
  WHERE observation.is_newest
),
states AS (
  SELECT repo_id, repo_url, "language", shown_language, language_key, is_render, branches, description, stars, forks,
    open_issues, created_at, updated_at, pushed_at, topics, is_archived, readme_sha256, commits_last_7_days,
    issues_closed_last_7_days, active_contributors, active_bots, data_quality_score, first_seen_at, last_seen_at,
    loaded_at
  FROM newest
  UNION ALL
  SELECT earlier.repo_id, repo_url, "language", shown_language, language_key, is_render, branches, description, stars,
    forks, open_issues, created_at, updated_at, pushed_at, topics, is_archived, readme_sha256, commits_last_7_days,
    issues_closed_last_7_days, active_contributors, active_bots, data_quality_score, first_seen_at, last_seen_at,
    loaded_at
  FROM spans RIGHT ANTI JOIN previous.stg_repos_validated earlier ON earlier.repo_id = spans.repo_id
)
SELECT
  CAST(repository.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(repository.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(repository.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(repository.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(repo_url AS VARCHAR) AS repo_url, -- page for people
  CAST("language" AS VARCHAR) AS "language", -- the language that GitHub tells, null where it tells none
  CAST(shown_language AS VARCHAR) AS shown_language, -- render for Render repositories, else the language
  CAST(language_key AS BIGINT) AS language_key, -- key of the shown language in dim_languages
  CAST(is_render AS BOOLEAN) AS is_render, -- whether it counts as one of the Render ecosystem
  CAST(branches AS VARCHAR[]) AS branches, -- branches of the run that showed it, sorted
  CAST(description AS VARCHAR) AS description, -- description, null where there is none
  CAST(stars AS BIGINT) AS stars, -- stars
  CAST(forks AS BIGINT) AS forks, -- forks
  CAST(open_issues AS BIGINT) AS open_issues, -- open issues and pull requests together; pull requests alone where issues are turned off
  CAST(created_at AS TIMESTAMPTZ(6)) AS created_at, -- when it was created
  CAST(updated_at AS TIMESTAMPTZ(6)) AS updated_at, -- when anything on it last changed
  CAST(pushed_at AS TIMESTAMPTZ(6)) AS pushed_at, -- when it was last pushed to, null if never
  CAST(topics AS VARCHAR[]) AS topics, -- topics
  CAST(is_archived AS BOOLEAN) AS is_archived, -- whether it is archived
  CAST(readme_sha256 AS VARCHAR) AS readme_sha256, -- hash of its README as in stg_readmes, null where there is none
  CAST(commits_last_7_days AS BIGINT) AS commits_last_7_days, -- commits on the default branch in the seven days before, null where they are unknown
  CAST(issues_closed_last_7_days AS BIGINT) AS issues_closed_last_7_days, -- issues closed in the seven days before, without pull requests, null where they are unknown
  CAST(active_contributors AS BIGINT) AS active_contributors, -- people who wrote these commits, null where they are unknown
  CAST(active_bots AS BIGINT) AS active_bots, -- bots that wrote these commits, null where they are unknown
  CAST(data_quality_score AS DOUBLE) AS data_quality_score, -- how complete, fresh and plausible the figures are, 0 to 1
  CAST(first_seen_at AS TIMESTAMPTZ(6)) AS first_seen_at, -- when it was first seen
  CAST(last_seen_at AS TIMESTAMPTZ(6)) AS last_seen_at, -- when the newest run saw it
  CAST(loaded_at AS TIMESTAMPTZ(6)) AS loaded_at -- when the row was computed
FROM repositories repository
JOIN states ON states.repo_id = repository.repo_id
