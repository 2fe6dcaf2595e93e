-- A label of the batch's issues that a rule puts into a group.
/*
kind = "temporary"
pipeline = "issues"
grain = ["label_name"]
*/
WITH names AS (
  SELECT DISTINCT label_name FROM stg_issue_label_intervals WHERE NOT is_pull_request
),
worded AS (
  SELECT label_name, concat(' ', regexp_replace(lower(label_name), '[^a-z0-9]+', ' ', 'g'), ' ') AS words FROM names
),
labels AS (
  SELECT label_name, first_value(label_group ORDER BY rule_number) AS label_group
  FROM stg_label_rules rule
  JOIN worded ON contains(worded.words, concat(' ', rule.words, ' '))
  GROUP BY label_name
)
SELECT
  CAST(labels.label_name AS VARCHAR) AS label_name, -- name of the label
  CAST(labels.label_group AS VARCHAR) AS label_group, -- bug, feature, docs, maintenance, triage or infra
  CAST(CASE labels.label_group WHEN 'bug' THEN 1 << 50 WHEN 'feature' THEN 1 << 40 WHEN 'docs' THEN 1 << 30
    WHEN 'maintenance' THEN 1 << 20 WHEN 'triage' THEN 1 << 10 ELSE 1 END AS BIGINT) AS weight -- a power of 1024, the higher the earlier the group comes
FROM labels
