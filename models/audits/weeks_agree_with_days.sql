-- GitHub's count of a whole week is the sum of its days where all seven were seen whole.
/*
pipeline = "traffic"
severity = "warning"
scope = "repository"
*/
WITH days AS (
  SELECT repo_id, CAST(date_trunc('week', calendar_date) AS DATE) AS week_start,
    sum(CASE views_status WHEN 'collected' THEN views END) AS views,
    count(CASE views_status WHEN 'collected' THEN views END) AS view_days,
    sum(CASE clones_status WHEN 'collected' THEN clones END) AS clones,
    count(CASE clones_status WHEN 'collected' THEN clones END) AS clone_days
  FROM mart_traffic_daily
  GROUP BY repo_id, CAST(date_trunc('week', calendar_date) AS DATE)
)
SELECT week.repo_id, week.week_start, week.views, days.views AS views_of_days, week.clones,
  days.clones AS clones_of_days
FROM stg_traffic_weekly week
JOIN days ON days.repo_id = week.repo_id AND days.week_start = week.week_start
WHERE (week.are_views_whole AND days.view_days = 7 AND week.views <> days.views)
  OR (week.are_clones_whole AND days.clone_days = 7 AND week.clones <> days.clones)
