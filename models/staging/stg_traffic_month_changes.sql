-- A month whose figures the run may change.
/*
kind = "temporary"
pipeline = "traffic"
grain = ["repo_id", "month_start"]
*/
WITH days AS (
  SELECT repo_id, day FROM stg_traffic_day_changes
  UNION ALL
  -- A week's visitors say something of both months that it lies in, and so do an answer's.
  SELECT repo_id, unnest(make_array(starts_on, CAST(starts_on + INTERVAL '6 days' AS DATE))) AS day
  FROM decoded_traffic_counts WHERE per = 'week'
  UNION ALL
  SELECT repo_id, unnest(make_array(first_day, answered_on)) AS day
  FROM stg_traffic_observations WHERE per = 'week' AND status <> 'not_permitted'
)
SELECT
  CAST(repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(date_trunc('month', day) AS DATE) AS month_start -- first day of the month, UTC
FROM days
GROUP BY repo_id, CAST(date_trunc('month', day) AS DATE)
