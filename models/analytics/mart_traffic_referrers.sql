-- One referrer in the list of a day: the newest that GitHub gave or confirmed on it, with the figures of 14 days.
/*
kind = "merge"
pipeline = "traffic"
grain = ["repo_id", "snapshot_date", "place"]
key = ["repo_id", "snapshot_date"]
changes = "stg_traffic_snapshots"
by_month = "snapshot_date"
*/
-- A list may have been told twice; what is stored is there once.
WITH entries AS (
  SELECT repo_id, taken_at, source, place, name, "count", uniques, false AS is_stored
  FROM decoded_traffic_popular WHERE kind = 'referrers' AND place IS NOT NULL
  UNION
  SELECT repo_id, taken_at, 'github' AS source, place, name, "count", uniques, false AS is_stored
  FROM previous.stg_traffic_popular WHERE kind = 'referrers'
  UNION ALL
  SELECT repo_id, taken_at, source, place, referrer AS name, "count", uniques, true AS is_stored
  FROM previous.mart_traffic_referrers
)
SELECT
  CAST(list.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(list.snapshot_date AS DATE) AS snapshot_date, -- day, UTC
  CAST(list.taken_at AS TIMESTAMPTZ(6)) AS taken_at, -- when the list was given, or confirmed
  CAST(entry.place AS BIGINT) AS place, -- place in the list, from 1
  CAST(entry.name AS VARCHAR) AS referrer, -- where visitors came from
  CAST(entry."count" AS BIGINT) AS "count", -- views of the 14 days up to then
  CAST(entry.uniques AS BIGINT) AS uniques, -- unique visitors of the 14 days up to then
  CAST(list.source AS VARCHAR) AS source -- github, or the format of an imported file
FROM stg_traffic_snapshots list
JOIN entries entry ON entry.repo_id = list.repo_id AND entry.taken_at = list.list_taken_at
  AND entry.source = list.source AND entry.is_stored = list.is_stored
WHERE list.kind = 'referrers'
