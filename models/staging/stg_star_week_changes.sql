-- The newest decoded row of each week of stars that is not older than the stored one.
/*
kind = "temporary"
pipeline = "traffic"
grain = ["repo_id", "week_start"]
*/
WITH newest AS (
  SELECT * FROM decoded_star_weeks
  QUALIFY lead_within(seen_at, repo_id, week_start) OVER (ORDER BY repo_id, week_start, seen_at, source_run_seq) IS NULL
)
SELECT
  CAST(newest.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(newest.week_start AS DATE) AS week_start, -- Sunday that the week begins with, UTC
  CAST(newest.total AS BIGINT) AS total, -- stars given in the week that are still there
  CAST(newest.days AS BIGINT[]) AS days, -- stars given on each of the seven days, Sunday first
  CAST(newest.seen_at AS TIMESTAMPTZ(6)) AS seen_at -- when the answer came
FROM newest
LEFT JOIN previous.stg_star_weeks earlier
  ON earlier.repo_id = newest.repo_id AND earlier.week_start = newest.week_start
WHERE earlier.last_seen_at IS NULL OR newest.seen_at >= earlier.last_seen_at
