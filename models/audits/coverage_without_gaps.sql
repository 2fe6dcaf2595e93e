-- From a repository's first known day to its last, coverage and mart have a row for every day.
/*
pipeline = "traffic"
severity = "error"
scope = "repository"
*/
WITH tables AS (
  SELECT repo_id, 'stg_traffic_coverage' AS name, day FROM stg_traffic_coverage
  UNION ALL
  SELECT repo_id, 'mart_traffic_daily' AS name, calendar_date AS day FROM mart_traffic_daily
),
months AS (
  SELECT repo_id, name, CAST(date_trunc('month', day) AS DATE) AS month_start, count(*) AS row_count
  FROM tables GROUP BY repo_id, name, CAST(date_trunc('month', day) AS DATE)
),
spans AS (
  SELECT month.*, greatest(month.month_start, repository.first_day) AS first_day,
    least(CAST(month.month_start + INTERVAL '1 month' - INTERVAL '1 day' AS DATE), repository.last_day) AS last_day
  FROM months month
  LEFT JOIN stg_traffic_repositories repository ON repository.repo_id = month.repo_id
)
SELECT repo_id, name, month_start, first_day, last_day, row_count
FROM spans
WHERE row_count <> CAST(last_day AS INT) - CAST(first_day AS INT) + 1
