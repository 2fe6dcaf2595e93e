-- One answer's own count and unique visitors of its window: the day it came and the 14 days before.
/*
kind = "merge"
pipeline = "traffic"
grain = ["repo_id", "measure", "per", "answered_on", "answered_at"]
key = ["repo_id", "measure", "per", "answered_at"]
changes = "stg_traffic_observations"
by_month = "answered_on"
*/
SELECT
  CAST(repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(measure AS VARCHAR) AS measure, -- views or clones
  CAST(per AS VARCHAR) AS per, -- day or week: how the answer divides its window
  CAST(answered_on AS DATE) AS answered_on, -- day on which it came, UTC
  CAST(answered_at AS TIMESTAMPTZ(6)) AS answered_at, -- when it came
  CAST(status = 'not_modified' AS BOOLEAN) AS is_unchanged, -- whether it said that the answer before still holds
  CAST("count" AS BIGINT) AS "count", -- views or clones of the window
  CAST(uniques AS BIGINT) AS uniques -- unique visitors or cloners of the window
FROM stg_traffic_observations
WHERE status <> 'not_permitted'
