-- Every branch of a run did all it set out to do, and GitHub called its results complete.
/*
pipeline = "trending"
severity = "warning"
scope = "repository"
*/
SELECT CAST(0 AS BIGINT) AS repo_id, run_id, branch, task, status, failed, is_incomplete, message
FROM run_tasks
WHERE status <> 'success' OR is_incomplete OR failed > 0
