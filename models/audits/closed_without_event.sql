-- Every closing has an event; without one it counts from closed_at on, or else from updated_at.
/*
pipeline = "issues"
severity = "warning"
scope = "repository"
*/
SELECT repo_id, issue_number, is_pull_request, valid_from AS closed_at
FROM stg_issue_state_intervals
WHERE state = 'closed' AND source = 'snapshot' AND (ended_by IS DISTINCT FROM 'reopened')
