-- A time during which an issue or pull request had a label without interruption.
/*
kind = "merge"
pipeline = "issues"
grain = ["repo_id", "issue_number", "label_name", "valid_from"]
key = ["repo_id", "issue_number"]
changes = "stg_touched_issues"
*/
-- GitHub's times are whole seconds: of what happened at one of them the net effect counts.
WITH turns AS (
  SELECT event.repo_id, event.issue_number, event.label_name, event.created_at AS happened_at,
    sum(CASE WHEN event.event_type = 'labeled' THEN 1 ELSE -1 END) AS balance
  FROM stg_touched_issues touched
  JOIN stg_issue_events event ON event.repo_id = touched.repo_id AND event.issue_number = touched.issue_number
  WHERE event.event_type IN ('labeled', 'unlabeled') AND event.label_name IS NOT NULL
  GROUP BY event.repo_id, event.issue_number, event.label_name, event.created_at
),
-- What happened before the issue came counts as it was when it came. A label that is on the issue now comes last,
-- without a time.
known AS (
  SELECT turns.repo_id, turns.issue_number, label_name, greatest(happened_at, entered_at) AS at,
    last_value(balance ORDER BY happened_at) > 0 AS is_on
  FROM stg_issue_stays stay
  JOIN turns ON turns.repo_id = stay.repo_id AND turns.issue_number = stay.issue_number
  WHERE balance <> 0
  GROUP BY turns.repo_id, turns.issue_number, label_name, greatest(happened_at, entered_at)
  UNION ALL
  SELECT label.repo_id, label.issue_number, label_name, CAST(NULL AS TIMESTAMPTZ(6)) AS at, true AS is_on
  FROM stg_touched_issues touched
  JOIN stg_issue_labels label ON label.repo_id = touched.repo_id AND label.issue_number = touched.issue_number
  WHERE label_name IS NOT NULL
),
changes AS (
  SELECT *, lag_within(at, repo_id, issue_number, label_name) OVER line AS at_before,
    lag_within(is_on, repo_id, issue_number, label_name) OVER line AS was_on
  FROM known
  QUALIFY at IS NULL OR (was_on IS DISTINCT FROM is_on)
  WINDOW line AS (ORDER BY repo_id, issue_number, label_name, at NULLS LAST)
),
followed AS (
  SELECT *, lead_within(at, repo_id, issue_number, label_name) OVER line AS at_after,
    lead_within(is_on, repo_id, issue_number, label_name) OVER line AS is_followed
  FROM changes
  WINDOW line AS (ORDER BY repo_id, issue_number, label_name, at NULLS LAST)
),
-- Four cases: put on; taken off though never put on; on now though never put on; on now though last taken off.
intervals AS (
  SELECT stay.*, label_name,
    CASE WHEN at IS NULL AND NOT was_on THEN greatest(updated_at, at_before + INTERVAL '1 microsecond')
      WHEN is_on AND at IS NOT NULL THEN at ELSE entered_at END AS valid_from,
    CASE WHEN NOT is_on THEN at
      WHEN at IS NOT NULL AND is_followed IS NULL THEN greatest(updated_at, at + INTERVAL '1 microsecond')
      ELSE at_after END AS valid_to,
    is_on AND at IS NOT NULL AS is_begin_told, NOT is_on OR is_followed IS NOT NULL AS is_end_told
  FROM stg_issue_stays stay
  JOIN followed ON followed.repo_id = stay.repo_id AND followed.issue_number = stay.issue_number
  WHERE (at IS NOT NULL AND is_on) OR (at > entered_at AND was_on IS NULL) OR (at IS NULL AND was_on IS NOT TRUE)
),
kept AS (
  -- Without the one time the other counts.
  SELECT *, least(valid_to, left_at) AS ended_at
  FROM intervals WHERE left_at IS NULL OR valid_from < left_at
)
SELECT
  CAST(repository.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(repository.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(repository.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(repository.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(kept.issue_id AS BIGINT) AS issue_id, -- GitHub's numeric id of the issue
  CAST(kept.issue_number AS BIGINT) AS issue_number, -- number within the repository
  CAST(kept.is_pull_request AS BOOLEAN) AS is_pull_request, -- whether it is a pull request
  CAST(kept.label_name AS VARCHAR) AS label_name, -- name of the label
  CAST(kept.valid_from AS TIMESTAMPTZ(6)) AS valid_from, -- from then on
  CAST(kept.ended_at AS TIMESTAMPTZ(6)) AS valid_to, -- until just before then, null while it holds
  CAST(CASE WHEN kept.is_begin_told AND (kept.is_end_told OR kept.ended_at < kept.valid_to) THEN 'events'
    ELSE 'snapshot' END AS VARCHAR) AS source -- snapshot where a beginning or end follows from how the issue was last seen, else events
FROM repositories repository
JOIN kept ON kept.repo_id = repository.repo_id
