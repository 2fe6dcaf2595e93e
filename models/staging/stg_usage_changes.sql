-- A day on which the batch saw a repository, so that its usage of Render on that day is told anew.
/*
kind = "temporary"
pipeline = "trending"
grain = ["repo_id", "snapshot_date"]
*/
SELECT
  CAST(repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(seen_on AS DATE) AS snapshot_date, -- day, UTC
  CAST(source_run_seq AS BIGINT) AS source_run_seq -- sequence number of the day's newest run that saw it
FROM stg_repo_observations
WHERE is_newest_of_day
