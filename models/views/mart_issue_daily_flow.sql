-- One day of a repository, from its first event to the day of reading, without gaps.
/*
kind = "view"
pipeline = "issues"
grain = ["repo_id", "calendar_date"]
*/
WITH
-- The stored days that idle days still feel: the last one carries the level, the last six the sums.
tail AS (
  SELECT *, CAST(unnest(generate_series(
      calendar_date + INTERVAL '1 day',
      CASE WHEN calendar_date = last_event_date THEN CAST($run_at AS DATE)
        ELSE least(calendar_date + INTERVAL '6 days', CAST($run_at AS DATE)) END,
      INTERVAL '1 day')) AS DATE) AS idle_day
  FROM stored.mart_issue_daily_flow
  WHERE calendar_date > last_event_date - INTERVAL '6 days'
),
felt AS (
  SELECT *, idle_day <= calendar_date + INTERVAL '6 days' AS is_within_7d
  FROM tail WHERE idle_day > last_event_date
),
idle AS (
  SELECT repo_id, repo_full_name, repo_owner, repo_name, idle_day AS calendar_date,
    0 AS opened_count, 0 AS closed_count, 0 AS net_change,
    max(CASE WHEN calendar_date = last_event_date THEN cumulative_net_change END) AS cumulative_net_change,
    coalesce(sum(opened_count) FILTER (WHERE is_within_7d), 0) AS rolling_7d_opened,
    coalesce(sum(closed_count) FILTER (WHERE is_within_7d), 0) AS rolling_7d_closed,
    coalesce(sum(net_change) FILTER (WHERE is_within_7d), 0) AS rolling_7d_net_change,
    last_event_date
  FROM felt GROUP BY repo_id, repo_full_name, repo_owner, repo_name, idle_day, last_event_date
),
days AS (
  SELECT repo_id, repo_full_name, repo_owner, repo_name, calendar_date, opened_count, closed_count, net_change,
    cumulative_net_change, rolling_7d_opened, rolling_7d_closed, rolling_7d_net_change, last_event_date
  FROM stored.mart_issue_daily_flow
  UNION ALL
  SELECT repo_id, repo_full_name, repo_owner, repo_name, calendar_date, opened_count, closed_count, net_change,
    cumulative_net_change, rolling_7d_opened, rolling_7d_closed, rolling_7d_net_change, last_event_date
  FROM idle
)
SELECT
  CAST(repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(calendar_date AS DATE) AS calendar_date, -- day, UTC
  CAST(opened_count AS BIGINT) AS opened_count, -- issues opened on the day
  CAST(closed_count AS BIGINT) AS closed_count, -- issues closed on the day, by the time GitHub gives
  CAST(net_change AS BIGINT) AS net_change, -- opened minus closed
  CAST(cumulative_net_change AS BIGINT) AS cumulative_net_change, -- sum of net_change from the first day on
  CAST(rolling_7d_opened AS BIGINT) AS rolling_7d_opened, -- opened on this and the six days before
  CAST(rolling_7d_closed AS BIGINT) AS rolling_7d_closed, -- closed on this and the six days before
  CAST(rolling_7d_net_change AS BIGINT) AS rolling_7d_net_change, -- net_change of this and the six days before
  CAST(last_event_date AS DATE) AS last_event_date -- day of the repository's last opening or closing so far, UTC
FROM days
