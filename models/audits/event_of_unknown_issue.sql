-- Every event belongs to an issue or pull request that was collected; those of others are left out.
/*
pipeline = "issues"
severity = "warning"
scope = "repository"
*/
SELECT event.repo_id, event.issue_number, event.event_node_id, event.event_type
FROM stg_issue_current issue
RIGHT ANTI JOIN stg_issue_events event ON event.repo_id = issue.repo_id AND event.issue_number = issue.issue_number
