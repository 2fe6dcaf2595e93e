-- What is known of a day of traffic is never less than before the run.
/*
pipeline = "traffic"
severity = "error"
scope = "repository"
*/
WITH days AS (
  SELECT repo_id, day, views_status, clones_status, 'before' AS moment FROM previous.stg_traffic_coverage
  UNION ALL
  SELECT repo_id, day, views_status, clones_status, 'after' AS moment FROM stg_traffic_coverage
),
ranks AS (
  SELECT repo_id, day, moment,
    CASE views_status WHEN 'collected' THEN 3 WHEN 'partial' THEN 2 WHEN 'not permitted' THEN 1 ELSE 0 END
      AS views_rank,
    CASE clones_status WHEN 'collected' THEN 3 WHEN 'partial' THEN 2 WHEN 'not permitted' THEN 1 ELSE 0 END
      AS clones_rank
  FROM days
),
pairs AS (
  SELECT repo_id, day,
    max(CASE moment WHEN 'before' THEN views_rank END) AS views_before,
    coalesce(max(CASE moment WHEN 'after' THEN views_rank END), -1) AS views_after,
    max(CASE moment WHEN 'before' THEN clones_rank END) AS clones_before,
    coalesce(max(CASE moment WHEN 'after' THEN clones_rank END), -1) AS clones_after
  FROM ranks GROUP BY repo_id, day
)
SELECT repo_id, day, views_before, views_after, clones_before, clones_after
FROM pairs
WHERE views_after < views_before OR clones_after < clones_before
