-- A snapshot of the days of the batch names the version of its repository that its run saw.
/*
pipeline = "trending"
severity = "error"
scope = "repository"
*/
WITH days AS (SELECT CAST(started_at AS DATE) AS day FROM completed_runs GROUP BY CAST(started_at AS DATE)),
taken AS (
  SELECT snapshot.repo_id, snapshot.snapshot_date, snapshot.source_run_seq, snapshot.repo_key
  FROM days JOIN fact_repo_snapshots snapshot ON snapshot.snapshot_date = days.day
),
versions AS (
  SELECT repo_id, repo_key, source_run_seq AS first_run_seq,
    lead_within(source_run_seq, repo_id) OVER (ORDER BY repo_id, repo_key) AS next_run_seq
  FROM dim_repositories
)
SELECT taken.repo_id, taken.snapshot_date, taken.source_run_seq, taken.repo_key, version.first_run_seq,
  version.next_run_seq
FROM taken
LEFT JOIN versions version ON version.repo_id = taken.repo_id AND version.repo_key = taken.repo_key
WHERE version.repo_id IS NULL OR coalesce(taken.source_run_seq < version.first_run_seq, false)
  OR coalesce(taken.source_run_seq >= version.next_run_seq, false)
