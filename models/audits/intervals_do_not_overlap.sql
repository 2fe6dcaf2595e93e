-- No two states or equal labels of an issue hold at once, and each holds for a time.
/*
pipeline = "issues"
severity = "error"
scope = "repository"
*/
WITH intervals AS (
  SELECT repo_id, issue_number, 'state' AS name, valid_from, valid_to FROM stg_issue_state_intervals
  UNION ALL
  SELECT repo_id, issue_number, label_name AS name, valid_from, valid_to FROM stg_issue_label_intervals
),
followed AS (
  SELECT *, lead_within(valid_from, repo_id, issue_number, name) OVER line AS next_from
  FROM intervals
  WINDOW line AS (ORDER BY repo_id, issue_number, name, valid_from)
)
SELECT repo_id, issue_number, name, valid_from, valid_to, next_from
FROM followed
WHERE valid_to <= valid_from OR valid_to > next_from OR (valid_to IS NULL AND next_from IS NOT NULL)
