-- One recorded count of visits and unique visitors, with what it says of the visitors of a window.
/*
kind = "view"
pipeline = "traffic"
grain = ["repo_id", "measure", "source", "per", "first_day", "seen_at"]
*/
-- A window has at least the visitors of any piece inside it, and at most the sum over pieces that cover it.
WITH pieces AS (
  SELECT repo_id, 'views' AS measure, 'day' AS source, 'day' AS per, calendar_date AS first_day,
    calendar_date AS last_day, CASE views_status WHEN 'collected' THEN calendar_date END AS whole_first,
    CASE views_status WHEN 'collected' THEN calendar_date END AS whole_last, views AS total, view_uniques AS uniques,
    NULL AS seen_at
  FROM stored.mart_traffic_daily WHERE views IS NOT NULL OR view_uniques IS NOT NULL
  UNION ALL
  SELECT repo_id, 'clones' AS measure, 'day' AS source, 'day' AS per, calendar_date AS first_day,
    calendar_date AS last_day, CASE clones_status WHEN 'collected' THEN calendar_date END AS whole_first,
    CASE clones_status WHEN 'collected' THEN calendar_date END AS whole_last, clones AS total,
    clone_uniques AS uniques, NULL AS seen_at
  FROM stored.mart_traffic_daily WHERE clones IS NOT NULL OR clone_uniques IS NOT NULL
  UNION ALL
  SELECT repo_id, 'views' AS measure, 'week' AS source, 'week' AS per, week_start AS first_day,
    week_start + INTERVAL '6 days' AS last_day, CASE WHEN are_views_whole THEN week_start END AS whole_first,
    CASE WHEN are_views_whole THEN week_start + INTERVAL '6 days' END AS whole_last, views AS total,
    view_uniques AS uniques, NULL AS seen_at
  FROM stored.stg_traffic_weekly WHERE views IS NOT NULL OR view_uniques IS NOT NULL
  UNION ALL
  SELECT repo_id, 'clones' AS measure, 'week' AS source, 'week' AS per, week_start AS first_day,
    week_start + INTERVAL '6 days' AS last_day, CASE WHEN are_clones_whole THEN week_start END AS whole_first,
    CASE WHEN are_clones_whole THEN week_start + INTERVAL '6 days' END AS whole_last, clones AS total,
    clone_uniques AS uniques, NULL AS seen_at
  FROM stored.stg_traffic_weekly WHERE clones IS NOT NULL OR clone_uniques IS NOT NULL
  UNION ALL
  SELECT repo_id, measure, 'answer' AS source, per, answered_on - INTERVAL '14 days' AS first_day,
    answered_on AS last_day, answered_on - INTERVAL '13 days' AS whole_first,
    answered_on - INTERVAL '1 day' AS whole_last, "count" AS total, uniques, answered_at AS seen_at
  FROM stored.stg_traffic_answers WHERE "count" IS NOT NULL OR uniques IS NOT NULL
)
SELECT
  CAST(repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(measure AS VARCHAR) AS measure, -- views or clones
  CAST(source AS VARCHAR) AS source, -- day, week or answer
  CAST(per AS VARCHAR) AS per, -- day or week: how an answer divides its window
  CAST(first_day AS DATE) AS first_day, -- first day that has visits in the count, UTC
  CAST(last_day AS DATE) AS last_day, -- last day that has visits in the count, UTC
  CAST(whole_first AS DATE) AS whole_first, -- first day of which all visits are in the count, null where none is whole
  CAST(whole_last AS DATE) AS whole_last, -- last day of which all visits are in the count
  CAST(seen_at AS TIMESTAMPTZ(6)) AS seen_at, -- when an answer came, null for a day or week
  CAST(total AS BIGINT) AS "count", -- views or clones
  CAST(uniques AS BIGINT) AS uniques, -- unique visitors or cloners
  CAST(coalesce(uniques, least(total, 1)) AS BIGINT) AS at_least, -- visitors at least: a view is someone's
  CAST(least(uniques, total) AS BIGINT) AS at_most -- visitors at most: nobody visits without a view
FROM pieces
