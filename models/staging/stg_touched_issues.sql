-- An issue or pull request whose history is made anew: the run brought something about it, or it has none yet.
/*
kind = "temporary"
pipeline = "issues"
grain = ["repo_id", "issue_number"]
*/
WITH touched AS (
  SELECT repo_id, issue_number FROM stg_issue_changes
  UNION
  SELECT repo_id, issue_number FROM stg_issue_event_changes
  UNION
  SELECT repo_id, issue_number FROM decoded_issue_departures
  UNION
  -- Collected before there were intervals.
  SELECT issue.repo_id, issue.issue_number
  FROM previous.stg_issue_state_intervals earlier
  RIGHT ANTI JOIN stg_issue_current issue
    ON issue.repo_id = earlier.repo_id AND issue.issue_number = earlier.issue_number
)
SELECT
  CAST(touched.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(touched.issue_number AS BIGINT) AS issue_number -- number within the repository
FROM touched
