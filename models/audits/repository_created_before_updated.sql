-- A repository was created before it was last updated.
/*
pipeline = "trending"
severity = "warning"
scope = "repository"
*/
SELECT repo_id, created_at, updated_at
FROM stg_repos_validated
WHERE created_at > updated_at
