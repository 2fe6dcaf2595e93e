-- One ISO week as GitHub counts it: the greatest of all values ever seen.
/*
kind = "merge"
pipeline = "traffic"
grain = ["repo_id", "week_start"]
key = ["repo_id", "week_start"]
changes = "stg_traffic_week_changes"
by_month = "week_start"
*/
WITH told AS (
  SELECT repo_id, starts_on AS week_start, measure, "count" AS total, uniques, is_whole, seen_at
  FROM decoded_traffic_counts WHERE per = 'week'
  UNION ALL
  -- Of the 13 whole days of an answer one week is always whole; if the answer leaves it out, it had no visits.
  SELECT repo_id, CAST(date_trunc('week', whole_first + INTERVAL '6 days') AS DATE) AS week_start, measure,
    0 AS total, 0 AS uniques, true AS is_whole, answered_at AS seen_at
  FROM stg_traffic_observations WHERE per = 'week' AND status <> 'not_permitted'
),
values_seen AS (
  SELECT repo_id, week_start, CASE measure WHEN 'views' THEN total END AS views,
    CASE measure WHEN 'views' THEN uniques END AS view_uniques,
    CASE measure WHEN 'clones' THEN total END AS clones,
    CASE measure WHEN 'clones' THEN uniques END AS clone_uniques,
    measure = 'views' AND is_whole AS are_views_whole, measure = 'clones' AND is_whole AS are_clones_whole,
    seen_at AS first_seen_at, seen_at AS last_seen_at
  FROM told
  UNION ALL
  SELECT earlier.repo_id, earlier.week_start, views, view_uniques, clones, clone_uniques, are_views_whole,
    are_clones_whole, first_seen_at, last_seen_at
  FROM stg_traffic_week_changes changed
  JOIN previous.stg_traffic_weekly earlier
    ON earlier.repo_id = changed.repo_id AND earlier.week_start = changed.week_start
)
SELECT
  CAST(repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(week_start AS DATE) AS week_start, -- Monday that the week begins with, UTC
  CAST(max(views) AS BIGINT) AS views, -- views, null where they were never told
  CAST(max(view_uniques) AS BIGINT) AS view_uniques, -- unique visitors of the week, null where they were never told
  CAST(max(clones) AS BIGINT) AS clones, -- clones, null where they were never told
  CAST(max(clone_uniques) AS BIGINT) AS clone_uniques, -- unique cloners of the week, null where they were never told
  CAST(coalesce(bool_or(are_views_whole), false) AS BOOLEAN) AS are_views_whole, -- whether its views were counted after it was over, with all its days
  CAST(coalesce(bool_or(are_clones_whole), false) AS BOOLEAN) AS are_clones_whole, -- the same of clones
  CAST(min(first_seen_at) AS TIMESTAMPTZ(6)) AS first_seen_at, -- when the week was first counted
  CAST(max(last_seen_at) AS TIMESTAMPTZ(6)) AS last_seen_at -- when it was last counted
FROM values_seen
GROUP BY repo_id, week_start
