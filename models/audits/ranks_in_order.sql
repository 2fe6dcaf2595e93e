-- On a day of the batch the ranks go from 1 on, overall and in each language, and a better rank never has a smaller momentum.
/*
pipeline = "trending"
severity = "error"
scope = "repository"
*/
WITH days AS (SELECT CAST(started_at AS DATE) AS day FROM completed_runs GROUP BY CAST(started_at AS DATE)),
ranks AS (
  SELECT snapshot.repo_id, snapshot.snapshot_date, -1 AS language_key, snapshot.rank_overall AS rank_given,
    snapshot.momentum_score
  FROM days JOIN fact_repo_snapshots snapshot ON snapshot.snapshot_date = days.day
  UNION ALL
  SELECT snapshot.repo_id, snapshot.snapshot_date, snapshot.language_key, snapshot.rank_in_language AS rank_given,
    snapshot.momentum_score
  FROM days JOIN fact_repo_snapshots snapshot ON snapshot.snapshot_date = days.day
),
counted AS (
  SELECT *, sum_within(1, snapshot_date, language_key) OVER line AS place,
    lag_within(rank_given, snapshot_date, language_key) OVER line AS rank_before,
    lag_within(momentum_score, snapshot_date, language_key) OVER line AS momentum_before
  FROM ranks
  WINDOW line AS (ORDER BY snapshot_date, language_key, rank_given)
)
SELECT repo_id, snapshot_date, language_key, rank_given, place
FROM counted
WHERE NOT (rank_given = place OR coalesce(rank_given = rank_before, false))
  OR coalesce(momentum_score > momentum_before, false)
