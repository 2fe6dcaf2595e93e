-- The newest decoded row of each issue that is not older than the stored one.
/*
kind = "temporary"
pipeline = "issues"
grain = ["repo_id", "issue_id"]
*/
WITH newest AS (
  -- Of equal times the later page wins: an issue that moved between two pages is there twice.
  SELECT * FROM decoded_issues
  QUALIFY row_number() OVER (
    PARTITION BY repo_id, issue_id
    ORDER BY updated_at DESC NULLS LAST, source_recorded_at DESC, source_run_seq DESC,
      source_page_number DESC, source_item_index DESC
  ) = 1
)
SELECT
  CAST(repository.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(repository.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(repository.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(repository.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(newest.issue_id AS BIGINT) AS issue_id, -- GitHub's numeric id of the issue
  CAST(newest.issue_node_id AS VARCHAR) AS issue_node_id, -- GitHub's GraphQL id of the issue
  CAST(newest.issue_number AS BIGINT) AS issue_number, -- number within the repository
  CAST(newest.title AS VARCHAR) AS title, -- title
  CAST(newest.state AS VARCHAR) AS state, -- open or closed
  CAST(newest.state_reason AS VARCHAR) AS state_reason, -- completed, not_planned, reopened, duplicate, or null
  CAST(newest.is_locked AS BOOLEAN) AS is_locked, -- whether the conversation is locked
  CAST(newest.active_lock_reason AS VARCHAR) AS active_lock_reason, -- why it is locked
  CAST(newest.created_at AS TIMESTAMPTZ(6)) AS created_at, -- when it was opened
  CAST(newest.updated_at AS TIMESTAMPTZ(6)) AS updated_at, -- when anything on it last changed
  CAST(newest.closed_at AS TIMESTAMPTZ(6)) AS closed_at, -- when it was closed, null while it is open
  CAST(newest.merged_at AS TIMESTAMPTZ(6)) AS merged_at, -- when the pull request was merged, null otherwise
  CAST(newest.html_url AS VARCHAR) AS html_url, -- page for people
  CAST(newest.api_url AS VARCHAR) AS api_url, -- address in the API
  CAST(newest.comments_url AS VARCHAR) AS comments_url, -- address of the comments in the API
  CAST(newest.events_url AS VARCHAR) AS events_url, -- address of the events in the API
  CAST(newest.author_association AS VARCHAR) AS author_association, -- the author's relation to the repository
  CAST(newest.comment_count AS BIGINT) AS comment_count, -- comments
  CAST(newest.is_pull_request AS BOOLEAN) AS is_pull_request, -- whether it is a pull request
  CAST(newest.author_login AS VARCHAR) AS author_login, -- login of the author, null for a deleted account
  CAST(newest.author_id AS BIGINT) AS author_id, -- numeric id of the author
  CAST(newest.author_type AS VARCHAR) AS author_type, -- User, Bot or Organization
  CAST(newest.milestone_title AS VARCHAR) AS milestone_title, -- title of the milestone
  CAST(newest.closed_by_login AS VARCHAR) AS closed_by_login, -- login of who closed it
  CAST(newest.performed_via_github_app_name AS VARCHAR) AS performed_via_github_app_name, -- name of the app that opened it
  CAST(newest.pull_request_url AS VARCHAR) AS pull_request_url, -- address of the pull request in the API
  CAST(newest.pull_request_html_url AS VARCHAR) AS pull_request_html_url, -- page of the pull request for people
  CAST(newest.labels AS ARRAY<STRUCT<label_id BIGINT, label_name VARCHAR, label_description VARCHAR, label_color VARCHAR, label_is_default BOOLEAN>>) AS labels, -- labels at that time
  CAST(newest.assignees AS ARRAY<STRUCT<assignee_login VARCHAR, assignee_id BIGINT, assignee_type VARCHAR>>) AS assignees, -- assignees at that time
  CAST(newest.source_run_id AS VARCHAR) AS source_run_id, -- run that collected the row
  CAST(newest.source_run_seq AS BIGINT) AS source_run_seq, -- sequence number of that run
  CAST(newest.source_recorded_at AS TIMESTAMPTZ(6)) AS source_recorded_at, -- when the page was fetched
  CAST(newest.source_page_number AS BIGINT) AS source_page_number, -- page within the run
  CAST(newest.source_item_index AS BIGINT) AS source_item_index, -- place within the page
  CAST(newest.source_payload_sha256 AS VARCHAR) AS source_payload_sha256 -- SHA-256 of the raw row's payload, in hexadecimal
FROM repositories repository
JOIN (
  previous.stg_issue_current stored
  RIGHT JOIN newest ON newest.repo_id = stored.repo_id AND newest.issue_id = stored.issue_id
) ON newest.repo_id = repository.repo_id
WHERE stored.updated_at IS NULL OR newest.updated_at >= stored.updated_at
