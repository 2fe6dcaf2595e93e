-- The instances that a Render repository uses on the day it was last seen are all services and databases of known types in its render.yaml.
/*
pipeline = "trending"
severity = "error"
scope = "repository"
*/
WITH services AS (
  SELECT repo_id, count(CASE WHEN service_type IS NOT NULL THEN 1 END) AS known_count, count(*) AS service_count
  FROM stg_render_services GROUP BY repo_id
),
usages AS (
  SELECT usage.repo_id, sum(usage.service_count) AS used_count
  FROM stg_repos_validated repository
  JOIN fact_render_usage usage
    ON usage.repo_id = repository.repo_id AND usage.snapshot_date = CAST(repository.last_seen_at AS DATE)
  GROUP BY usage.repo_id
),
-- Whose last day lies further back than the rows at hand is left alone.
days AS (SELECT CAST(seen_at AS DATE) AS day FROM decoded_repositories GROUP BY CAST(seen_at AS DATE))
SELECT repository.repo_id, enrichment.service_count, coalesce(services.service_count, 0) AS listed_count,
  coalesce(services.known_count, 0) AS known_count, coalesce(usages.used_count, 0) AS used_count
FROM days
JOIN stg_repos_validated repository ON CAST(repository.last_seen_at AS DATE) = days.day
JOIN stg_render_enrichment enrichment ON enrichment.repo_id = repository.repo_id
LEFT JOIN services ON services.repo_id = repository.repo_id
LEFT JOIN usages ON usages.repo_id = repository.repo_id
WHERE enrichment.is_render AND (coalesce(enrichment.service_count, 0) <> coalesce(services.service_count, 0)
  OR coalesce(services.known_count, 0) <> coalesce(usages.used_count, 0))
