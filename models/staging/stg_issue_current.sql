-- One issue or pull request as last seen.
/*
kind = "merge"
pipeline = "issues"
grain = ["repo_id", "issue_id"]
key = ["repo_id", "issue_id"]
changes = "stg_issue_changes"
*/
SELECT
  CAST(changed.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(changed.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(changed.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(changed.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(changed.issue_id AS BIGINT) AS issue_id, -- GitHub's numeric id of the issue
  CAST(changed.issue_node_id AS VARCHAR) AS issue_node_id, -- GitHub's GraphQL id of the issue
  CAST(changed.issue_number AS BIGINT) AS issue_number, -- number within the repository
  CAST(changed.title AS VARCHAR) AS title, -- title
  CAST(changed.state AS VARCHAR) AS state, -- open or closed
  CAST(changed.state_reason AS VARCHAR) AS state_reason, -- completed, not_planned, reopened, duplicate, or null
  CAST(changed.is_locked AS BOOLEAN) AS is_locked, -- whether the conversation is locked
  CAST(changed.active_lock_reason AS VARCHAR) AS active_lock_reason, -- why it is locked
  CAST(changed.created_at AS TIMESTAMPTZ(6)) AS created_at, -- when it was opened
  CAST(changed.updated_at AS TIMESTAMPTZ(6)) AS updated_at, -- when anything on it last changed
  CAST(changed.closed_at AS TIMESTAMPTZ(6)) AS closed_at, -- when it was closed, null while it is open
  CAST(changed.merged_at AS TIMESTAMPTZ(6)) AS merged_at, -- when the pull request was merged, null otherwise
  CAST(changed.html_url AS VARCHAR) AS html_url, -- page for people
  CAST(changed.api_url AS VARCHAR) AS api_url, -- address in the API
  CAST(changed.comments_url AS VARCHAR) AS comments_url, -- address of the comments in the API
  CAST(changed.events_url AS VARCHAR) AS events_url, -- address of the events in the API
  CAST(changed.author_association AS VARCHAR) AS author_association, -- the author's relation to the repository
  CAST(changed.comment_count AS BIGINT) AS comment_count, -- comments
  CAST(changed.is_pull_request AS BOOLEAN) AS is_pull_request, -- whether it is a pull request
  CAST(changed.author_login AS VARCHAR) AS author_login, -- login of the author, null for a deleted account
  CAST(changed.author_id AS BIGINT) AS author_id, -- numeric id of the author
  CAST(changed.author_type AS VARCHAR) AS author_type, -- User, Bot or Organization
  CAST(coalesce(cardinality(changed.assignees), 0) AS BIGINT) AS assignee_count, -- assignees
  CAST(changed.milestone_title AS VARCHAR) AS milestone_title, -- title of the milestone
  CAST(changed.closed_by_login AS VARCHAR) AS closed_by_login, -- login of who closed it
  CAST(changed.performed_via_github_app_name AS VARCHAR) AS performed_via_github_app_name, -- name of the app that opened it
  CAST(changed.pull_request_url AS VARCHAR) AS pull_request_url, -- address of the pull request in the API
  CAST(changed.pull_request_html_url AS VARCHAR) AS pull_request_html_url, -- page of the pull request for people
  CAST($run_at AS TIMESTAMPTZ(6)) AS record_loaded_at, -- when the row was taken over from the raw rows
  CAST(changed.source_run_id AS VARCHAR) AS source_run_id, -- run that collected the row
  CAST(changed.source_recorded_at AS TIMESTAMPTZ(6)) AS source_recorded_at, -- when the page was fetched
  CAST(changed.source_page_number AS BIGINT) AS source_page_number, -- page within the run
  CAST(changed.source_payload_sha256 AS VARCHAR) AS source_payload_sha256 -- SHA-256 of the raw row's payload, in hexadecimal
FROM stg_issue_changes changed
