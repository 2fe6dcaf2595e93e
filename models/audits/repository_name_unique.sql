-- No two repositories have one name; the older may since have been renamed or deleted.
/*
pipeline = "issues"
severity = "warning"
scope = "table"
*/
SELECT repo_id, repo_full_name
FROM stg_sync_state
QUALIFY count(*) OVER (PARTITION BY lower(repo_full_name), endpoint_name) > 1
