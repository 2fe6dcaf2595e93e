-- How many issues a repository opened or closed on a weekday, over all its history; zeros included.
/*
kind = "incremental"
pipeline = "issues"
grain = ["repo_id", "event_type", "weekday_num"]
*/
WITH weekdays AS (
  SELECT * FROM (VALUES (0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'),
    (5, 'Saturday'), (6, 'Sunday')) AS weekdays(number, name)
),
event_types AS (
  SELECT * FROM (VALUES ('opened'), ('closed')) AS event_types(name)
),
daily AS (
  SELECT repo_id, 'opened' AS event_type, calendar_date AS day, opened_count AS issues FROM mart_issue_daily_flow
  UNION ALL
  SELECT repo_id, 'closed' AS event_type, calendar_date AS day, closed_count AS issues FROM mart_issue_daily_flow
),
counts AS (
  -- The engine counts days of the week from Sunday.
  SELECT repo_id, event_type, (CAST(date_part('dow', day) AS BIGINT) + 6) % 7 AS weekday, sum(issues) AS issues
  FROM daily GROUP BY repo_id, event_type, (CAST(date_part('dow', day) AS BIGINT) + 6) % 7
)
SELECT
  CAST(repository.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(repository.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(repository.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(repository.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(weekdays.number AS BIGINT) AS weekday_num, -- 0 for Monday to 6 for Sunday
  CAST(weekdays.name AS VARCHAR) AS weekday_name, -- name of the weekday
  CAST(event_types.name AS VARCHAR) AS event_type, -- opened or closed
  CAST(coalesce(counts.issues, 0) AS BIGINT) AS issue_count -- issues opened or closed on such days, UTC
FROM repositories repository
CROSS JOIN weekdays
CROSS JOIN event_types
LEFT JOIN counts
  ON counts.repo_id = repository.repo_id AND counts.event_type = event_types.name AND counts.weekday = weekdays.number
