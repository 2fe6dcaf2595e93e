-- The newest decoded row of each event.
/*
kind = "temporary"
pipeline = "issues"
grain = ["repo_id", "event_node_id"]
*/
WITH newest AS (
  SELECT * FROM decoded_issue_events
  QUALIFY row_number() OVER (
    PARTITION BY repo_id, event_node_id
    ORDER BY source_recorded_at DESC, source_run_seq DESC, source_page_number DESC, source_item_index DESC
  ) = 1
)
SELECT
  CAST(repository.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(repository.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(repository.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(repository.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(newest.event_node_id AS VARCHAR) AS event_node_id, -- GitHub's GraphQL id of the event
  CAST(newest.event_id AS BIGINT) AS event_id, -- GitHub's numeric id of the event, null from GraphQL
  CAST(newest.issue_number AS BIGINT) AS issue_number, -- number of the issue or pull request within the repository
  CAST(newest.event_type AS VARCHAR) AS event_type, -- closed, reopened, merged, labeled, unlabeled, assigned, unassigned, milestoned, demilestoned, renamed, transferred or converted_to_discussion
  CAST(newest.created_at AS TIMESTAMPTZ(6)) AS created_at, -- when it happened
  CAST(newest.actor_login AS VARCHAR) AS actor_login, -- login of who did it, null for a deleted account
  CAST(newest.actor_id AS BIGINT) AS actor_id, -- numeric id of who did it
  CAST(newest.label_name AS VARCHAR) AS label_name, -- label that came or went
  CAST(newest.assignee_login AS VARCHAR) AS assignee_login, -- login of who was assigned or unassigned
  CAST(newest.assignee_id AS BIGINT) AS assignee_id, -- numeric id of who was assigned or unassigned
  CAST(newest.milestone_title AS VARCHAR) AS milestone_title, -- milestone that came or went
  CAST(newest.renamed_from AS VARCHAR) AS renamed_from, -- title before
  CAST(newest.renamed_to AS VARCHAR) AS renamed_to, -- title after
  CAST(newest.state_reason AS VARCHAR) AS state_reason, -- why it was closed or reopened
  CAST(newest.source_run_id AS VARCHAR) AS source_run_id, -- run that collected the row
  CAST(newest.source_run_seq AS BIGINT) AS source_run_seq, -- sequence number of that run
  CAST(newest.source_recorded_at AS TIMESTAMPTZ(6)) AS source_recorded_at, -- when the page was fetched
  CAST(newest.source_page_number AS BIGINT) AS source_page_number, -- page within the run
  CAST(newest.source_item_index AS BIGINT) AS source_item_index, -- place within the page
  CAST(newest.source_payload_sha256 AS VARCHAR) AS source_payload_sha256 -- SHA-256 of the raw row's payload, in hexadecimal
FROM repositories repository
JOIN newest ON newest.repo_id = repository.repo_id
