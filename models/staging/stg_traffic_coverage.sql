-- What is known of a day of a repository's traffic, from its first known day to its last, without gaps.
/*
kind = "merge"
pipeline = "traffic"
grain = ["repo_id", "day"]
key = ["repo_id", "day"]
changes = "stg_traffic_day_changes"
by_month = "day"
*/
WITH
-- Ranks of what is known: 3 collected, 2 partial, 1 not permitted, 0 not collected. The best one counts.
told AS (
  SELECT repo_id, starts_on AS day, measure, CASE WHEN is_whole THEN 3 ELSE 2 END AS known_rank
  FROM decoded_traffic_counts WHERE per = 'day'
  UNION ALL
  SELECT repo_id, day, measure, CASE
      WHEN status = 'not_permitted' THEN 1
      WHEN day BETWEEN whole_first AND whole_last THEN 3
      ELSE 2 END AS known_rank
  FROM (
    SELECT repo_id, measure, status, whole_first, whole_last,
      CAST(unnest(generate_series(first_day, answered_on, INTERVAL '1 day')) AS DATE) AS day
    FROM stg_traffic_observations WHERE per = 'day'
  )
),
ranks AS (
  SELECT repo_id, day, CASE measure WHEN 'views' THEN known_rank ELSE 0 END AS views_rank,
    CASE measure WHEN 'clones' THEN known_rank ELSE 0 END AS clones_rank
  FROM told
  UNION ALL
  SELECT changed.repo_id, changed.day,
    CASE earlier.views_status WHEN 'collected' THEN 3 WHEN 'partial' THEN 2 WHEN 'not permitted' THEN 1 ELSE 0 END
      AS views_rank,
    CASE earlier.clones_status WHEN 'collected' THEN 3 WHEN 'partial' THEN 2 WHEN 'not permitted' THEN 1 ELSE 0 END
      AS clones_rank
  FROM stg_traffic_day_changes changed
  LEFT JOIN previous.stg_traffic_coverage earlier ON earlier.repo_id = changed.repo_id AND earlier.day = changed.day
),
days AS (
  SELECT repo_id, day, max(views_rank) AS views_rank, max(clones_rank) AS clones_rank
  FROM ranks GROUP BY repo_id, day
)
SELECT
  CAST(repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(day AS DATE) AS day, -- day, UTC
  CAST(CASE
    WHEN least(views_rank, clones_rank) = 3 THEN 'collected'
    WHEN greatest(views_rank, clones_rank) >= 2 THEN 'partial'
    WHEN greatest(views_rank, clones_rank) = 1 THEN 'not permitted'
    ELSE 'not collected' END AS VARCHAR) AS status, -- collected if both measures are, partial if anything is known, else not permitted or not collected
  CAST(CASE views_rank WHEN 3 THEN 'collected' WHEN 2 THEN 'partial' WHEN 1 THEN 'not permitted' ELSE 'not collected' END AS VARCHAR) AS views_status, -- collected: seen whole; partial: seen at the edge of an answer; not permitted: asked for without the right; not collected
  CAST(CASE clones_rank WHEN 3 THEN 'collected' WHEN 2 THEN 'partial' WHEN 1 THEN 'not permitted' ELSE 'not collected' END AS VARCHAR) AS clones_status -- the same of clones
FROM days
