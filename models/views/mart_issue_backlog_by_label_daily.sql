-- One day of a label group of a repository's issues, from its first change to the day of reading, without gaps.
/*
kind = "view"
pipeline = "issues"
grain = ["repo_id", "calendar_date", "label_group"]
*/
WITH days AS (
  SELECT *, CAST(unnest(generate_series(calendar_date,
      CASE WHEN next_change_date IS NULL THEN greatest(calendar_date, CAST($run_at AS DATE))
        ELSE next_change_date - INTERVAL '1 day' END,
      INTERVAL '1 day')) AS DATE) AS day
  FROM stored.mart_issue_backlog_by_label_daily
)
SELECT
  CAST(days.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(days.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(days.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(days.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(days.day AS DATE) AS calendar_date, -- day, UTC
  CAST(days.label_group AS VARCHAR) AS label_group, -- bug, feature, docs, maintenance, triage, infra or other: the first in this order that the issue has a label of
  CAST(CASE WHEN days.day = days.calendar_date THEN days.opened_count ELSE 0 END AS BIGINT) AS opened_count, -- issues opened here on the day, or transferred here open
  CAST(CASE WHEN days.day = days.calendar_date THEN days.reopened_count ELSE 0 END AS BIGINT) AS reopened_count, -- closed ones opened again
  CAST(CASE WHEN days.day = days.calendar_date THEN days.closed_count ELSE 0 END AS BIGINT) AS closed_count, -- open ones closed
  CAST(CASE WHEN days.day = days.calendar_date THEN days.left_count ELSE 0 END AS BIGINT) AS left_count, -- open ones deleted, transferred away or converted to discussions
  CAST(CASE WHEN days.day = days.calendar_date THEN days.grouped_in_count ELSE 0 END AS BIGINT) AS grouped_in_count, -- open ones that came from another group as labels changed
  CAST(CASE WHEN days.day = days.calendar_date THEN days.grouped_out_count ELSE 0 END AS BIGINT) AS grouped_out_count, -- open ones that went to another group as labels changed
  CAST(days.open_at_end AS BIGINT) AS open_at_end, -- issues of the group that were open at the end of the day
  CAST(days.next_change_date AS DATE) AS next_change_date -- next day on which something changed in the group, null for the last
FROM days
