-- One stored day of a repository, ranked by how much its backlog grew or shrank.
/*
kind = "view"
pipeline = "issues"
grain = ["repo_id", "calendar_date"]
*/
SELECT
  CAST(flow.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(flow.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(flow.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(flow.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(flow.calendar_date AS DATE) AS calendar_date, -- day, UTC
  CAST(flow.opened_count AS BIGINT) AS opened_count, -- issues opened on the day
  CAST(flow.closed_count AS BIGINT) AS closed_count, -- issues closed on the day, by the time GitHub gives
  CAST(flow.net_change AS BIGINT) AS net_change, -- opened minus closed
  CAST(rank() OVER (PARTITION BY flow.repo_id ORDER BY flow.net_change DESC) AS BIGINT) AS swing_rank_positive, -- 1 for the day on which the backlog grew most; equal days share a rank
  CAST(rank() OVER (PARTITION BY flow.repo_id ORDER BY flow.net_change) AS BIGINT) AS swing_rank_negative -- 1 for the day on which the backlog shrank most; equal days share a rank
FROM stored.mart_issue_daily_flow flow
