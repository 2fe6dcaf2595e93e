-- A kind of service on Render, and who used it on the day of the newest run that saw any usage.
/*
kind = "view"
pipeline = "trending"
grain = ["service_type"]
*/
WITH newest AS (SELECT max(source_run_seq) AS source_run_seq FROM stored.fact_render_usage),
latest AS (
  SELECT usage.snapshot_date
  FROM newest JOIN stored.fact_render_usage usage ON usage.source_run_seq = newest.source_run_seq
  GROUP BY usage.snapshot_date
),
usages AS (
  SELECT usage.service_key, count(DISTINCT usage.repo_id) AS repo_count, sum(usage.service_count) AS service_count,
    avg(usage.complexity_score) AS complexity, count(CASE WHEN usage.has_blueprint THEN 1 END) AS blueprint_count,
    max(usage.snapshot_date) AS snapshot_date
  FROM latest
  JOIN stored.fact_render_usage usage ON usage.snapshot_date = latest.snapshot_date
  GROUP BY usage.service_key
)
SELECT
  CAST(kind.service_type AS VARCHAR) AS service_type, -- web, worker, cron, private, static, postgres, redis or workflow
  CAST(kind.service_description AS VARCHAR) AS service_description, -- what it is
  CAST(coalesce(usages.repo_count, 0) AS BIGINT) AS repos_using_service, -- repositories that use it
  CAST(coalesce(usages.service_count, 0) AS BIGINT) AS total_service_instances, -- instances of it in all of them
  CAST(usages.complexity AS DOUBLE) AS avg_complexity_score, -- mean complexity of these repositories, null without any
  CAST(coalesce(usages.blueprint_count, 0) AS BIGINT) AS blueprints_with_service, -- of these repositories, those with a deploy button
  CAST(kind.service_key AS BIGINT) AS service_key, -- key in dim_render_services
  CAST(usages.snapshot_date AS DATE) AS snapshot_date -- day of the usage, UTC, null without any
FROM dim_render_services kind
LEFT JOIN usages ON usages.service_key = kind.service_key
ORDER BY repos_using_service DESC, service_key
