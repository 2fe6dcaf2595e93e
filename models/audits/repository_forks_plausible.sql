-- A repository has at most twice as many forks as stars.
/*
pipeline = "trending"
severity = "warning"
scope = "repository"
*/
SELECT repo_id, stars, forks
FROM stg_repos_validated
WHERE forks > 2 * stars
