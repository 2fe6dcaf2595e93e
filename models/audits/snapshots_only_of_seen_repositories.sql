-- Every new snapshot is of a repository that a run of the batch, of that day, saw.
/*
pipeline = "trending"
severity = "error"
scope = "repository"
*/
WITH seen AS (
  SELECT sighting.repo_id, CAST(run.started_at AS DATE) AS day
  FROM completed_runs run JOIN decoded_repositories sighting ON sighting.source_run_seq = run.run_seq
  GROUP BY sighting.repo_id, CAST(run.started_at AS DATE)
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
