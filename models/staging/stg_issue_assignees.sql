-- One assignee of an issue or pull request as last seen.
/*
kind = "merge"
pipeline = "issues"
grain = ["repo_id", "issue_id", "assignee_login"]
key = ["repo_id", "issue_id"]
changes = "stg_issue_changes"
*/
WITH assigned AS (
  SELECT repo_id, repo_full_name, repo_owner, repo_name, issue_id, issue_number, unnest(assignees) AS assignee
  FROM stg_issue_changes
),
assignees AS (
  SELECT DISTINCT repo_id, repo_full_name, repo_owner, repo_name, issue_id, issue_number,
    assignee['assignee_login'] AS assignee_login, assignee['assignee_id'] AS assignee_id,
    assignee['assignee_type'] AS assignee_type
  FROM assigned
)
SELECT
  CAST(assignees.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(assignees.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(assignees.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(assignees.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(assignees.issue_id AS BIGINT) AS issue_id, -- GitHub's numeric id of the issue
  CAST(assignees.issue_number AS BIGINT) AS issue_number, -- number within the repository
  CAST(assignees.assignee_login AS VARCHAR) AS assignee_login, -- login
  CAST(assignees.assignee_id AS BIGINT) AS assignee_id, -- GitHub's numeric id of the account
  CAST(assignees.assignee_type AS VARCHAR) AS assignee_type, -- User, Bot or Organization
  CAST($run_at AS TIMESTAMPTZ(6)) AS record_loaded_at -- when the row was taken over from the raw rows
FROM assignees
WHERE assignees.assignee_login IS NOT NULL
