-- How many unique visitors a week or month that the run may change has at least and at most.
/*
kind = "temporary"
pipeline = "traffic"
grain = ["repo_id", "per", "starts_on"]
*/
WITH windows AS (
  SELECT repo_id, 'week' AS per, week_start AS starts_on, CAST(week_start + INTERVAL '6 days' AS DATE) AS ends_on
  FROM stg_traffic_week_changes
  UNION ALL
  SELECT repo_id, 'month' AS per, month_start AS starts_on,
    CAST(month_start + INTERVAL '1 month' - INTERVAL '1 day' AS DATE) AS ends_on
  FROM stg_traffic_month_changes
),
pieces AS (
  SELECT repo_id, measure, first_day, last_day, whole_first, whole_last, at_least, at_most, 'week' AS per,
    CAST(unnest(generate_series(
      CAST(date_trunc('week', first_day) AS DATE), last_day, INTERVAL '7 days')) AS DATE) AS starts_on
  FROM traffic_pieces
  UNION ALL
  SELECT repo_id, measure, first_day, last_day, whole_first, whole_last, at_least, at_most, 'month' AS per,
    CAST(unnest(generate_series(
      CAST(date_trunc('month', first_day) AS DATE), last_day, INTERVAL '1 month')) AS DATE) AS starts_on
  FROM traffic_pieces
),
overlaps AS (
  SELECT piece.*, span.ends_on, piece.first_day >= span.starts_on AND piece.last_day <= span.ends_on AS is_inside
  FROM windows span
  JOIN pieces piece
    ON piece.repo_id = span.repo_id AND piece.per = span.per AND piece.starts_on = span.starts_on
),
bounds AS (
  SELECT repo_id, per, starts_on,
    max(CASE WHEN measure = 'views' AND is_inside THEN at_least END) AS view_lower,
    cheapest_cover(starts_on, ends_on, whole_first, whole_last,
      CASE WHEN measure = 'views' THEN at_most END) AS view_upper,
    max(CASE WHEN measure = 'clones' AND is_inside THEN at_least END) AS clone_lower,
    cheapest_cover(starts_on, ends_on, whole_first, whole_last,
      CASE WHEN measure = 'clones' THEN at_most END) AS clone_upper
  FROM overlaps
  GROUP BY repo_id, per, starts_on, ends_on
)
SELECT
  CAST(repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(per AS VARCHAR) AS per, -- week or month
  CAST(starts_on AS DATE) AS starts_on, -- first day of the window, UTC
  CAST(view_lower AS BIGINT) AS view_uniques_lower, -- unique visitors at least, null where no count lies inside
  CAST(CASE WHEN view_upper >= coalesce(view_lower, 0) THEN view_upper END AS BIGINT) AS view_uniques_upper, -- unique visitors at most, null where a day is unknown or counts contradict each other
  CAST(clone_lower AS BIGINT) AS clone_uniques_lower, -- unique cloners at least
  CAST(CASE WHEN clone_upper >= coalesce(clone_lower, 0) THEN clone_upper END AS BIGINT) AS clone_uniques_upper -- unique cloners at most
FROM bounds
