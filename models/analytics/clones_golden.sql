-- One day of a repository's clones that was seen whole: days that are partial or unknown are left out.
/*
kind = "view"
pipeline = "traffic"
grain = ["repo", "timestamp"]
*/
SELECT
  CAST(repository.repo_full_name AS VARCHAR) AS repo, -- owner/name, as the repository is called now
  CAST(daily.clone_uniques AS BIGINT) AS uniques, -- unique cloners of the day; not to be added up
  CAST(daily.clones AS BIGINT) AS "count", -- clones
  CAST(daily.calendar_date AS TIMESTAMPTZ(6)) AS "timestamp" -- midnight that the day begins with, UTC
FROM stored.stg_traffic_repositories repository
JOIN stored.mart_traffic_daily daily ON daily.repo_id = repository.repo_id
WHERE daily.clones_status = 'collected'
