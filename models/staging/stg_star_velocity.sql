-- Stars that a repository gained a day before a day of the batch.
/*
kind = "temporary"
pipeline = "trending"
grain = ["repo_id", "snapshot_date"]
*/
-- From our own snapshots: today's stars less those of the oldest snapshot of the seven days before, by the days between.
-- Without one, from the star history that came: the stars given on the seven whole days before by seven, or by the
-- whole days since the repository's creation where these are fewer, at least one. Without either it is unknown.
WITH seen AS (
  SELECT repo_id, seen_on AS snapshot_date, stars,
    least(7, greatest(1, (CAST(seen_at AS BIGINT) - CAST(created_at AS BIGINT)) / 86400000000)) AS history_days
  FROM stg_repo_observations WHERE is_newest_of_day
),
snapshots AS (
  SELECT repo_id, snapshot_date, stars FROM seen
  UNION ALL
  SELECT repo_id, snapshot_date, stars FROM previous.fact_repo_snapshots
),
own AS (
  SELECT seen.repo_id, seen.snapshot_date, min(earlier.snapshot_date) AS first_date,
    first_value(earlier.stars ORDER BY earlier.snapshot_date) AS first_stars
  FROM seen
  JOIN snapshots earlier ON earlier.repo_id = seen.repo_id
    AND earlier.snapshot_date < seen.snapshot_date AND earlier.snapshot_date >= seen.snapshot_date - INTERVAL '7 days'
  GROUP BY seen.repo_id, seen.snapshot_date
),
weeks AS (
  SELECT repo_id, week_start, days, seen_at FROM decoded_star_weeks
  QUALIFY lead_within(seen_at, repo_id, week_start) OVER (ORDER BY repo_id, week_start, seen_at, source_run_seq) IS NULL
),
days AS (
  SELECT repo_id, CAST(seen_at AS DATE) AS seen_on, CAST(week_start + unnest(make_array(INTERVAL '0 days',
    INTERVAL '1 day', INTERVAL '2 days', INTERVAL '3 days', INTERVAL '4 days', INTERVAL '5 days', INTERVAL '6 days'))
    AS DATE) AS day, unnest(days) AS stars
  FROM weeks
),
history AS (
  SELECT seen.repo_id, seen.snapshot_date,
    sum(CASE WHEN days.day < seen.snapshot_date AND days.day >= seen.snapshot_date - INTERVAL '7 days'
      THEN days.stars ELSE 0 END) AS stars
  FROM seen
  JOIN days ON days.repo_id = seen.repo_id AND days.seen_on >= seen.snapshot_date
  GROUP BY seen.repo_id, seen.snapshot_date
)
SELECT
  CAST(seen.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(seen.snapshot_date AS DATE) AS snapshot_date, -- day, UTC
  CAST(CASE
    WHEN own.repo_id IS NOT NULL
      THEN CAST(seen.stars - own.first_stars AS DOUBLE) / (CAST(seen.snapshot_date AS INT) - CAST(own.first_date AS INT))
    WHEN history.repo_id IS NOT NULL THEN CAST(history.stars AS DOUBLE) / seen.history_days
    ELSE sameday.star_velocity END AS DOUBLE) AS star_velocity, -- stars a day, null where it is unknown
  CAST(CASE
    WHEN own.repo_id IS NOT NULL THEN 'snapshots'
    WHEN history.repo_id IS NOT NULL THEN 'star history'
    ELSE sameday.star_velocity_from END AS VARCHAR) AS star_velocity_from, -- snapshots, or star history
  CAST(CASE
    WHEN own.repo_id IS NOT NULL THEN CAST(seen.snapshot_date AS INT) - CAST(own.first_date AS INT)
    WHEN history.repo_id IS NOT NULL THEN seen.history_days
    ELSE sameday.star_velocity_days END AS BIGINT) AS star_velocity_days -- days that it is an average of
FROM seen
LEFT JOIN own ON own.repo_id = seen.repo_id AND own.snapshot_date = seen.snapshot_date
LEFT JOIN history ON history.repo_id = seen.repo_id AND history.snapshot_date = seen.snapshot_date
LEFT JOIN previous.fact_repo_snapshots sameday
  ON sameday.repo_id = seen.repo_id AND sameday.snapshot_date = seen.snapshot_date
  AND sameday.star_velocity_from = 'star history'
