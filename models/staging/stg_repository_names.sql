-- A name of a repository and when it bore it, as far as runs saw.
/*
kind = "incremental"
pipeline = "issues"
grain = ["repo_id", "valid_from"]
*/
WITH sightings AS (
  SELECT repo_id, full_name, valid_from AS seen_at, 0 AS run_seq, '' AS stream FROM previous.stg_repository_names
  UNION ALL
  SELECT repo_id, repo_full_name AS full_name, started_at AS seen_at, run_seq, stream FROM completed_runs
),
names AS (
  -- The clock may have gone back between two runs.
  SELECT repo_id, full_name, run_seq, stream, lag(full_name) OVER sighting AS name_before,
    max(seen_at) OVER (PARTITION BY repo_id ORDER BY run_seq, seen_at, stream ROWS UNBOUNDED PRECEDING) AS seen_at
  FROM sightings
  QUALIFY name_before IS DISTINCT FROM full_name
  WINDOW sighting AS (PARTITION BY repo_id ORDER BY run_seq, seen_at, stream)
),
intervals AS (
  SELECT *, lead(seen_at) OVER (PARTITION BY repo_id ORDER BY run_seq, seen_at, stream) AS next_seen_at FROM names
)
SELECT
  CAST(repository.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(repository.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(repository.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(repository.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(intervals.full_name AS VARCHAR) AS full_name, -- owner/name, as the repository was called then
  CAST(intervals.seen_at AS TIMESTAMPTZ(6)) AS valid_from, -- start of the first run that saw it under this name
  CAST(intervals.next_seen_at AS TIMESTAMPTZ(6)) AS valid_to -- start of the first run that saw it under the next one, null while it holds
FROM repositories repository
JOIN intervals ON intervals.repo_id = repository.repo_id
