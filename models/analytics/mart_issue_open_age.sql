-- How old the open issues of a repository are at the time of reading.
/*
kind = "view"
pipeline = "issues"
grain = ["repo_id"]
*/
WITH issues AS (
  SELECT repo_id, repo_full_name, repo_owner, repo_name, issue_number, created_at, updated_at, is_open,
    CASE WHEN is_open THEN greatest(CAST($run_at AS BIGINT) - CAST(created_at AS BIGINT), 0) / 86400000000.0
      END AS age_days
  FROM mart_issue_lifecycle
),
ages AS (
  SELECT repo_id, repo_full_name, repo_owner, repo_name, count(*) FILTER (WHERE is_open) AS open_count,
    percentile_exact(age_days, 0.5) AS median, percentile_exact(age_days, 0.9) AS p90, max(age_days) AS oldest,
    first_value(issue_number ORDER BY created_at, issue_number) FILTER (WHERE is_open) AS oldest_number,
    count(*) FILTER (WHERE is_open AND updated_at < $run_at - INTERVAL '30 days') AS untouched_30d,
    count(*) FILTER (WHERE is_open AND updated_at < $run_at - INTERVAL '90 days') AS untouched_90d,
    count(*) FILTER (WHERE is_open AND updated_at < $run_at - INTERVAL '365 days') AS untouched_365d
  FROM issues GROUP BY repo_id, repo_full_name, repo_owner, repo_name
)
SELECT
  CAST(ages.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(ages.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(ages.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(ages.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(ages.open_count AS BIGINT) AS open_count, -- open issues
  CAST(ages.median AS DOUBLE) AS median_age_days, -- median days since opening, interpolated; null when nothing is open
  CAST(ages.p90 AS DOUBLE) AS p90_age_days, -- 90th percentile of the days since opening, interpolated; null when nothing is open
  CAST(ages.oldest AS DOUBLE) AS oldest_age_days, -- days since the oldest was opened; null when nothing is open
  CAST(ages.oldest_number AS BIGINT) AS oldest_issue_number, -- number of the oldest; null when nothing is open
  CAST(ages.untouched_30d AS BIGINT) AS untouched_30d_count, -- open issues last updated more than 30 days ago
  CAST(ages.untouched_90d AS BIGINT) AS untouched_90d_count, -- open issues last updated more than 90 days ago
  CAST(ages.untouched_365d AS BIGINT) AS untouched_365d_count -- open issues last updated more than 365 days ago
FROM ages
