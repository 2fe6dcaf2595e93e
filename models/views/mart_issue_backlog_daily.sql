-- One day of a repository's issues, first event to day of reading, without gaps: what came, went, was open.
/*
kind = "view"
pipeline = "issues"
grain = ["repo_id", "calendar_date"]
*/
-- The stored days that idle days still feel: the last one carries the level, the last six the sums.
WITH tail AS (
  SELECT *, CAST(unnest(generate_series(
      calendar_date + INTERVAL '1 day',
      CASE WHEN calendar_date = last_event_date THEN CAST($run_at AS DATE)
        ELSE least(calendar_date + INTERVAL '6 days', CAST($run_at AS DATE)) END,
      INTERVAL '1 day')) AS DATE) AS idle_day
  FROM stored.mart_issue_backlog_daily
  WHERE calendar_date > last_event_date - INTERVAL '6 days'
),
felt AS (
  SELECT *, idle_day <= calendar_date + INTERVAL '6 days' AS is_within_7d
  FROM tail WHERE idle_day > last_event_date
),
idle AS (
  SELECT repo_id, repo_full_name, repo_owner, repo_name, idle_day AS calendar_date,
    0 AS opened_count, 0 AS reopened_count, 0 AS closed_count, 0 AS left_count, 0 AS net_change,
    max(CASE WHEN calendar_date = last_event_date THEN open_at_end END) AS open_at_end,
    max(CASE WHEN calendar_date = last_event_date THEN event_share END) AS event_share,
    coalesce(sum(opened_count + reopened_count) FILTER (WHERE is_within_7d), 0) AS rolling_7d_opened,
    coalesce(sum(closed_count + left_count) FILTER (WHERE is_within_7d), 0) AS rolling_7d_closed,
    coalesce(sum(net_change) FILTER (WHERE is_within_7d), 0) AS rolling_7d_net_change,
    last_event_date
  FROM felt
  GROUP BY repo_id, repo_full_name, repo_owner, repo_name, idle_day, last_event_date
),
days AS (
  SELECT repo_id, repo_full_name, repo_owner, repo_name,
    calendar_date, opened_count, reopened_count, closed_count, left_count, net_change, open_at_end, event_share,
    rolling_7d_opened, rolling_7d_closed, rolling_7d_net_change, last_event_date
  FROM stored.mart_issue_backlog_daily
  UNION ALL
  SELECT repo_id, repo_full_name, repo_owner, repo_name,
    calendar_date, opened_count, reopened_count, closed_count, left_count, net_change, open_at_end, event_share,
    rolling_7d_opened, rolling_7d_closed, rolling_7d_net_change, last_event_date
  FROM idle
)
SELECT
  CAST(days.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(days.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(days.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(days.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(days.calendar_date AS DATE) AS calendar_date, -- day, UTC
  CAST(days.opened_count AS BIGINT) AS opened_count, -- issues opened here on the day, or transferred here open
  CAST(days.reopened_count AS BIGINT) AS reopened_count, -- closed ones opened again
  CAST(days.closed_count AS BIGINT) AS closed_count, -- open ones closed
  CAST(days.left_count AS BIGINT) AS left_count, -- open ones deleted, transferred away or converted to discussions
  CAST(days.net_change AS BIGINT) AS net_change, -- opened plus reopened minus closed minus left
  CAST(days.open_at_end AS BIGINT) AS open_at_end, -- issues that were open at the end of the day
  CAST(days.event_share AS DOUBLE) AS event_share, -- of the issues in the repository at the end of the day, open or closed, the share whose state then is known from events, 0 to 1; null without any
  CAST(days.rolling_7d_opened AS BIGINT) AS rolling_7d_opened, -- opened or reopened on this and the six days before
  CAST(days.rolling_7d_closed AS BIGINT) AS rolling_7d_closed, -- closed or left on this and the six days before
  CAST(days.rolling_7d_net_change AS BIGINT) AS rolling_7d_net_change, -- net_change of this and the six days before
  CAST(days.last_event_date AS DATE) AS last_event_date -- day on which anything last happened so far, UTC
FROM days
