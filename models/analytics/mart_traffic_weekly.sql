-- One ISO week of a repository's traffic; unknown is null.
/*
kind = "merge"
pipeline = "traffic"
grain = ["repo_id", "week_start"]
key = ["repo_id", "week_start"]
changes = "stg_traffic_week_changes"
by_month = "week_start"
*/
WITH days AS (
  SELECT repo_id, CAST(date_trunc('week', calendar_date) AS DATE) AS week_start, sum(views) AS views,
    sum(clones) AS clones, count(CASE status WHEN 'collected' THEN 1 END) AS days_collected,
    count(CASE views_status WHEN 'collected' THEN 1 END) AS view_days_collected,
    count(CASE clones_status WHEN 'collected' THEN 1 END) AS clone_days_collected
  FROM mart_traffic_daily
  GROUP BY repo_id, CAST(date_trunc('week', calendar_date) AS DATE)
),
weeks AS (
  SELECT changed.repo_id, changed.week_start, coalesce(days.days_collected, 0) AS days_collected,
    -- A week that is counted as a whole has at least what is known of its days.
    greatest(days.views, told.views) AS views, greatest(days.clones, told.clones) AS clones,
    coalesce(told.are_views_whole, false) OR coalesce(days.view_days_collected, 0) = 7 AS are_views_complete,
    coalesce(told.are_clones_whole, false) OR coalesce(days.clone_days_collected, 0) = 7 AS are_clones_complete
  FROM stg_traffic_week_changes changed
  LEFT JOIN days ON days.repo_id = changed.repo_id AND days.week_start = changed.week_start
  LEFT JOIN stg_traffic_weekly told ON told.repo_id = changed.repo_id AND told.week_start = changed.week_start
  WHERE days.repo_id IS NOT NULL OR told.repo_id IS NOT NULL
)
SELECT
  CAST(week.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(week.week_start AS DATE) AS week_start, -- Monday that the week begins with, UTC
  CAST(date_part('year', week.week_start + INTERVAL '3 days') AS BIGINT) AS iso_year, -- year that the week's Thursday lies in
  CAST(date_part('week', week.week_start) AS BIGINT) AS iso_week, -- ISO week, 1 to 53
  CAST(week.days_collected AS BIGINT) AS days_collected, -- days of which views and clones were seen whole, 0 to 7
  CAST(week.views AS BIGINT) AS views, -- views: the greater of GitHub's count of the week and the sum of the known days; null where nothing is known
  CAST(bounds.view_uniques_lower AS BIGINT) AS view_uniques_lower, -- unique visitors at least
  CAST(bounds.view_uniques_upper AS BIGINT) AS view_uniques_upper, -- unique visitors at most, null where that is unknown
  CAST(week.clones AS BIGINT) AS clones, -- clones, likewise
  CAST(bounds.clone_uniques_lower AS BIGINT) AS clone_uniques_lower, -- unique cloners at least
  CAST(bounds.clone_uniques_upper AS BIGINT) AS clone_uniques_upper, -- unique cloners at most, null where that is unknown
  CAST(week.are_views_complete AND week.are_clones_complete AS BOOLEAN) AS is_complete -- whether views and clones are those of all seven days
FROM weeks week
LEFT JOIN stg_traffic_bounds bounds
  ON bounds.repo_id = week.repo_id AND bounds.starts_on = week.week_start AND bounds.per = 'week'
