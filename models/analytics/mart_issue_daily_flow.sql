-- One day of a repository, from its first to its last opening or closing of an issue, without gaps.
/*
kind = "incremental"
pipeline = "issues"
grain = ["repo_id", "calendar_date"]
*/
WITH events AS (
  SELECT repo_id, created_date AS day, 1 AS opened, 0 AS closed FROM mart_issue_lifecycle
  UNION ALL
  SELECT repo_id, closed_date AS day, 0 AS opened, 1 AS closed FROM mart_issue_lifecycle
  WHERE closed_at_source = 'github'
),
eventful_days AS (
  SELECT repo_id, day, sum(opened) AS opened, sum(closed) AS closed FROM events GROUP BY repo_id, day
),
spans AS (
  SELECT repo_id, min(day) AS first_day, max(day) AS last_day FROM eventful_days GROUP BY repo_id
),
spine AS (
  SELECT repo_id, CAST(unnest(generate_series(first_day, last_day, INTERVAL '1 day')) AS DATE) AS day FROM spans
),
-- What falls out of a sum of seven days on a day is what happened seven days before.
stops AS (
  SELECT repo_id, day, sum(opened) AS opened, sum(closed) AS closed, sum(opened_before) AS opened_before,
    sum(closed_before) AS closed_before
  FROM (
    SELECT repo_id, day, opened, closed, 0 AS opened_before, 0 AS closed_before FROM eventful_days
    UNION ALL
    SELECT repo_id, CAST(day + INTERVAL '7 days' AS DATE) AS day, 0 AS opened, 0 AS closed, opened AS opened_before,
      closed AS closed_before
    FROM eventful_days
  )
  GROUP BY repo_id, day
),
days AS (
  SELECT spine.repo_id, spine.day, coalesce(opened, 0) AS opened, coalesce(closed, 0) AS closed,
    coalesce(opened_before, 0) AS opened_before, coalesce(closed_before, 0) AS closed_before
  FROM stops
  RIGHT JOIN spine ON spine.repo_id = stops.repo_id AND spine.day = stops.day
),
sums AS (
  SELECT *, sum_within(opened - closed, repo_id) OVER line AS level,
    sum_within(opened - opened_before, repo_id) OVER line AS opened_7d,
    sum_within(closed - closed_before, repo_id) OVER line AS closed_7d
  FROM days
  WINDOW line AS (ORDER BY repo_id, day)
)
SELECT
  CAST(repository.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(repository.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(repository.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(repository.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(sums.day AS DATE) AS calendar_date, -- day, UTC
  CAST(sums.opened AS BIGINT) AS opened_count, -- issues opened on the day
  CAST(sums.closed AS BIGINT) AS closed_count, -- issues closed on the day, by the time GitHub gives
  CAST(sums.opened - sums.closed AS BIGINT) AS net_change, -- opened minus closed
  CAST(sums.level AS BIGINT) AS cumulative_net_change, -- sum of net_change from the first day on
  CAST(sums.opened_7d AS BIGINT) AS rolling_7d_opened, -- opened on this and the six days before
  CAST(sums.closed_7d AS BIGINT) AS rolling_7d_closed, -- closed on this and the six days before
  CAST(sums.opened_7d - sums.closed_7d AS BIGINT) AS rolling_7d_net_change, -- net_change of this and the six days before
  CAST(spans.last_day AS DATE) AS last_event_date -- day of the repository's last opening or closing so far, UTC
FROM repositories repository
JOIN spans ON spans.repo_id = repository.repo_id
JOIN sums ON sums.repo_id = repository.repo_id
