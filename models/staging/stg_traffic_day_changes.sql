-- A day about which the run says something, or that lies between such days and those known before.
/*
kind = "temporary"
pipeline = "traffic"
grain = ["repo_id", "day"]
*/
WITH told AS (
  SELECT repo_id, starts_on AS day FROM decoded_traffic_counts WHERE per = 'day'
  UNION ALL
  SELECT repo_id, CAST(unnest(generate_series(first_day, answered_on, INTERVAL '1 day')) AS DATE) AS day
  FROM stg_traffic_observations WHERE per = 'day'
),
spans AS (SELECT repo_id, min(day) AS first_day, max(day) AS last_day FROM told GROUP BY repo_id),
span_days AS (
  SELECT repo_id, CAST(unnest(generate_series(
      least(first_day, last_known + INTERVAL '1 day'), greatest(last_day, first_known - INTERVAL '1 day'),
      INTERVAL '1 day')) AS DATE) AS day, first_known, last_known
  FROM (
    SELECT span.repo_id, span.first_day, span.last_day, known.first_day AS first_known, known.last_day AS last_known
    FROM spans span LEFT JOIN previous.stg_traffic_repositories known ON known.repo_id = span.repo_id
  )
),
days AS (
  SELECT repo_id, day FROM told
  UNION ALL
  SELECT repo_id, day FROM span_days WHERE first_known IS NULL OR day < first_known OR day > last_known
)
SELECT
  CAST(repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(day AS DATE) AS day, -- day, UTC
  CAST(day AS DATE) AS calendar_date -- the same day under the name that it has in marts
FROM days
GROUP BY repo_id, day
