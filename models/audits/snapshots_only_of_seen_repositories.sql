-- Every new snapshot is of a repository that a run of the batch saw on that day.
/*
pipeline = "trending"
severity = "error"
scope = "repository"
*/
WITH seen AS (
  SELECT repo_id, CAST(seen_at AS DATE) AS day FROM decoded_repositories GROUP BY repo_id, CAST(seen_at AS DATE)
),
fresh AS (
  SELECT snapshot.repo_id, snapshot.snapshot_date, snapshot.seen_at
  FROM previous.fact_repo_snapshots earlier
  RIGHT ANTI JOIN fact_repo_snapshots snapshot
    ON snapshot.repo_id = earlier.repo_id AND snapshot.snapshot_date = earlier.snapshot_date
)
SELECT fresh.repo_id, fresh.snapshot_date, fresh.seen_at
FROM seen
RIGHT ANTI JOIN fresh ON fresh.repo_id = seen.repo_id AND fresh.snapshot_date = seen.day
