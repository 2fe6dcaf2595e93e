-- One calendar month of a repository's traffic that has known days; unknown is null.
/*
kind = "merge"
pipeline = "traffic"
grain = ["repo_id", "month_start"]
key = ["repo_id", "month_start"]
changes = "stg_traffic_month_changes"
by_month = "month_start"
*/
WITH days AS (
  SELECT repo_id, CAST(date_trunc('month', calendar_date) AS DATE) AS month_start, sum(views) AS views,
    sum(clones) AS clones, count(CASE status WHEN 'collected' THEN 1 END) AS days_collected
  FROM mart_traffic_daily
  GROUP BY repo_id, CAST(date_trunc('month', calendar_date) AS DATE)
),
months AS (
  SELECT days.*, CAST(CAST(days.month_start + INTERVAL '1 month' AS DATE) AS INT) - CAST(days.month_start AS INT)
    AS days_in_month
  FROM stg_traffic_month_changes changed
  JOIN days ON days.repo_id = changed.repo_id AND days.month_start = changed.month_start
)
SELECT
  CAST(month.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(month.month_start AS DATE) AS month_start, -- first day of the month, UTC
  CAST(month.days_collected AS BIGINT) AS days_collected, -- days of which views and clones were seen whole
  CAST(month.days_in_month AS BIGINT) AS days_in_month, -- days that the month has
  CAST(month.views AS BIGINT) AS views, -- views of the known days, null where none is known
  CAST(bounds.view_uniques_lower AS BIGINT) AS view_uniques_lower, -- unique visitors at least
  CAST(bounds.view_uniques_upper AS BIGINT) AS view_uniques_upper, -- unique visitors at most, null where that is unknown
  CAST(month.clones AS BIGINT) AS clones, -- clones of the known days, null where none is known
  CAST(bounds.clone_uniques_lower AS BIGINT) AS clone_uniques_lower, -- unique cloners at least
  CAST(bounds.clone_uniques_upper AS BIGINT) AS clone_uniques_upper, -- unique cloners at most, null where that is unknown
  CAST(month.days_collected = month.days_in_month AS BOOLEAN) AS is_complete -- whether all days were seen whole
FROM months month
LEFT JOIN stg_traffic_bounds bounds
  ON bounds.repo_id = month.repo_id AND bounds.starts_on = month.month_start AND bounds.per = 'month'
