-- GitHub tells the language of a repository that a search by language found; one for Render may have none.
/*
pipeline = "trending"
severity = "warning"
scope = "repository"
*/
SELECT repo_id, repo_full_name, branches
FROM stg_repos_validated
WHERE "language" IS NULL AND is_render IS NOT TRUE
