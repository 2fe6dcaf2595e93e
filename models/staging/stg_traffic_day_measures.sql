-- The views or the clones of a changed day: the greatest of the stored values and those that the run brings.
/*
kind = "temporary"
pipeline = "traffic"
grain = ["repo_id", "day", "measure"]
*/
WITH stored AS (
  SELECT earlier.* FROM stg_traffic_day_changes changed
  JOIN previous.stg_traffic_daily earlier ON earlier.repo_id = changed.repo_id AND earlier.day = changed.day
),
told AS (
  SELECT repo_id, day, 'views' AS measure, views AS total, view_uniques AS uniques, views_source AS source,
    first_seen_at AS seen_at, false AS is_new
  FROM stored WHERE views IS NOT NULL OR view_uniques IS NOT NULL
  UNION ALL
  SELECT repo_id, day, 'clones' AS measure, clones AS total, clone_uniques AS uniques, clones_source AS source,
    first_seen_at AS seen_at, false AS is_new
  FROM stored WHERE clones IS NOT NULL OR clone_uniques IS NOT NULL
  UNION ALL
  SELECT repo_id, starts_on AS day, measure, "count" AS total, uniques, source, seen_at, true AS is_new
  FROM decoded_traffic_counts WHERE per = 'day'
)
SELECT
  CAST(repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(day AS DATE) AS day, -- day, UTC
  CAST(measure AS VARCHAR) AS measure, -- views or clones
  CAST(max(total) AS BIGINT) AS total, -- views or clones, null where they were never told
  CAST(max(uniques) AS BIGINT) AS uniques, -- unique visitors or cloners, null where they were never told
  CAST(first_value(source ORDER BY total DESC NULLS LAST, uniques DESC NULLS LAST, is_new, seen_at, source) AS VARCHAR) AS source -- who first told the value that stands
FROM told
GROUP BY repo_id, day, measure
