-- One calendar month of a repository's traffic that has known days; unknown is null.
/*
kind = "view"
pipeline = "traffic"
grain = ["repo_id", "month_start"]
*/
SELECT
  CAST(mart.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(repository.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(repository.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(repository.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(mart.month_start AS DATE) AS month_start, -- first day of the month, UTC
  CAST(mart.days_collected AS BIGINT) AS days_collected, -- days of which views and clones were seen whole
  CAST(mart.days_in_month AS BIGINT) AS days_in_month, -- days that the month has
  CAST(mart.views AS BIGINT) AS views, -- views of the known days, null where none is known
  CAST(mart.view_uniques_lower AS BIGINT) AS view_uniques_lower, -- unique visitors at least
  CAST(mart.view_uniques_upper AS BIGINT) AS view_uniques_upper, -- unique visitors at most, null where that is unknown
  CAST(mart.clones AS BIGINT) AS clones, -- clones of the known days, null where none is known
  CAST(mart.clone_uniques_lower AS BIGINT) AS clone_uniques_lower, -- unique cloners at least
  CAST(mart.clone_uniques_upper AS BIGINT) AS clone_uniques_upper, -- unique cloners at most, null where that is unknown
  CAST(mart.is_complete AS BOOLEAN) AS is_complete, -- whether all days were seen whole
  CAST(CASE WHEN mart.view_uniques_lower = mart.view_uniques_upper THEN mart.view_uniques_lower END AS BIGINT) AS view_uniques, -- unique visitors where they are known exactly, else null
  CAST(CASE WHEN mart.clone_uniques_lower = mart.clone_uniques_upper THEN mart.clone_uniques_lower END AS BIGINT) AS clone_uniques -- unique cloners where they are known exactly, else null
FROM stored.stg_traffic_repositories repository
JOIN stored.mart_traffic_monthly mart ON mart.repo_id = repository.repo_id
