-- One day on which something changed in a label group of a repository's issues: what came, what went, what was open.
/*
kind = "incremental"
pipeline = "issues"
grain = ["repo_id", "calendar_date", "label_group"]
*/
WITH labelled AS (
  SELECT repo_id, issue_number, valid_from, valid_to, weight
  FROM stg_label_groups label
  JOIN stg_issue_label_intervals worn ON worn.label_name = label.label_name
  WHERE NOT is_pull_request
),
changes AS (
  SELECT repo_id, issue_number, valid_from AS at, CASE WHEN state = 'open' THEN 1 ELSE 0 END AS opening,
    CASE WHEN began_by = 'reopened' THEN 1 ELSE 0 END AS reopening, 0 AS leaving, 0 AS weight
  FROM stg_issue_state_intervals WHERE NOT is_pull_request
  UNION ALL
  SELECT repo_id, issue_number, valid_to AS at, CASE WHEN state = 'open' THEN -1 ELSE 0 END AS opening,
    0 AS reopening, CASE WHEN ended_by = 'left' THEN 1 ELSE 0 END AS leaving, 0 AS weight
  FROM stg_issue_state_intervals WHERE NOT is_pull_request AND valid_to IS NOT NULL
  UNION ALL
  SELECT repo_id, issue_number, valid_from AS at, 0 AS opening, 0 AS reopening, 0 AS leaving, weight FROM labelled
  UNION ALL
  SELECT repo_id, issue_number, valid_to AS at, 0 AS opening, 0 AS reopening, 0 AS leaving, -weight AS weight
  FROM labelled WHERE valid_to IS NOT NULL
),
moments AS (
  SELECT repo_id, issue_number, at, sum(opening) AS opening, sum(reopening) AS reopening, sum(leaving) AS leaving,
    sum(weight) AS weight
  FROM changes GROUP BY repo_id, issue_number, at
),
-- The weights of an issue's labels add up to a number with a digit to the base 1024 for each group, the first group's
-- the highest: how great it is says which is the first group that the issue has a label of.
sums AS (
  SELECT *, sum_within(opening, repo_id, issue_number) OVER line AS is_open,
    sum_within(weight, repo_id, issue_number) OVER line AS after,
    sum_within(weight, repo_id, issue_number) OVER line - weight AS before
  FROM moments
  WINDOW line AS (ORDER BY repo_id, issue_number, at)
),
moves AS (
  SELECT repo_id, CAST(at AS DATE) AS day, opening, reopening, leaving,
    CASE WHEN after >= 1 << 50 THEN 'bug' WHEN after >= 1 << 40 THEN 'feature'
      WHEN after >= 1 << 30 THEN 'docs' WHEN after >= 1 << 20 THEN 'maintenance'
      WHEN after >= 1 << 10 THEN 'triage' WHEN after > 0 THEN 'infra' ELSE 'other' END AS group_after,
    CASE WHEN before >= 1 << 50 THEN 'bug' WHEN before >= 1 << 40 THEN 'feature'
      WHEN before >= 1 << 30 THEN 'docs' WHEN before >= 1 << 20 THEN 'maintenance'
      WHEN before >= 1 << 10 THEN 'triage' WHEN before > 0 THEN 'infra' ELSE 'other' END AS group_before
  FROM sums WHERE opening <> 0 OR (is_open = 1 AND weight <> 0)
),
-- An opening belongs to the group then, a closing to the group until then, a change of group to both.
days AS (
  SELECT repo_id, day, CASE WHEN is_after THEN group_after ELSE group_before END AS label_group,
    sum(CASE WHEN opening = 1 AND reopening = 0 THEN 1 ELSE 0 END) AS opened, sum(reopening) AS reopened,
    sum(CASE WHEN opening = -1 AND leaving = 0 THEN 1 ELSE 0 END) AS closed,
    sum(CASE WHEN opening = -1 THEN leaving ELSE 0 END) AS gone,
    sum(CASE WHEN opening = 0 AND is_after THEN 1 ELSE 0 END) AS grouped_in,
    sum(CASE WHEN opening = 0 AND NOT is_after THEN 1 ELSE 0 END) AS grouped_out
  FROM (VALUES (true), (false)) AS sides(is_after)
  CROSS JOIN moves
  WHERE (opening = 0 AND group_before <> group_after) OR opening = CASE WHEN is_after THEN 1 ELSE -1 END
  GROUP BY repo_id, day, CASE WHEN is_after THEN group_after ELSE group_before END
),
levels AS (
  SELECT *, sum_within(opened + reopened + grouped_in - closed - gone - grouped_out, repo_id, label_group)
      OVER line AS level,
    lead_within(day, repo_id, label_group) OVER line AS next_day
  FROM days
  WINDOW line AS (ORDER BY repo_id, label_group, day)
)
SELECT
  CAST(repository.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(repository.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(repository.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(repository.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(levels.day AS DATE) AS calendar_date, -- day, UTC
  CAST(levels.label_group AS VARCHAR) AS label_group, -- bug, feature, docs, maintenance, triage, infra or other: the first in this order that the issue has a label of
  CAST(levels.opened AS BIGINT) AS opened_count, -- issues opened here on the day, or transferred here open
  CAST(levels.reopened AS BIGINT) AS reopened_count, -- closed ones opened again
  CAST(levels.closed AS BIGINT) AS closed_count, -- open ones closed
  CAST(levels.gone AS BIGINT) AS left_count, -- open ones deleted, transferred away or converted to discussions
  CAST(levels.grouped_in AS BIGINT) AS grouped_in_count, -- open ones that came from another group as labels changed
  CAST(levels.grouped_out AS BIGINT) AS grouped_out_count, -- open ones that went to another group as labels changed
  CAST(levels.level AS BIGINT) AS open_at_end, -- issues of the group that were open at the end of the day
  CAST(levels.next_day AS DATE) AS next_change_date -- next day on which something changed in the group, null for the last
FROM repositories repository
JOIN levels ON levels.repo_id = repository.repo_id
