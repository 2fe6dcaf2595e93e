-- A day of which the run brings figures of a repository.
/*
kind = "temporary"
pipeline = "traffic"
grain = ["repo_id", "calendar_date"]
*/
SELECT
  CAST(repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(day AS DATE) AS calendar_date -- day, UTC
FROM decoded_repository_stats
GROUP BY repo_id, day
