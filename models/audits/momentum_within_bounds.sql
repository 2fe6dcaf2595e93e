-- The momentum of a snapshot lies between 0 and 1, and so do its parts.
/*
pipeline = "trending"
severity = "error"
scope = "repository"
*/
SELECT repo_id, snapshot_date, momentum_score, stars_normalised, recency_score
FROM fact_repo_snapshots
WHERE momentum_score < 0 OR momentum_score > 1.000000001 OR stars_normalised < 0 OR stars_normalised > 1
  OR recency_score < 0 OR recency_score > 1
