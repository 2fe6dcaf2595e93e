-- From its first state to its last an issue has one state after the other, each unlike the one before.
/*
pipeline = "issues"
severity = "error"
scope = "repository"
*/
WITH followed AS (
  SELECT repo_id, issue_number, state, valid_from, valid_to, 
    lead_within(valid_from, repo_id, issue_number) OVER line AS next_from,
    lead_within(state, repo_id, issue_number) OVER line AS next_state
  FROM stg_issue_state_intervals
  WINDOW line AS (ORDER BY repo_id, issue_number, valid_from)
)
SELECT repo_id, issue_number, state, valid_to, next_from
FROM followed
WHERE valid_to < next_from OR state = next_state
