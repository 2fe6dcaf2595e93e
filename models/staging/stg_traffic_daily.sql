-- One day of a repository's traffic as far as it was counted: the greatest of all values ever seen.
/*
kind = "merge"
pipeline = "traffic"
grain = ["repo_id", "day"]
key = ["repo_id", "day"]
changes = "stg_traffic_day_changes"
by_month = "day"
*/
WITH stored AS (
  SELECT earlier.* FROM stg_traffic_day_changes changed
  JOIN previous.stg_traffic_daily earlier ON earlier.repo_id = changed.repo_id AND earlier.day = changed.day
),
unchanged AS (
  SELECT repo_id, measure, answered_at AS seen_at, source_run_seq,
    CAST(unnest(generate_series(whole_first, whole_last, INTERVAL '1 day')) AS DATE) AS day
  FROM stg_traffic_observations WHERE per = 'day' AND status = 'not_modified'
),
sightings AS (
  SELECT repo_id, starts_on AS day, seen_at, source_run_seq FROM decoded_traffic_counts WHERE per = 'day'
  UNION ALL
  SELECT unchanged.repo_id, unchanged.day, unchanged.seen_at, unchanged.source_run_seq
  FROM unchanged
  JOIN stg_traffic_day_measures known
    ON known.repo_id = unchanged.repo_id AND known.day = unchanged.day AND known.measure = unchanged.measure
),
-- A run that tells views and clones of a day has seen it once.
runs AS (
  SELECT repo_id, day, min(seen_at) AS first_seen_at, max(seen_at) AS last_seen_at
  FROM sightings GROUP BY repo_id, day, source_run_seq
),
-- What was seen no later and no earlier than is known, such as a file imported again, is not counted again.
seen AS (
  SELECT run.repo_id, run.day, run.first_seen_at, run.last_seen_at,
    CASE WHEN run.first_seen_at >= stored.first_seen_at AND run.last_seen_at <= stored.last_seen_at
      THEN 0 ELSE 1 END AS observation_count
  FROM runs run LEFT JOIN stored ON stored.repo_id = run.repo_id AND stored.day = run.day
  UNION ALL
  SELECT repo_id, day, first_seen_at, last_seen_at, observation_count FROM stored
),
times AS (
  SELECT repo_id, day, min(first_seen_at) AS first_seen_at, max(last_seen_at) AS last_seen_at,
    sum(observation_count) AS observation_count
  FROM seen GROUP BY repo_id, day
),
days AS (
  SELECT repo_id, day,
    max(CASE measure WHEN 'views' THEN total END) AS views,
    max(CASE measure WHEN 'views' THEN uniques END) AS view_uniques,
    max(CASE measure WHEN 'views' THEN source END) AS views_source,
    max(CASE measure WHEN 'clones' THEN total END) AS clones,
    max(CASE measure WHEN 'clones' THEN uniques END) AS clone_uniques,
    max(CASE measure WHEN 'clones' THEN source END) AS clones_source
  FROM stg_traffic_day_measures GROUP BY repo_id, day
)
SELECT
  CAST(days.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(days.day AS DATE) AS day, -- day, UTC
  CAST(days.views AS BIGINT) AS views, -- views, null where they were never told
  CAST(days.view_uniques AS BIGINT) AS view_uniques, -- unique visitors of the day, null where they were never told
  CAST(days.clones AS BIGINT) AS clones, -- clones, null where they were never told
  CAST(days.clone_uniques AS BIGINT) AS clone_uniques, -- unique cloners of the day, null where they were never told
  CAST(times.first_seen_at AS TIMESTAMPTZ(6)) AS first_seen_at, -- when the day was first counted
  CAST(times.last_seen_at AS TIMESTAMPTZ(6)) AS last_seen_at, -- when the day was last counted, or an answer with it confirmed
  CAST(times.observation_count AS BIGINT) AS observation_count, -- runs that counted or confirmed it
  CAST(days.views_source AS VARCHAR) AS views_source, -- who first told the views that stand: github, or the format of an imported file
  CAST(days.clones_source AS VARCHAR) AS clones_source -- who first told the clones that stand, likewise
FROM days
JOIN times ON times.repo_id = days.repo_id AND times.day = days.day
