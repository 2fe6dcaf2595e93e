-- The momentum of a repository on a day of the batch, and what it is made of.
/*
kind = "temporary"
pipeline = "trending"
grain = ["repo_id", "snapshot_date"]
*/
-- Momentum, 0 to 1, not rounded: weight of stars * stars / greatest stars of the day among repositories of Render, or
-- among the others, + weight of recency * recency. Recency is the score of the first step that the age in whole days
-- does not exceed. As promised the weights are 0.5 and 0.5, and the steps 30 days 1.0, 60 days 0.75, 90 days 0.5.
WITH ages AS (SELECT age_days FROM stg_snapshot_changes GROUP BY age_days),
recencies AS (
  SELECT ages.age_days, first_value(step.score ORDER BY step.up_to_days) AS score
  FROM ages JOIN trending_recency_steps step ON step.up_to_days >= ages.age_days
  GROUP BY ages.age_days
),
groups AS (
  SELECT snapshot_date, is_render, max(stars) AS stars_most FROM stg_snapshot_changes GROUP BY snapshot_date, is_render
),
parts AS (
  SELECT snapshot.repo_id, snapshot.snapshot_date, groups.stars_most, rule.momentum_name, rule.star_weight,
    rule.recency_weight, coalesce(recency.score, rule.recency_after) AS recency_score,
    CASE WHEN groups.stars_most > 0 THEN CAST(snapshot.stars AS DOUBLE) / groups.stars_most ELSE 0.0 END
      AS stars_normalised
  FROM stg_snapshot_changes snapshot
  JOIN groups ON groups.snapshot_date = snapshot.snapshot_date AND groups.is_render = snapshot.is_render
  LEFT JOIN recencies recency ON recency.age_days = snapshot.age_days
  CROSS JOIN trending_rules rule
)
SELECT
  CAST(repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(snapshot_date AS DATE) AS snapshot_date, -- day, UTC
  CAST(stars_most AS BIGINT) AS stars_most, -- greatest stars of its group that day
  CAST(stars_normalised AS DOUBLE) AS stars_normalised, -- stars by these, 0 to 1
  CAST(recency_score AS DOUBLE) AS recency_score, -- 0 to 1
  CAST(momentum_name AS VARCHAR) AS momentum_name, -- promised, recent or own
  CAST(star_weight AS DOUBLE) AS star_weight, -- weight of normalised stars
  CAST(recency_weight AS DOUBLE) AS recency_weight, -- weight of recency
  CAST(star_weight * stars_normalised + recency_weight * recency_score AS DOUBLE) AS momentum_score -- 0 to 1, not rounded
FROM parts
