-- What a run tells of a repository itself, and the day that the run is of.
/*
kind = "temporary"
pipeline = "trending"
grain = ["repo_id", "source_run_seq"]
*/
-- Of several answers of a run the details count, then what completes a hit of code search: they are told by the
-- repository itself. The index of searches and topics may lag behind. Of equals the newest counts.
-- All that a run brings is of the day on which it began, also where it ended on the next.
WITH newest AS (
  SELECT * FROM decoded_repositories
  QUALIFY lead_within(seen_at, repo_id, source_run_seq) OVER (ORDER BY repo_id, source_run_seq,
    CASE found_by WHEN 'detail' THEN 2 WHEN 'code' THEN 1 ELSE 0 END, seen_at, branch) IS NULL
)
SELECT
  CAST(newest.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(newest.source_run_seq AS BIGINT) AS source_run_seq, -- sequence number of the run
  CAST(newest.seen_at AS TIMESTAMPTZ(6)) AS seen_at, -- when the answer came
  CAST(run.started_at AS DATE) AS seen_on, -- day of the run, UTC
  CAST(newest.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as it was called then
  CAST(newest.repo_owner AS VARCHAR) AS repo_owner, -- owner, as it was called then
  CAST(newest.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as it was called then
  CAST(newest.repo_url AS VARCHAR) AS repo_url, -- page for people
  CAST(newest."language" AS VARCHAR) AS "language", -- the language that GitHub tells, null where it tells none
  CAST(newest.description AS VARCHAR) AS description, -- description, null where there is none
  CAST(newest.stars AS BIGINT) AS stars, -- stars
  CAST(newest.forks AS BIGINT) AS forks, -- forks
  CAST(newest.open_issues AS BIGINT) AS open_issues, -- open issues and pull requests together; pull requests alone where issues are turned off
  CAST(newest.created_at AS TIMESTAMPTZ(6)) AS created_at, -- when it was created
  CAST(newest.updated_at AS TIMESTAMPTZ(6)) AS updated_at, -- when anything on it last changed
  CAST(newest.pushed_at AS TIMESTAMPTZ(6)) AS pushed_at, -- when it was last pushed to
  CAST(newest.topics AS VARCHAR[]) AS topics, -- topics
  CAST(newest.is_archived AS BOOLEAN) AS is_archived -- whether it is archived
FROM completed_runs run
RIGHT JOIN newest ON newest.source_run_seq = run.run_seq
