-- A repository on a day on which it was seen, as of the day's newest sighting, with its score and its ranks among all of the day.
/*
kind = "merge"
pipeline = "trending"
grain = ["repo_id", "snapshot_date"]
key = ["repo_id", "snapshot_date"]
changes = "stg_snapshot_changes"
by_month = "snapshot_date"
previous_days = 7
*/
-- Ranks: by momentum, then by stars; equal ones share a rank.
SELECT
  CAST(snapshot.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(snapshot.repo_id * 100000 + CAST(snapshot.snapshot_date AS INT) AS BIGINT) AS snapshot_id, -- repo_id * 100000 + days since 1970-01-01
  CAST(snapshot.repo_key AS BIGINT) AS repo_key, -- version of the repository that the run saw
  CAST(snapshot.language_key AS BIGINT) AS language_key, -- key of the shown language in dim_languages
  CAST(snapshot.snapshot_date AS DATE) AS snapshot_date, -- day on which the run began, UTC
  CAST(snapshot.seen_at AS TIMESTAMPTZ(6)) AS seen_at, -- when the figures came
  CAST(snapshot.stars AS BIGINT) AS stars, -- stars
  CAST(snapshot.forks AS BIGINT) AS forks, -- forks
  CAST(snapshot.commits_last_7_days AS BIGINT) AS commits_last_7_days, -- commits on the default branch in the seven days before, null where they are unknown
  CAST(snapshot.issues_closed_last_7_days AS BIGINT) AS issues_closed_last_7_days, -- issues closed in the seven days before, null where they are unknown
  CAST(snapshot.active_contributors AS BIGINT) AS active_contributors, -- people who wrote these commits, null where they are unknown
  CAST(snapshot.star_velocity AS DOUBLE) AS star_velocity, -- stars_gained / stars_gained_in_days, null where it is unknown
  CAST(snapshot.star_velocity_from AS VARCHAR) AS star_velocity_from, -- snapshots: since our own oldest of the seven days before; or star history
  CAST(snapshot.stars_gained AS BIGINT) AS stars_gained, -- stars gained, null where it is unknown
  CAST(snapshot.stars_gained_in_days AS DOUBLE) AS stars_gained_in_days, -- in this time, in days
  CAST(snapshot.activity_score AS DOUBLE) AS activity_score, -- 0.4 commits + 0.3 closed issues + 0.3 contributors, null where one of them is unknown
  CAST(momentum.momentum_score AS DOUBLE) AS momentum_score, -- star_weight * stars_normalised + recency_weight * recency_score; 0 to 1, not rounded
  CAST(momentum.momentum_name AS VARCHAR) AS momentum_name, -- promised, recent or own
  CAST(momentum.star_weight AS DOUBLE) AS star_weight, -- weight of normalised stars
  CAST(momentum.recency_weight AS DOUBLE) AS recency_weight, -- weight of recency
  CAST(snapshot.age_days AS BIGINT) AS age_days, -- whole days between creation and seen_at
  CAST(momentum.recency_score AS DOUBLE) AS recency_score, -- score of the age, 0 to 1
  CAST(momentum.stars_most AS BIGINT) AS stars_most, -- greatest stars of the day among repositories of Render, or among the others
  CAST(momentum.stars_normalised AS DOUBLE) AS stars_normalised, -- stars by these, 0 to 1
  CAST(snapshot.is_render AS BOOLEAN) AS is_render, -- whether it counted as one of the Render ecosystem
  CAST(rank() OVER (PARTITION BY snapshot.snapshot_date
    ORDER BY momentum.momentum_score DESC, snapshot.stars DESC) AS BIGINT) AS rank_overall, -- rank among all repositories of the day
  CAST(rank() OVER (PARTITION BY snapshot.snapshot_date, snapshot.language_key
    ORDER BY momentum.momentum_score DESC, snapshot.stars DESC) AS BIGINT) AS rank_in_language, -- rank among those of its shown language
  CAST(snapshot.source_run_seq AS BIGINT) AS source_run_seq -- sequence number of the run that saw it
FROM stg_snapshot_changes snapshot
JOIN stg_momentum momentum
  ON momentum.repo_id = snapshot.repo_id AND momentum.snapshot_date = snapshot.snapshot_date
