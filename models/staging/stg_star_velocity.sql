-- Stars that a repository gained a day before a day of the batch.
/*
kind = "temporary"
pipeline = "trending"
grain = ["repo_id", "snapshot_date"]
*/
-- From our own snapshots: the stars gained since the oldest snapshot of the seven days before that was seen half a day
-- or more earlier, by the time between. Without one, from the star history that came: the stars given on the seven whole
-- days before by seven; of a repository that was created since then all its stars by the time since its creation, at
-- least a day. Without either it is unknown.
WITH seen AS (
  SELECT repo_id, seen_on AS snapshot_date, seen_at, stars, created_at,
    CAST(created_at AS DATE) >= seen_on - INTERVAL '7 days' AS is_young
  FROM stg_repo_observations WHERE is_newest_of_day
),
snapshots AS (
  SELECT repo_id, snapshot_date, seen_at, stars FROM seen
  UNION ALL
  SELECT repo_id, snapshot_date, seen_at, stars FROM previous.fact_repo_snapshots
),
own AS (
  SELECT seen.repo_id, seen.snapshot_date,
    first_value(seen.stars - earlier.stars ORDER BY earlier.snapshot_date) AS gained,
    first_value(CAST(seen.seen_at AS BIGINT) - CAST(earlier.seen_at AS BIGINT) ORDER BY earlier.snapshot_date)
      / 86400000000.0 AS in_days
  FROM seen
  JOIN snapshots earlier ON earlier.repo_id = seen.repo_id
    AND earlier.snapshot_date < seen.snapshot_date AND earlier.snapshot_date >= seen.snapshot_date - INTERVAL '7 days'
    AND earlier.seen_at <= seen.seen_at - INTERVAL '12 hours'
  GROUP BY seen.repo_id, seen.snapshot_date
),
weeks AS (
  SELECT repo_id, week_start, days, seen_at FROM decoded_star_weeks
  QUALIFY lead_within(seen_at, repo_id, week_start) OVER (ORDER BY repo_id, week_start, seen_at, source_run_seq) IS NULL
),
days AS (
  SELECT repo_id, seen_at, CAST(seen_at AS DATE) AS seen_on, CAST(week_start + unnest(make_array(INTERVAL '0 days',
    INTERVAL '1 day', INTERVAL '2 days', INTERVAL '3 days', INTERVAL '4 days', INTERVAL '5 days', INTERVAL '6 days'))
    AS DATE) AS day, unnest(days) AS stars
  FROM weeks
),
history AS (
  SELECT seen.repo_id, seen.snapshot_date,
    sum(CASE WHEN (seen.is_young AND days.day <= seen.snapshot_date)
      OR (days.day < seen.snapshot_date AND days.day >= seen.snapshot_date - INTERVAL '7 days')
      THEN days.stars ELSE 0 END) AS gained,
    CASE WHEN seen.is_young
      THEN greatest(1.0, (CAST(least(max(days.seen_at), CAST(seen.snapshot_date + INTERVAL '1 day' AS TIMESTAMPTZ(6)))
        AS BIGINT) - CAST(seen.created_at AS BIGINT)) / 86400000000.0)
      ELSE 7.0 END AS in_days
  FROM seen
  JOIN days ON days.repo_id = seen.repo_id AND days.seen_on >= seen.snapshot_date
  GROUP BY seen.repo_id, seen.snapshot_date, seen.is_young, seen.created_at
),
gains AS (
  SELECT seen.repo_id, seen.snapshot_date,
    CASE WHEN own.repo_id IS NOT NULL THEN own.gained
      WHEN history.repo_id IS NOT NULL THEN history.gained ELSE sameday.stars_gained END AS gained,
    CASE WHEN own.repo_id IS NOT NULL THEN own.in_days
      WHEN history.repo_id IS NOT NULL THEN history.in_days ELSE sameday.stars_gained_in_days END AS in_days,
    CASE WHEN own.repo_id IS NOT NULL THEN 'snapshots'
      WHEN history.repo_id IS NOT NULL THEN 'star history' ELSE sameday.star_velocity_from END AS told_by
  FROM seen
  LEFT JOIN own ON own.repo_id = seen.repo_id AND own.snapshot_date = seen.snapshot_date
  LEFT JOIN history ON history.repo_id = seen.repo_id AND history.snapshot_date = seen.snapshot_date
  LEFT JOIN previous.fact_repo_snapshots sameday
    ON sameday.repo_id = seen.repo_id AND sameday.snapshot_date = seen.snapshot_date
    AND sameday.star_velocity_from = 'star history'
)
SELECT
  CAST(repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(snapshot_date AS DATE) AS snapshot_date, -- day, UTC
  CAST(gained / in_days AS DOUBLE) AS star_velocity, -- stars a day, null where it is unknown
  CAST(told_by AS VARCHAR) AS star_velocity_from, -- snapshots, or star history
  CAST(gained AS BIGINT) AS stars_gained, -- stars gained
  CAST(in_days AS DOUBLE) AS stars_gained_in_days -- in this time, in days
FROM gains
