-- One day of a repository's traffic, from its first known day to its last, without gaps; unknown is null.
/*
kind = "merge"
pipeline = "traffic"
grain = ["repo_id", "calendar_date"]
key = ["repo_id", "calendar_date"]
changes = "stg_traffic_day_changes"
by_month = "calendar_date"
*/
WITH days AS (
  SELECT coverage.repo_id, coverage.day, coverage.status, coverage.views_status, coverage.clones_status,
    daily.views, daily.view_uniques, daily.clones, daily.clone_uniques,
    -- A day that was seen whole, and that no answer lists, had no visits.
    CASE WHEN coverage.views_status = 'collected' AND daily.views IS NULL AND daily.view_uniques IS NULL
      THEN 0 END AS no_views,
    CASE WHEN coverage.clones_status = 'collected' AND daily.clones IS NULL AND daily.clone_uniques IS NULL
      THEN 0 END AS no_clones
  FROM stg_traffic_day_changes changed
  JOIN stg_traffic_coverage coverage ON coverage.repo_id = changed.repo_id AND coverage.day = changed.day
  LEFT JOIN stg_traffic_daily daily ON daily.repo_id = coverage.repo_id AND daily.day = coverage.day
)
SELECT
  CAST(repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(day AS DATE) AS calendar_date, -- day, UTC
  CAST(coalesce(views, no_views) AS BIGINT) AS views, -- views; null where they are unknown
  CAST(coalesce(view_uniques, no_views) AS BIGINT) AS view_uniques, -- unique visitors of the day; not to be added up
  CAST(coalesce(clones, no_clones) AS BIGINT) AS clones, -- clones; null where they are unknown
  CAST(coalesce(clone_uniques, no_clones) AS BIGINT) AS clone_uniques, -- unique cloners of the day; not to be added up
  CAST(status AS VARCHAR) AS status, -- collected if both measures are, partial if anything is known, else not permitted or not collected
  CAST(views_status AS VARCHAR) AS views_status, -- collected: seen whole; partial: seen at the edge of an answer, may be more; not permitted; not collected
  CAST(clones_status AS VARCHAR) AS clones_status -- the same of clones
FROM days
