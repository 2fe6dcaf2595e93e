-- One day of a repository's traffic, from its first known day to the day of reading, without gaps; unknown is null.
/*
kind = "view"
pipeline = "traffic"
grain = ["repo_id", "calendar_date"]
*/
WITH idle AS (
  SELECT repo_id, CAST(unnest(generate_series(
      last_day + INTERVAL '1 day', CAST($run_at AS DATE), INTERVAL '1 day')) AS DATE) AS calendar_date
  FROM stored.stg_traffic_repositories WHERE last_day < CAST($run_at AS DATE)
),
days AS (
  SELECT repo_id, calendar_date, views, view_uniques, clones, clone_uniques, status, views_status, clones_status
  FROM stored.mart_traffic_daily
  UNION ALL
  SELECT repo_id, calendar_date, NULL AS views, NULL AS view_uniques, NULL AS clones, NULL AS clone_uniques,
    'not collected' AS status, 'not collected' AS views_status, 'not collected' AS clones_status
  FROM idle
)
SELECT
  CAST(days.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(repository.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(repository.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(repository.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(days.calendar_date AS DATE) AS calendar_date, -- day, UTC
  CAST(days.views AS BIGINT) AS views, -- views; null where they are unknown
  CAST(days.view_uniques AS BIGINT) AS view_uniques, -- unique visitors of the day; not to be added up
  CAST(days.clones AS BIGINT) AS clones, -- clones; null where they are unknown
  CAST(days.clone_uniques AS BIGINT) AS clone_uniques, -- unique cloners of the day; not to be added up
  CAST(days.status AS VARCHAR) AS status, -- collected if both measures are, partial if anything is known, else not permitted or not collected
  CAST(days.views_status AS VARCHAR) AS views_status, -- collected: seen whole; partial: seen at the edge of an answer, may be more; not permitted; not collected
  CAST(days.clones_status AS VARCHAR) AS clones_status -- the same of clones
FROM stored.stg_traffic_repositories repository
JOIN days ON days.repo_id = repository.repo_id
