-- An issue or pull request that is no longer in the repository.
/*
kind = "merge"
pipeline = "issues"
grain = ["repo_id", "issue_number"]
key = ["repo_id", "issue_number"]
changes = "stg_touched_issues"
*/
WITH told AS (
  SELECT repo_id, issue_number, left_at, reason, moved_to, $run_at AS loaded_at FROM decoded_issue_departures
  UNION ALL
  SELECT earlier.repo_id, earlier.issue_number, earlier.left_at, earlier.reason, earlier.moved_to,
    earlier.record_loaded_at AS loaded_at
  FROM stg_touched_issues touched
  JOIN previous.stg_issue_departures earlier
    ON earlier.repo_id = touched.repo_id AND earlier.issue_number = touched.issue_number
  UNION ALL
  SELECT event.repo_id, event.issue_number, event.created_at AS left_at, event.event_type AS reason,
    CAST(NULL AS VARCHAR) AS moved_to, $run_at AS loaded_at
  FROM stg_touched_issues touched
  JOIN stg_issue_events event ON event.repo_id = touched.repo_id AND event.issue_number = touched.issue_number
  WHERE event.event_type = 'converted_to_discussion'
),
-- An issue that was collected after it was missed is there again; a discussion never becomes an issue again.
-- Told of twice, it left the first time.
standing AS (
  SELECT told.* FROM told
  LEFT JOIN stg_issue_current issue ON issue.repo_id = told.repo_id AND issue.issue_number = told.issue_number
  WHERE issue.source_recorded_at IS NULL OR issue.source_recorded_at <= told.left_at
    OR told.reason = 'converted_to_discussion'
  QUALIFY row_number() OVER (
    PARTITION BY told.repo_id, told.issue_number
    ORDER BY told.left_at, told.loaded_at, told.reason, told.moved_to
  ) = 1
)
SELECT
  CAST(repository.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(repository.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(repository.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(repository.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(standing.issue_number AS BIGINT) AS issue_number, -- number within the repository
  CAST(standing.left_at AS TIMESTAMPTZ(6)) AS left_at, -- when it was converted, otherwise when it was found gone
  CAST(standing.reason AS VARCHAR) AS reason, -- deleted, transferred or converted_to_discussion
  CAST(standing.moved_to AS VARCHAR) AS moved_to, -- where it is now, owner/name#number; null unless it was transferred
  CAST(standing.loaded_at AS TIMESTAMPTZ(6)) AS record_loaded_at -- when the row was taken over
FROM repositories repository
JOIN standing ON standing.repo_id = repository.repo_id
