-- Every event has an id, an issue, a kind and a time.
/*
pipeline = "issues"
severity = "error"
scope = "repository"
*/
SELECT repo_id, event_node_id, issue_number, event_type, created_at
FROM stg_issue_events
WHERE event_node_id IS NULL OR issue_number IS NULL OR event_type IS NULL OR created_at IS NULL
