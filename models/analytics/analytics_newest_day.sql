-- The day of the newest run that saw anything: the one whose snapshots are current.
/*
kind = "view"
pipeline = "trending"
grain = ["snapshot_date"]
*/
-- Not the greatest day: a clock that was ahead once would stand in the way of all runs until then.
WITH newest AS (SELECT max(source_run_seq) AS source_run_seq FROM stored.fact_repo_snapshots)
SELECT
  CAST(snapshot.snapshot_date AS DATE) AS snapshot_date -- day on which the run began, UTC
FROM newest
JOIN stored.fact_repo_snapshots snapshot ON snapshot.source_run_seq = newest.source_run_seq
GROUP BY snapshot.snapshot_date
