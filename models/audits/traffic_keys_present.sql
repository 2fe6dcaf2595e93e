-- No column that identifies or dates a row of traffic, stars or figures is null.
/*
pipeline = "traffic"
severity = "error"
scope = "repository"
*/
WITH keys AS (
  SELECT repo_id, 'stg_traffic_daily' AS name,
    day IS NULL OR first_seen_at IS NULL OR last_seen_at IS NULL OR observation_count IS NULL AS is_broken
  FROM stg_traffic_daily
  UNION ALL
  SELECT repo_id, 'stg_traffic_coverage' AS name,
    day IS NULL OR status IS NULL OR views_status IS NULL OR clones_status IS NULL AS is_broken
  FROM stg_traffic_coverage
  UNION ALL
  SELECT repo_id, 'stg_traffic_answers' AS name,
    measure IS NULL OR per IS NULL OR answered_on IS NULL OR answered_at IS NULL AS is_broken
  FROM stg_traffic_answers
  UNION ALL
  SELECT repo_id, 'stg_traffic_weekly' AS name, week_start IS NULL AS is_broken FROM stg_traffic_weekly
  UNION ALL
  SELECT repo_id, 'stg_traffic_state' AS name,
    repo_full_name IS NULL OR stream IS NULL OR last_answered_at IS NULL OR last_status IS NULL AS is_broken
  FROM stg_traffic_state
  UNION ALL
  SELECT repo_id, 'stg_traffic_repositories' AS name,
    repo_full_name IS NULL OR (first_day IS NULL) <> (last_day IS NULL) AS is_broken
  FROM stg_traffic_repositories
  UNION ALL
  SELECT repo_id, 'stg_traffic_popular' AS name,
    repo_full_name IS NULL OR kind IS NULL OR taken_at IS NULL OR place IS NULL OR name IS NULL AS is_broken
  FROM stg_traffic_popular
  UNION ALL
  SELECT repo_id, 'stg_star_weeks' AS name,
    repo_full_name IS NULL OR week_start IS NULL OR last_seen_at IS NULL AS is_broken
  FROM stg_star_weeks
  UNION ALL
  SELECT repo_id, 'mart_traffic_daily' AS name, calendar_date IS NULL OR status IS NULL AS is_broken
  FROM mart_traffic_daily
  UNION ALL
  SELECT repo_id, 'mart_traffic_weekly' AS name, week_start IS NULL AS is_broken FROM mart_traffic_weekly
  UNION ALL
  SELECT repo_id, 'mart_traffic_monthly' AS name, month_start IS NULL AS is_broken FROM mart_traffic_monthly
  UNION ALL
  SELECT repo_id, 'mart_traffic_referrers' AS name,
    snapshot_date IS NULL OR place IS NULL OR referrer IS NULL AS is_broken
  FROM mart_traffic_referrers
  UNION ALL
  SELECT repo_id, 'mart_traffic_paths' AS name, snapshot_date IS NULL OR place IS NULL OR path IS NULL AS is_broken
  FROM mart_traffic_paths
  UNION ALL
  SELECT repo_id, 'mart_repository_stats_daily' AS name, calendar_date IS NULL OR seen_at IS NULL AS is_broken
  FROM mart_repository_stats_daily
)
SELECT repo_id, name
FROM keys
WHERE is_broken OR repo_id IS NULL
