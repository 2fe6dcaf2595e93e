-- The traffic of every repository was collected within the last ten days; after safe_until days are lost.
/*
pipeline = "traffic"
severity = "warning"
scope = "table"
*/
SELECT repo_id, repo_full_name, last_success_on, safe_until, missing_permission
FROM stg_traffic_repositories
WHERE last_success_on <= CAST($run_at AS DATE) - INTERVAL '10 days'
