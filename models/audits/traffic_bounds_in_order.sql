-- The lower bound of the unique visitors of a week or month is not above the upper one.
/*
pipeline = "traffic"
severity = "error"
scope = "repository"
*/
WITH bounds AS (
  SELECT repo_id, 'week' AS per, week_start AS starts_on, view_uniques_lower, view_uniques_upper, clone_uniques_lower,
    clone_uniques_upper
  FROM mart_traffic_weekly
  UNION ALL
  SELECT repo_id, 'month' AS per, month_start AS starts_on, view_uniques_lower, view_uniques_upper,
    clone_uniques_lower, clone_uniques_upper
  FROM mart_traffic_monthly
)
SELECT repo_id, per, starts_on, view_uniques_lower, view_uniques_upper, clone_uniques_lower, clone_uniques_upper
FROM bounds
WHERE view_uniques_lower > view_uniques_upper OR clone_uniques_lower > clone_uniques_upper
