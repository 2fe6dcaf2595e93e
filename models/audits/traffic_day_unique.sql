-- A repository has one row a day in each daily table of traffic.
/*
pipeline = "traffic"
severity = "error"
scope = "repository"
*/
WITH days AS (
  SELECT repo_id, 'stg_traffic_daily' AS name, day, count(*) AS row_count
  FROM stg_traffic_daily GROUP BY repo_id, day
  UNION ALL
  SELECT repo_id, 'stg_traffic_coverage' AS name, day, count(*) AS row_count
  FROM stg_traffic_coverage GROUP BY repo_id, day
  UNION ALL
  SELECT repo_id, 'mart_traffic_daily' AS name, calendar_date AS day, count(*) AS row_count
  FROM mart_traffic_daily GROUP BY repo_id, calendar_date
)
SELECT repo_id, name, day, row_count
FROM days
WHERE row_count > 1
