-- A repository on a day on which it was seen, newest day first.
/*
kind = "view"
pipeline = "trending"
grain = ["repo_id", "snapshot_date"]
*/
SELECT
  CAST(version.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(held.shown_language AS VARCHAR) AS "language", -- render where it counted as one of Render on that day, else the language that GitHub tells
  CAST(snapshot.snapshot_date AS DATE) AS snapshot_date, -- day, UTC
  CAST(snapshot.stars AS BIGINT) AS stars, -- stars
  CAST(snapshot.star_velocity AS DOUBLE) AS star_velocity, -- stars gained a day, null where it is unknown
  CAST(snapshot.momentum_score AS DOUBLE) AS momentum_score, -- 0 to 1, not rounded
  CAST(snapshot.activity_score AS DOUBLE) AS activity_score, -- 0.4 commits + 0.3 closed issues + 0.3 contributors of the seven days before, null where one of them is unknown
  CAST(snapshot.rank_overall AS BIGINT) AS rank_overall, -- rank among all repositories of the day
  CAST(snapshot.rank_in_language AS BIGINT) AS rank_in_language, -- rank among those of its shown language
  CAST(version.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(snapshot.repo_key AS BIGINT) AS repo_key, -- version of the repository that held on that day
  CAST(snapshot.forks AS BIGINT) AS forks, -- forks
  CAST(snapshot.seen_at AS TIMESTAMPTZ(6)) AS seen_at -- when the figures came
FROM stored.dim_repositories version
JOIN stored.fact_repo_snapshots snapshot ON snapshot.repo_id = version.repo_id
LEFT JOIN stored.dim_repositories held ON held.repo_key = snapshot.repo_key
WHERE version.is_current
ORDER BY snapshot_date DESC, rank_overall, repo_id
