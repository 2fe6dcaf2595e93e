-- One week of a repository's star history as last seen: stars given then that were still there.
/*
kind = "merge"
pipeline = "traffic"
grain = ["repo_id", "week_start"]
key = ["repo_id", "week_start"]
changes = "stg_star_week_changes"
*/
SELECT
  CAST(repository.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(repository.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(repository.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(repository.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(changed.week_start AS DATE) AS week_start, -- Sunday that the week begins with, UTC; not an ISO week
  CAST(changed.total AS BIGINT) AS total, -- stars given in the week that were still there
  CAST(changed.days AS BIGINT[]) AS days, -- stars given on each of the seven days, Sunday first; days to come are 0
  CAST(changed.seen_at AS TIMESTAMPTZ(6)) AS last_seen_at -- when it was last seen
FROM repositories repository
JOIN stg_star_week_changes changed ON changed.repo_id = repository.repo_id
