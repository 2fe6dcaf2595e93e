-- Every repository has one sync state.
/*
pipeline = "issues"
severity = "error"
scope = "table"
*/
SELECT repo_id, endpoint_name, count(*) AS row_count
FROM stg_sync_state
GROUP BY repo_id, endpoint_name
HAVING count(*) > 1
