-- A repository with the days of its traffic that are known, and how long none is lost.
/*
kind = "incremental"
pipeline = "traffic"
grain = ["repo_id"]
*/
WITH spans AS (
  SELECT repo_id, min(first_day) AS first_day, max(last_day) AS last_day
  FROM (
    SELECT repo_id, first_day, last_day FROM previous.stg_traffic_repositories
    UNION ALL
    SELECT repo_id, day AS first_day, day AS last_day FROM stg_traffic_day_changes
  )
  GROUP BY repo_id
),
states AS (
  -- Only where both streams have been answered is there a day up to which nothing is missing.
  SELECT repo_id,
    CASE WHEN count(last_success_at) = 2 THEN CAST(min(last_success_at) AS DATE) END AS last_success_on,
    max(CASE WHEN last_status = 'not_permitted' THEN coalesce(missing_permission, 'unknown') END) AS missing_permission
  FROM stg_traffic_state WHERE stream IN ('traffic_views', 'traffic_clones') GROUP BY repo_id
)
SELECT
  CAST(repository.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(repository.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(repository.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(repository.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(spans.first_day AS DATE) AS first_day, -- first day with a row in the daily tables, UTC; null where there is none
  CAST(spans.last_day AS DATE) AS last_day, -- last day with a row in the daily tables, UTC
  CAST(states.last_success_on AS DATE) AS last_success_on, -- day, UTC, on which both views and clones had last been answered or confirmed
  CAST(states.last_success_on + INTERVAL '13 days' AS DATE) AS safe_until, -- a run on or before this day loses nothing
  CAST(states.missing_permission AS VARCHAR) AS missing_permission, -- what GitHub last said is missing to read views or clones, null where nothing is
  CAST($run_at AS TIMESTAMPTZ(6)) AS record_loaded_at -- when the row was made
FROM repositories repository
LEFT JOIN spans ON spans.repo_id = repository.repo_id
LEFT JOIN states ON states.repo_id = repository.repo_id
