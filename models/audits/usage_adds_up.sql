-- The instances that a Render repository uses on the day of the newest run that saw it are all services and databases of known types in its render.yaml.
/*
pipeline = "trending"
severity = "error"
scope = "repository"
*/
-- Of those that the batch saw; who is not among them is left alone.
WITH services AS (
  SELECT repo_id, count(CASE WHEN service_type IS NOT NULL THEN 1 END) AS known_count, count(*) AS service_count
  FROM stg_render_services GROUP BY repo_id
),
seen AS (
  SELECT snapshot.repo_id, last_value(snapshot.snapshot_date ORDER BY run.run_seq) AS snapshot_date
  FROM completed_runs run JOIN fact_repo_snapshots snapshot ON snapshot.source_run_seq = run.run_seq
  GROUP BY snapshot.repo_id
),
usages AS (
  SELECT usage.repo_id, sum(usage.service_count) AS used_count
  FROM seen
  JOIN fact_render_usage usage ON usage.repo_id = seen.repo_id AND usage.snapshot_date = seen.snapshot_date
  GROUP BY usage.repo_id
)
SELECT seen.repo_id, enrichment.service_count, coalesce(services.service_count, 0) AS listed_count,
  coalesce(services.known_count, 0) AS known_count, coalesce(usages.used_count, 0) AS used_count
FROM seen
JOIN stg_render_enrichment enrichment ON enrichment.repo_id = seen.repo_id
LEFT JOIN services ON services.repo_id = seen.repo_id
LEFT JOIN usages ON usages.repo_id = seen.repo_id
WHERE enrichment.is_render AND (coalesce(enrichment.service_count, 0) <> coalesce(services.service_count, 0)
  OR coalesce(services.known_count, 0) <> coalesce(usages.used_count, 0))
