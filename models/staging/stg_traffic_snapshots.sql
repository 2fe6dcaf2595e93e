-- The list of referrers or paths that stands for a day on which the run brings one: the day's newest.
/*
kind = "temporary"
pipeline = "traffic"
grain = ["repo_id", "kind", "snapshot_date"]
*/
WITH answers AS (
  SELECT repo_id, CASE stream WHEN 'traffic_referrers' THEN 'referrers' ELSE 'paths' END AS kind, status, answered_at,
    sum_within(CASE status WHEN 'answer' THEN 1 ELSE 0 END, repo_id, stream)
      OVER (ORDER BY repo_id, stream, answered_at, source_run_seq) AS body_number
  FROM decoded_traffic_answers
  WHERE stream IN ('traffic_referrers', 'traffic_paths') AND status <> 'not_permitted'
),
-- An unchanged answer repeats the list before it: one of this run, or the newest that GitHub gave before.
bodies AS (
  SELECT repo_id, kind, body_number, answered_at FROM answers WHERE status = 'answer'
  UNION ALL
  SELECT repo_id, kind, 0 AS body_number, max(taken_at) AS answered_at
  FROM previous.stg_traffic_popular GROUP BY repo_id, kind
),
lists AS (
  SELECT answer.repo_id, answer.kind, answer.answered_at AS taken_at, 'github' AS source,
    body.answered_at AS list_taken_at, false AS is_stored
  FROM answers answer
  LEFT JOIN bodies body
    ON body.repo_id = answer.repo_id AND body.kind = answer.kind AND body.body_number = answer.body_number
  UNION ALL
  SELECT DISTINCT repo_id, kind, taken_at, source, taken_at AS list_taken_at, false AS is_stored
  FROM decoded_traffic_popular WHERE source <> 'github'
),
changed AS (SELECT DISTINCT repo_id, CAST(taken_at AS DATE) AS snapshot_date FROM lists),
stored AS (
  SELECT repo_id, 'referrers' AS kind, snapshot_date, taken_at, source FROM previous.mart_traffic_referrers
  UNION ALL
  SELECT repo_id, 'paths' AS kind, snapshot_date, taken_at, source FROM previous.mart_traffic_paths
),
candidates AS (
  SELECT repo_id, kind, CAST(taken_at AS DATE) AS snapshot_date, taken_at, source, list_taken_at, is_stored FROM lists
  UNION ALL
  SELECT DISTINCT stored.repo_id, stored.kind, stored.snapshot_date, stored.taken_at, stored.source,
    stored.taken_at AS list_taken_at, true AS is_stored
  FROM changed JOIN stored ON stored.repo_id = changed.repo_id AND stored.snapshot_date = changed.snapshot_date
)
SELECT
  CAST(repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(kind AS VARCHAR) AS kind, -- referrers or paths
  CAST(snapshot_date AS DATE) AS snapshot_date, -- day, UTC
  CAST(taken_at AS TIMESTAMPTZ(6)) AS taken_at, -- when the list was given, or confirmed
  CAST(source AS VARCHAR) AS source, -- github, or the format of an imported file
  CAST(list_taken_at AS TIMESTAMPTZ(6)) AS list_taken_at, -- when the answer came that has the entries; null for an empty list of an earlier run
  CAST(is_stored AS BOOLEAN) AS is_stored -- whether the entries are those that the mart has of the day
FROM candidates
QUALIFY lead_within(taken_at, repo_id, kind, snapshot_date) OVER (
  ORDER BY repo_id, kind, snapshot_date, taken_at, source = 'github', is_stored DESC, source) IS NULL
