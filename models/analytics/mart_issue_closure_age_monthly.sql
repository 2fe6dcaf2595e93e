-- How old the issues were that a repository closed in a month.
/*
kind = "incremental"
pipeline = "issues"
grain = ["repo_id", "year_month"]
*/
WITH closings AS (
  SELECT repo_id, CAST(date_trunc('month', closed_date) AS DATE) AS month, closure_age_days
  FROM mart_issue_lifecycle WHERE closure_age_days IS NOT NULL
),
months AS (
  SELECT repo_id, month, count(*) AS closed, percentile_exact(closure_age_days, 0.5) AS median,
    percentile_exact(closure_age_days, 0.9) AS p90,
    avg(CASE WHEN closure_age_days <= 7.0 THEN 1.0 ELSE 0.0 END) AS within_7d,
    avg(CASE WHEN closure_age_days > 90.0 THEN 1.0 ELSE 0.0 END) AS after_90d
  FROM closings GROUP BY repo_id, month
)
SELECT
  CAST(repository.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(repository.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(repository.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(repository.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(months.month AS DATE) AS year_month, -- first day of the month of closing, UTC
  CAST(months.closed AS BIGINT) AS closed_issue_count, -- issues closed in the month, by the time GitHub gives
  CAST(months.median AS DOUBLE) AS median_closure_age_days, -- median days from opening to closing, interpolated
  CAST(months.p90 AS DOUBLE) AS p90_closure_age_days, -- 90th percentile of the days from opening to closing, interpolated
  CAST(months.within_7d AS DOUBLE) AS share_closed_within_7d, -- share closed at most 7 days after opening, 0 to 1
  CAST(months.after_90d AS DOUBLE) AS share_closed_after_90d -- share closed more than 90 days after opening, 0 to 1
FROM repositories repository
JOIN months ON months.repo_id = repository.repo_id
