-- A kind of service on Render, and who used it on the day of the newest run that saw any usage.
SELECT service.service_type, service.service_description,
       count(DISTINCT usage.repo_id) AS repos_using_service,
       COALESCE(sum(usage.service_count), 0)::bigint AS total_service_instances,
       avg(usage.complexity_score)::double precision AS avg_complexity_score,
       count(DISTINCT usage.repo_id) FILTER (WHERE usage.has_blueprint) AS blueprints_with_service,
       service.service_key, max(usage.snapshot_date) AS snapshot_date
FROM dim_render_services AS service
LEFT JOIN fact_render_usage AS usage
  ON usage.service_key = service.service_key
 AND usage.snapshot_date = (SELECT snapshot_date FROM fact_render_usage ORDER BY source_run_seq DESC LIMIT 1)
GROUP BY service.service_key
ORDER BY repos_using_service DESC, service.service_key
