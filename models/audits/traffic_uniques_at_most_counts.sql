-- No day, week or answer has more unique visitors than views, or more unique cloners than clones.
/*
pipeline = "traffic"
severity = "error"
scope = "repository"
*/
WITH counts AS (
  SELECT repo_id, 'views of the day' AS name, day AS starts_on, views AS total, view_uniques AS uniques
  FROM stg_traffic_daily
  UNION ALL
  SELECT repo_id, 'clones of the day' AS name, day AS starts_on, clones AS total, clone_uniques AS uniques
  FROM stg_traffic_daily
  UNION ALL
  SELECT repo_id, 'views of the week' AS name, week_start AS starts_on, views AS total, view_uniques AS uniques
  FROM stg_traffic_weekly
  UNION ALL
  SELECT repo_id, 'clones of the week' AS name, week_start AS starts_on, clones AS total, clone_uniques AS uniques
  FROM stg_traffic_weekly
  UNION ALL
  SELECT repo_id, measure || ' of an answer' AS name, answered_on AS starts_on, "count" AS total, uniques
  FROM stg_traffic_answers
)
SELECT repo_id, name, starts_on, total, uniques
FROM counts
WHERE uniques > total OR total < 0 OR uniques < 0
