-- One day of a repository's figures: the newest of the day, column by column; GitHub's own before imported ones.
/*
kind = "merge"
pipeline = "traffic"
grain = ["repo_id", "calendar_date"]
key = ["repo_id", "calendar_date"]
changes = "stg_repository_stats_changes"
by_month = "calendar_date"
*/
WITH told AS (
  SELECT repo_id, day AS calendar_date, stars, forks, watchers, size_kb, open_issues_and_pulls_count, seen_at, source,
    source = 'github' AS is_own, true AS is_new
  FROM decoded_repository_stats
  UNION ALL
  SELECT earlier.repo_id, earlier.calendar_date, stars, forks, watchers, size_kb, open_issues_and_pulls_count, seen_at,
    source, source = 'github' AS is_own, false AS is_new
  FROM stg_repository_stats_changes changed
  JOIN previous.mart_repository_stats_daily earlier
    ON earlier.repo_id = changed.repo_id AND earlier.calendar_date = changed.calendar_date
),
days AS (
  SELECT repo_id, calendar_date,
    last_value(stars ORDER BY is_own, seen_at, is_new, source) FILTER (WHERE stars IS NOT NULL) AS stars,
    last_value(forks ORDER BY is_own, seen_at, is_new, source) FILTER (WHERE forks IS NOT NULL) AS forks,
    last_value(watchers ORDER BY is_own, seen_at, is_new, source) FILTER (WHERE watchers IS NOT NULL) AS watchers,
    last_value(size_kb ORDER BY is_own, seen_at, is_new, source) FILTER (WHERE size_kb IS NOT NULL) AS size_kb,
    last_value(open_issues_and_pulls_count ORDER BY is_own, seen_at, is_new, source)
      FILTER (WHERE open_issues_and_pulls_count IS NOT NULL) AS open_issues_and_pulls_count,
    last_value(seen_at ORDER BY is_own, seen_at, is_new, source) AS seen_at,
    last_value(source ORDER BY is_own, seen_at, is_new, source) AS source
  FROM told GROUP BY repo_id, calendar_date
)
SELECT
  CAST(repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(calendar_date AS DATE) AS calendar_date, -- day, UTC
  CAST(stars AS BIGINT) AS stars, -- stars, null where they are unknown
  CAST(forks AS BIGINT) AS forks, -- forks
  CAST(watchers AS BIGINT) AS watchers, -- subscribers; GitHub's own watchers_count is stars
  CAST(size_kb AS BIGINT) AS size_kb, -- size in kilobytes
  CAST(open_issues_and_pulls_count AS BIGINT) AS open_issues_and_pulls_count, -- open issues and pull requests together; pull requests alone where issues are turned off
  CAST(seen_at AS TIMESTAMPTZ(6)) AS seen_at, -- when the newest of the figures was told
  CAST(source AS VARCHAR) AS source -- who told it: github, or the format of an imported file
FROM days
