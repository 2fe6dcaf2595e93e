-- One entry of the newest list of referrers or paths that GitHub gave; an empty list has no rows.
/*
kind = "incremental"
pipeline = "traffic"
grain = ["repo_id", "kind", "place"]
*/
WITH newest AS (
  SELECT repo_id, CASE stream WHEN 'traffic_referrers' THEN 'referrers' ELSE 'paths' END AS kind,
    max(answered_at) AS taken_at
  FROM decoded_traffic_answers
  WHERE stream IN ('traffic_referrers', 'traffic_paths') AND status = 'answer'
  GROUP BY repo_id, stream
),
entries AS (
  SELECT DISTINCT entry.repo_id, entry.kind, entry.taken_at, entry.place, entry.name, entry.title, entry."count",
    entry.uniques
  FROM newest
  JOIN decoded_traffic_popular entry
    ON entry.repo_id = newest.repo_id AND entry.kind = newest.kind AND entry.taken_at = newest.taken_at
  WHERE entry.source = 'github'
  UNION ALL
  SELECT earlier.repo_id, earlier.kind, earlier.taken_at, earlier.place, earlier.name, earlier.title, earlier."count",
    earlier.uniques
  FROM newest RIGHT ANTI JOIN previous.stg_traffic_popular earlier
    ON earlier.repo_id = newest.repo_id AND earlier.kind = newest.kind
)
SELECT
  CAST(repository.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(repository.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(repository.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(repository.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(entries.kind AS VARCHAR) AS kind, -- referrers or paths
  CAST(entries.taken_at AS TIMESTAMPTZ(6)) AS taken_at, -- when the answer with the list came
  CAST(entries.place AS BIGINT) AS place, -- place in the list, from 1
  CAST(entries.name AS VARCHAR) AS name, -- the referrer or the path
  CAST(entries.title AS VARCHAR) AS title, -- title of the page, null for referrers
  CAST(entries."count" AS BIGINT) AS "count", -- views of the answer's window
  CAST(entries.uniques AS BIGINT) AS uniques -- unique visitors of the answer's window
FROM repositories repository
JOIN entries ON entries.repo_id = repository.repo_id
