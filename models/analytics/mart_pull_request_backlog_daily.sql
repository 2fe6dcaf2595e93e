-- One day of a repository's pull requests, first event to last, without gaps: what came, went and was open.
/*
kind = "incremental"
pipeline = "issues"
grain = ["repo_id", "calendar_date"]
*/
WITH changes AS (
  SELECT repo_id, CAST(valid_from AS DATE) AS day,
    CASE WHEN began_by IN ('opened', 'transferred') AND state = 'open' THEN 1 ELSE 0 END AS opened,
    CASE WHEN began_by = 'reopened' THEN 1 ELSE 0 END AS reopened,
    CASE WHEN began_by = 'closed' THEN 1 ELSE 0 END AS closed, 0 AS merged, 0 AS gone,
    CASE WHEN began_by IN ('opened', 'transferred') THEN 1 ELSE 0 END AS present,
    CASE WHEN source = 'events' THEN 1 ELSE 0 END AS by_events
  FROM stg_issue_state_intervals WHERE is_pull_request
  UNION ALL
  SELECT repo_id, CAST(valid_to AS DATE) AS day, 0 AS opened, 0 AS reopened, 0 AS closed, 0 AS merged,
    CASE WHEN ended_by = 'left' AND state = 'open' THEN 1 ELSE 0 END AS gone,
    CASE WHEN ended_by = 'left' THEN -1 ELSE 0 END AS present,
    CASE WHEN source = 'events' THEN -1 ELSE 0 END AS by_events
  FROM stg_issue_state_intervals WHERE is_pull_request AND valid_to IS NOT NULL
  UNION ALL
  SELECT repo_id, greatest(merged_date, created_date) AS day, 0 AS opened, 0 AS reopened, 0 AS closed, 1 AS merged,
    0 AS gone, 0 AS present, 0 AS by_events
  FROM mart_pull_request_lifecycle WHERE is_merged AND (left_at IS NULL OR merged_at < left_at)
),
eventful_days AS (
  SELECT repo_id, day, sum(opened) AS opened, sum(reopened) AS reopened, sum(closed) AS closed, sum(merged) AS merged,
    sum(gone) AS gone, sum(present) AS present, sum(by_events) AS by_events
  FROM changes GROUP BY repo_id, day
),
spans AS (
  SELECT repo_id, max(day) AS last_day FROM eventful_days GROUP BY repo_id
),
-- A sum of seven days changes on an eventful day and when that day falls out of it; between two such days all stays.
stops AS (
  SELECT repo_id, day, sum(opened) AS opened, sum(reopened) AS reopened, sum(closed) AS closed, sum(merged) AS merged,
    sum(gone) AS gone, sum(present) AS present, sum(by_events) AS by_events,
    sum(opened + reopened) AS came, sum(closed + gone) AS went, sum(came_before) AS came_before,
    sum(went_before) AS went_before
  FROM (
    SELECT repo_id, day, opened, reopened, closed, merged, gone, present, by_events, 0 AS came_before, 0 AS went_before
    FROM eventful_days
    UNION ALL
    SELECT repo_id, CAST(day + INTERVAL '7 days' AS DATE) AS day, 0 AS opened, 0 AS reopened, 0 AS closed, 0 AS merged,
      0 AS gone, 0 AS present, 0 AS by_events, opened + reopened AS came_before, closed + gone AS went_before
    FROM eventful_days
  )
  GROUP BY repo_id, day
),
sums AS (
  SELECT *, sum_within(came - went, repo_id) OVER line AS level,
    sum_within(present, repo_id) OVER line AS present_level,
    sum_within(by_events, repo_id) OVER line AS by_events_level, lead_within(day, repo_id) OVER line AS next_day,
    sum_within(came - came_before, repo_id) OVER line AS came_7d,
    sum_within(went - went_before, repo_id) OVER line AS went_7d
  FROM stops
  WINDOW line AS (ORDER BY repo_id, day)
),
days AS (
  SELECT sums.*, last_day, CAST(unnest(generate_series(day, least(next_day - INTERVAL '1 day', last_day),
      INTERVAL '1 day')) AS DATE) AS shown_day
  FROM spans
  JOIN sums ON sums.repo_id = spans.repo_id
  WHERE day <= last_day
)
SELECT
  CAST(repository.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(repository.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(repository.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(repository.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(days.shown_day AS DATE) AS calendar_date, -- day, UTC
  CAST(CASE WHEN days.shown_day = days.day THEN days.opened ELSE 0 END AS BIGINT) AS opened_count, -- pull requests opened here on the day, or transferred here open
  CAST(CASE WHEN days.shown_day = days.day THEN days.reopened ELSE 0 END AS BIGINT) AS reopened_count, -- closed ones opened again
  CAST(CASE WHEN days.shown_day = days.day THEN days.closed ELSE 0 END AS BIGINT) AS closed_count, -- open ones closed
  CAST(CASE WHEN days.shown_day = days.day THEN days.merged ELSE 0 END AS BIGINT) AS merged_count, -- pull requests merged on the day
  CAST(CASE WHEN days.shown_day = days.day THEN days.gone ELSE 0 END AS BIGINT) AS left_count, -- open ones deleted, transferred away or converted to discussions
  CAST(CASE WHEN days.shown_day = days.day THEN days.came - days.went ELSE 0 END AS BIGINT) AS net_change, -- opened plus reopened minus closed minus left
  CAST(days.level AS BIGINT) AS open_at_end, -- pull requests that were open at the end of the day
  CAST(CAST(days.by_events_level AS DOUBLE) / nullif(days.present_level, 0) AS DOUBLE) AS event_share, -- of the pull requests in the repository at the end of the day, open or closed, the share whose state then is known from events, 0 to 1; null without any
  CAST(days.came_7d AS BIGINT) AS rolling_7d_opened, -- opened or reopened on this and the six days before
  CAST(days.went_7d AS BIGINT) AS rolling_7d_closed, -- closed or left on this and the six days before
  CAST(days.came_7d - days.went_7d AS BIGINT) AS rolling_7d_net_change, -- net_change of this and the six days before
  CAST(days.last_day AS DATE) AS last_event_date -- day on which anything last happened so far, UTC
FROM repositories repository
JOIN days ON days.repo_id = repository.repo_id
