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
days AS (
  SELECT spine.repo_id, spine.day, coalesce(opened, 0) AS opened, coalesce(closed, 0) AS closed
  FROM eventful_days
  RIGHT JOIN spine ON spine.repo_id = eventful_days.repo_id AND spine.day = eventful_days.day
),
sums AS (
  SELECT *, sum(opened - closed) OVER (PARTITION BY repo_id ORDER BY day ROWS UNBOUNDED PRECEDING) AS level,
    sum(opened) OVER (PARTITION BY repo_id ORDER BY day ROWS 6 PRECEDING) AS opened_7d,
    sum(closed) OVER (PARTITION BY repo_id ORDER BY day ROWS 6 PRECEDING) AS closed_7d
  FROM days
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
