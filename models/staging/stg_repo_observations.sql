-- What a run tells of a repository that it saw: its figures, and what its files say.
/*
kind = "temporary"
pipeline = "trending"
grain = ["repo_id", "source_run_seq"]
*/
WITH observations AS (
  SELECT figure.*, sighting.branches, kind.is_render, kind.render_category,
    CASE WHEN kind.is_render THEN 'render' ELSE coalesce(figure.language, 'unknown') END AS shown_language,
    listing.render_blob_sha, listing.blueprint_run_seq, listing.readme_blob_sha IS NOT NULL AS has_readme,
    -- Of a README that is there, but whose content is not known yet, the one before holds.
    CASE WHEN listing.readme_blob_sha IS NULL OR fact.repo_id IS NOT NULL THEN fact.readme_sha256
      ELSE earlier.readme_sha256 END AS readme_sha256,
    activity.commits_last_7_days, activity.issues_closed_last_7_days, activity.active_contributors,
    activity.active_bots
  FROM stg_repo_sightings sighting
  JOIN stg_repo_figures figure ON figure.repo_id = sighting.repo_id AND figure.source_run_seq = sighting.source_run_seq
  JOIN stg_repo_kinds kind ON kind.repo_id = sighting.repo_id AND kind.source_run_seq = sighting.source_run_seq
  JOIN stg_repo_listings listing
    ON listing.repo_id = sighting.repo_id AND listing.source_run_seq = sighting.source_run_seq
  LEFT JOIN stg_repo_file_facts fact
    ON fact.repo_id = listing.repo_id AND fact.role = 'readme' AND fact.blob_sha = listing.readme_blob_sha
  LEFT JOIN stg_repo_activity activity
    ON activity.repo_id = sighting.repo_id AND activity.source_run_seq = sighting.source_run_seq
  LEFT JOIN previous.stg_repos_validated earlier ON earlier.repo_id = sighting.repo_id
)
SELECT
  CAST(observation.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(source_run_seq AS BIGINT) AS source_run_seq, -- sequence number of the run
  CAST(seen_at AS TIMESTAMPTZ(6)) AS seen_at, -- when the figures came
  CAST(seen_on AS DATE) AS seen_on, -- day of the run, UTC
  CAST(lead_within(source_run_seq, observation.repo_id) OVER (
    ORDER BY observation.repo_id, source_run_seq) IS NULL AS BOOLEAN) AS is_newest, -- whether no later run of the batch saw the repository
  CAST(lead_within(source_run_seq, observation.repo_id, seen_on) OVER (
    ORDER BY observation.repo_id, seen_on, source_run_seq) IS NULL AS BOOLEAN) AS is_newest_of_day, -- whether no later one of the day did
  CAST(repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as it was called then
  CAST(repo_owner AS VARCHAR) AS repo_owner, -- owner, as it was called then
  CAST(repo_name AS VARCHAR) AS repo_name, -- name without the owner, as it was called then
  CAST(repo_url AS VARCHAR) AS repo_url, -- page for people
  CAST("language" AS VARCHAR) AS "language", -- the language that GitHub tells, null where it tells none
  CAST(shown_language AS VARCHAR) AS shown_language, -- render for Render repositories, else the language
  CAST(language.language_key AS BIGINT) AS language_key, -- key of the shown language
  CAST(is_render AS BOOLEAN) AS is_render, -- whether it counts as one of the Render ecosystem
  CAST(render_category AS VARCHAR) AS render_category, -- official, blueprint, employee or community; null outside of Render
  CAST(branches AS VARCHAR[]) AS branches, -- branches that showed it, sorted
  CAST(description AS VARCHAR) AS description, -- description, null where there is none
  CAST(stars AS BIGINT) AS stars, -- stars
  CAST(forks AS BIGINT) AS forks, -- forks
  CAST(open_issues AS BIGINT) AS open_issues, -- open issues and pull requests together; pull requests alone where issues are turned off
  CAST(created_at AS TIMESTAMPTZ(6)) AS created_at, -- when it was created
  CAST(updated_at AS TIMESTAMPTZ(6)) AS updated_at, -- when anything on it last changed
  CAST(pushed_at AS TIMESTAMPTZ(6)) AS pushed_at, -- when it was last pushed to
  CAST(topics AS VARCHAR[]) AS topics, -- topics
  CAST(is_archived AS BOOLEAN) AS is_archived, -- whether it is archived
  CAST(has_readme AS BOOLEAN) AS has_readme, -- whether it has a README
  CAST(readme_sha256 AS VARCHAR) AS readme_sha256, -- hash of the README as in stg_readmes, null where there is none
  CAST(render_blob_sha AS VARCHAR) AS render_blob_sha, -- git's hash of render.yaml, null where there is none
  CAST(blueprint_run_seq AS BIGINT) AS blueprint_run_seq, -- run that brought what render.yaml says, 0 for what is stored
  CAST(commits_last_7_days AS BIGINT) AS commits_last_7_days, -- commits of the seven days before
  CAST(issues_closed_last_7_days AS BIGINT) AS issues_closed_last_7_days, -- issues closed in the seven days before
  CAST(active_contributors AS BIGINT) AS active_contributors, -- people who wrote these commits
  CAST(active_bots AS BIGINT) AS active_bots -- bots that wrote these commits
FROM observations observation
LEFT JOIN stg_language_keys language ON language.language_name = observation.shown_language
