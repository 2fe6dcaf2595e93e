-- Why a repository stands where it stands on the newest day: every number of its scores.
/*
kind = "view"
pipeline = "trending"
grain = ["repo_id"]
*/
WITH counts AS (
  SELECT snapshot.snapshot_date, snapshot.language_key, count(*) AS repo_count
  FROM analytics_newest_day latest
  JOIN stored.fact_repo_snapshots snapshot ON snapshot.snapshot_date = latest.snapshot_date
  GROUP BY snapshot.snapshot_date, snapshot.language_key
),
totals AS (SELECT snapshot_date, sum(repo_count) AS repo_count FROM counts GROUP BY snapshot_date)
SELECT
  CAST(version.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(version.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(version.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(version.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(version.shown_language AS VARCHAR) AS "language", -- render for Render repositories, else the language that GitHub tells
  CAST(version.render_category AS VARCHAR) AS render_category, -- official, blueprint, employee or community; null outside of Render
  CAST(snapshot.snapshot_date AS DATE) AS snapshot_date, -- the newest run's day, UTC
  CAST(snapshot.seen_at AS TIMESTAMPTZ(6)) AS seen_at, -- when the figures came
  CAST(version.created_at AS TIMESTAMPTZ(6)) AS created_at, -- when it was created
  CAST(snapshot.momentum_score AS DOUBLE) AS momentum_score, -- star_weight * stars_normalised + recency_weight * recency_score
  CAST(snapshot.momentum_name AS VARCHAR) AS momentum_name, -- promised, recent or own
  CAST(snapshot.star_weight AS DOUBLE) AS star_weight, -- weight of normalised stars
  CAST(snapshot.stars AS BIGINT) AS stars, -- stars
  CAST(snapshot.stars_most AS BIGINT) AS stars_most, -- greatest stars of the day among repositories of Render, or among the others
  CAST(snapshot.stars_normalised AS DOUBLE) AS stars_normalised, -- stars / stars_most
  CAST(snapshot.recency_weight AS DOUBLE) AS recency_weight, -- weight of recency
  CAST(snapshot.age_days AS BIGINT) AS age_days, -- whole days between created_at and seen_at
  CAST(snapshot.recency_score AS DOUBLE) AS recency_score, -- score of the age
  CAST(snapshot.rank_overall AS BIGINT) AS rank_overall, -- rank among all repositories of the day
  CAST(totals.repo_count AS BIGINT) AS repos_overall, -- how many these are
  CAST(snapshot.rank_in_language AS BIGINT) AS rank_in_language, -- rank among those of its shown language
  CAST(counts.repo_count AS BIGINT) AS repos_in_language, -- how many these are
  CAST(snapshot.star_velocity AS DOUBLE) AS star_velocity, -- stars_gained / stars_gained_in_days, null where it is unknown
  CAST(snapshot.star_velocity_from AS VARCHAR) AS star_velocity_from, -- snapshots: since our own oldest of the seven days before; or star history
  CAST(snapshot.stars_gained AS BIGINT) AS stars_gained, -- stars gained, null where it is unknown
  CAST(snapshot.stars_gained_in_days AS DOUBLE) AS stars_gained_in_days, -- in this time, in days
  CAST(snapshot.activity_score AS DOUBLE) AS activity_score, -- 0.4 commits + 0.3 closed issues + 0.3 contributors, null where one of them is unknown
  CAST(snapshot.commits_last_7_days AS BIGINT) AS commits_last_7_days, -- commits of the seven days before
  CAST(snapshot.issues_closed_last_7_days AS BIGINT) AS issues_closed_last_7_days, -- issues closed in the seven days before
  CAST(snapshot.active_contributors AS BIGINT) AS active_contributors, -- people who wrote these commits
  CAST(enrichment.render_complexity_score AS BIGINT) AS render_complexity_score, -- 0 to 10; null without a render.yaml that can be read
  CAST(enrichment.blueprint_quality_score AS BIGINT) AS blueprint_quality_score, -- 0 to 10; null without a render.yaml that can be read
  CAST(enrichment.documentation_score AS BIGINT) AS documentation_score, -- 0 to 10; null outside of Render
  CAST(concat('momentum ', CAST(round(snapshot.momentum_score, 4) AS VARCHAR), ' = ',
    CAST(snapshot.star_weight AS VARCHAR), ' * ', CAST(snapshot.stars AS VARCHAR), '/',
    CAST(snapshot.stars_most AS VARCHAR), ' stars + ', CAST(snapshot.recency_weight AS VARCHAR), ' * ',
    CAST(snapshot.recency_score AS VARCHAR), ' for an age of ', CAST(snapshot.age_days AS VARCHAR),
    ' days') AS VARCHAR) AS explanation -- the sum written out
FROM analytics_newest_day latest
JOIN stored.fact_repo_snapshots snapshot ON snapshot.snapshot_date = latest.snapshot_date
JOIN counts ON counts.snapshot_date = snapshot.snapshot_date AND counts.language_key = snapshot.language_key
JOIN totals ON totals.snapshot_date = snapshot.snapshot_date
JOIN stored.dim_repositories version ON version.repo_id = snapshot.repo_id AND version.is_current
LEFT JOIN stored.stg_render_enrichment enrichment ON enrichment.repo_id = version.repo_id
