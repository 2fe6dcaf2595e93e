-- One event of an issue or pull request.
/*
kind = "merge"
pipeline = "issues"
grain = ["repo_id", "event_node_id"]
key = ["repo_id", "event_node_id"]
changes = "stg_issue_event_changes"
*/
SELECT
  CAST(changed.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(changed.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(changed.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(changed.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(changed.event_node_id AS VARCHAR) AS event_node_id, -- GitHub's GraphQL id of the event
  CAST(changed.event_id AS BIGINT) AS event_id, -- GitHub's numeric id of the event, null from GraphQL
  CAST(changed.issue_number AS BIGINT) AS issue_number, -- number of the issue or pull request within the repository
  CAST(changed.event_type AS VARCHAR) AS event_type, -- closed, reopened, merged, labeled, unlabeled, assigned, unassigned, milestoned, demilestoned, renamed, transferred or converted_to_discussion
  CAST(changed.created_at AS TIMESTAMPTZ(6)) AS created_at, -- when it happened
  CAST(changed.actor_login AS VARCHAR) AS actor_login, -- login of who did it, null for a deleted account
  CAST(changed.actor_id AS BIGINT) AS actor_id, -- numeric id of who did it
  CAST(changed.label_name AS VARCHAR) AS label_name, -- label that came or went
  CAST(changed.assignee_login AS VARCHAR) AS assignee_login, -- login of who was assigned or unassigned
  CAST(changed.assignee_id AS BIGINT) AS assignee_id, -- numeric id of who was assigned or unassigned
  CAST(changed.milestone_title AS VARCHAR) AS milestone_title, -- milestone that came or went
  CAST(changed.renamed_from AS VARCHAR) AS renamed_from, -- title before
  CAST(changed.renamed_to AS VARCHAR) AS renamed_to, -- title after
  CAST(changed.state_reason AS VARCHAR) AS state_reason, -- why it was closed or reopened
  CAST($run_at AS TIMESTAMPTZ(6)) AS record_loaded_at, -- when the row was taken over from the raw rows
  CAST(changed.source_run_id AS VARCHAR) AS source_run_id, -- run that collected the row
  CAST(changed.source_run_seq AS BIGINT) AS source_run_seq, -- sequence number of that run
  CAST(changed.source_recorded_at AS TIMESTAMPTZ(6)) AS source_recorded_at, -- when the page was fetched
  CAST(changed.source_page_number AS BIGINT) AS source_page_number, -- page within the run
  CAST(changed.source_item_index AS BIGINT) AS source_item_index, -- place within the page
  CAST(changed.source_payload_sha256 AS VARCHAR) AS source_payload_sha256 -- SHA-256 of the raw row's payload, in hexadecimal
FROM stg_issue_event_changes changed
