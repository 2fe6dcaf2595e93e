-- One referrer in the list of a day: the newest that GitHub gave or confirmed on it, with the figures of 14 days.
/*
kind = "view"
pipeline = "traffic"
grain = ["repo_id", "snapshot_date", "place"]
*/
SELECT
  CAST(mart.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(repository.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(repository.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(repository.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(mart.snapshot_date AS DATE) AS snapshot_date, -- day, UTC
  CAST(mart.taken_at AS TIMESTAMPTZ(6)) AS taken_at, -- when the list was given, or confirmed
  CAST(mart.place AS BIGINT) AS place, -- place in the list, from 1
  CAST(mart.referrer AS VARCHAR) AS referrer, -- where visitors came from
  CAST(mart."count" AS BIGINT) AS "count", -- views of the 14 days up to then
  CAST(mart.uniques AS BIGINT) AS uniques, -- unique visitors of the 14 days up to then
  CAST(mart.source AS VARCHAR) AS source -- github, or the format of an imported file
FROM stored.stg_traffic_repositories repository
JOIN stored.mart_traffic_referrers mart ON mart.repo_id = repository.repo_id
