-- A snapshot of the batch names the version of its repository that held when it was taken, or the first where none did yet.
/*
pipeline = "trending"
severity = "error"
scope = "repository"
*/
WITH days AS (SELECT CAST(seen_at AS DATE) AS day FROM decoded_repositories GROUP BY CAST(seen_at AS DATE)),
taken AS (
  SELECT snapshot.repo_id, snapshot.snapshot_date, snapshot.seen_at, snapshot.repo_key
  FROM days JOIN fact_repo_snapshots snapshot ON snapshot.snapshot_date = days.day
),
firsts AS (SELECT repo_id, min(repo_key) AS repo_key FROM dim_repositories GROUP BY repo_id)
SELECT taken.repo_id, taken.snapshot_date, taken.seen_at, taken.repo_key, version.valid_from, version.valid_to
FROM taken
LEFT JOIN dim_repositories version ON version.repo_id = taken.repo_id AND version.repo_key = taken.repo_key
LEFT JOIN firsts ON firsts.repo_id = taken.repo_id
WHERE version.repo_id IS NULL OR coalesce(taken.seen_at >= version.valid_to, false)
  OR (taken.seen_at < version.valid_from AND taken.repo_key <> firsts.repo_key)
