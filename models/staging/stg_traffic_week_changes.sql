-- A week whose figures the run may change.
/*
kind = "temporary"
pipeline = "traffic"
grain = ["repo_id", "week_start"]
*/
WITH days AS (
  SELECT repo_id, day FROM stg_traffic_day_changes
  UNION ALL
  SELECT repo_id, starts_on AS day FROM decoded_traffic_counts WHERE per = 'week'
  UNION ALL
  SELECT repo_id, CAST(unnest(generate_series(first_day, answered_on, INTERVAL '1 day')) AS DATE) AS day
  FROM stg_traffic_observations WHERE per = 'week' AND status <> 'not_permitted'
)
SELECT
  CAST(repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(date_trunc('week', day) AS DATE) AS week_start -- Monday that the week begins with, UTC
FROM days
GROUP BY repo_id, CAST(date_trunc('week', day) AS DATE)
