-- No repository has fewer than zero stars, forks, commits, closed issues or contributors.
/*
pipeline = "trending"
severity = "error"
scope = "repository"
*/
SELECT repo_id, snapshot_date, stars, forks, commits_last_7_days, issues_closed_last_7_days, active_contributors
FROM fact_repo_snapshots
WHERE stars < 0 OR forks < 0 OR commits_last_7_days < 0 OR issues_closed_last_7_days < 0 OR active_contributors < 0
