-- A repository's snapshot of a day that the batch saw anything of: the newest sighting of the day, of this batch or before.
/*
kind = "temporary"
pipeline = "trending"
grain = ["repo_id", "snapshot_date"]
*/
-- A day's ranks are over all its snapshots, so those that the batch did not see anew are among the changes too.
-- Activity score: 0.4 commits + 0.3 closed issues + 0.3 people who committed, of the seven days before; unknown where
-- any of them is.
WITH seen AS (SELECT * FROM stg_repo_observations WHERE is_newest_of_day),
touched AS (SELECT seen_on FROM seen GROUP BY seen_on),
held AS (
  SELECT seen.repo_id, seen.seen_on, max(version.repo_key) AS repo_key
  FROM seen
  JOIN dim_repositories version
    ON version.repo_id = seen.repo_id AND coalesce(version.source_run_seq, 0) <= seen.source_run_seq
  GROUP BY seen.repo_id, seen.seen_on
),
rows AS (
  SELECT seen.repo_id, seen.seen_on AS snapshot_date, seen.seen_at, held.repo_key,
    seen.language_key, seen.stars, seen.forks, seen.commits_last_7_days, seen.issues_closed_last_7_days,
    seen.active_contributors, velocity.star_velocity, velocity.star_velocity_from, velocity.stars_gained,
    velocity.stars_gained_in_days,
    0.4 * seen.commits_last_7_days + 0.3 * seen.issues_closed_last_7_days + 0.3 * seen.active_contributors
      AS activity_score,
    greatest(0, (CAST(seen.seen_at AS BIGINT) - CAST(seen.created_at AS BIGINT)) / 86400000000) AS age_days,
    seen.is_render, seen.source_run_seq
  FROM seen
  LEFT JOIN held ON held.repo_id = seen.repo_id AND held.seen_on = seen.seen_on
  LEFT JOIN stg_star_velocity velocity
    ON velocity.repo_id = seen.repo_id AND velocity.snapshot_date = seen.seen_on
  UNION ALL
  SELECT earlier.repo_id, snapshot_date, seen_at, repo_key, language_key, stars, forks, commits_last_7_days,
    issues_closed_last_7_days, active_contributors, star_velocity, star_velocity_from, stars_gained,
    stars_gained_in_days,
    activity_score, age_days, is_render, source_run_seq
  FROM (SELECT repo_id, seen_on FROM seen) seen
  RIGHT ANTI JOIN (
    touched JOIN previous.fact_repo_snapshots earlier ON earlier.snapshot_date = touched.seen_on
  ) ON earlier.repo_id = seen.repo_id AND earlier.snapshot_date = seen.seen_on
)
SELECT
  CAST(repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(snapshot_date AS DATE) AS snapshot_date, -- day on which the run began, UTC
  CAST(seen_at AS TIMESTAMPTZ(6)) AS seen_at, -- when the figures came
  CAST(repo_key AS BIGINT) AS repo_key, -- version that the run saw
  CAST(language_key AS BIGINT) AS language_key, -- key of the shown language
  CAST(stars AS BIGINT) AS stars, -- stars
  CAST(forks AS BIGINT) AS forks, -- forks
  CAST(commits_last_7_days AS BIGINT) AS commits_last_7_days, -- commits of the seven days before
  CAST(issues_closed_last_7_days AS BIGINT) AS issues_closed_last_7_days, -- issues closed in the seven days before
  CAST(active_contributors AS BIGINT) AS active_contributors, -- people who wrote these commits
  CAST(star_velocity AS DOUBLE) AS star_velocity, -- stars a day
  CAST(star_velocity_from AS VARCHAR) AS star_velocity_from, -- snapshots, or star history
  CAST(stars_gained AS BIGINT) AS stars_gained, -- stars gained, null where it is unknown
  CAST(stars_gained_in_days AS DOUBLE) AS stars_gained_in_days, -- in this time, in days
  CAST(activity_score AS DOUBLE) AS activity_score, -- null where a part of it is unknown
  CAST(age_days AS BIGINT) AS age_days, -- whole days since the creation
  CAST(is_render AS BOOLEAN) AS is_render, -- whether it counted as one of the Render ecosystem
  CAST(source_run_seq AS BIGINT) AS source_run_seq -- sequence number of the run that saw it
FROM rows
