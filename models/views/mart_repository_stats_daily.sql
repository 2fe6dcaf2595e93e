-- One day of a repository's figures, or of its star history.
/*
kind = "view"
pipeline = "traffic"
grain = ["repo_id", "calendar_date"]
*/
WITH star_days AS (
  SELECT repo_id, CAST(last_seen_at AS DATE) AS last_seen_on, unnest(days) AS stars_given,
    CAST(unnest(generate_series(week_start, week_start + INTERVAL '6 days', INTERVAL '1 day')) AS DATE) AS calendar_date
  FROM stored.stg_star_weeks
),
-- The days of a week that were still to come are 0 in the history, and unknown.
given AS (SELECT repo_id, calendar_date, stars_given FROM star_days WHERE calendar_date <= last_seen_on),
days AS (
  SELECT coalesce(figures.repo_id, given.repo_id) AS repo_id,
    coalesce(figures.calendar_date, given.calendar_date) AS calendar_date, stars, forks, watchers, size_kb,
    open_issues_and_pulls_count, seen_at, source, stars_given
  FROM stored.mart_repository_stats_daily figures
  FULL JOIN given ON given.repo_id = figures.repo_id AND given.calendar_date = figures.calendar_date
)
SELECT
  CAST(days.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(repository.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(repository.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(repository.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(days.calendar_date AS DATE) AS calendar_date, -- day, UTC
  CAST(days.stars AS BIGINT) AS stars, -- stars, null where they are unknown
  CAST(days.forks AS BIGINT) AS forks, -- forks
  CAST(days.watchers AS BIGINT) AS watchers, -- subscribers; GitHub's own watchers_count is stars
  CAST(days.size_kb AS BIGINT) AS size_kb, -- size in kilobytes
  CAST(days.open_issues_and_pulls_count AS BIGINT) AS open_issues_and_pulls_count, -- open issues and pull requests together; pull requests alone where issues are turned off
  CAST(days.seen_at AS TIMESTAMPTZ(6)) AS seen_at, -- when the newest of the figures was told
  CAST(days.source AS VARCHAR) AS source, -- who told it: github, or the format of an imported file
  CAST(days.stars_given AS BIGINT) AS stars_given -- stars given on the day that were still there when last looked, null where that is unknown
FROM stored.stg_traffic_repositories repository
JOIN days ON days.repo_id = repository.repo_id
