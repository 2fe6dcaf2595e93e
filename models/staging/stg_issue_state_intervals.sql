-- A time during which an issue or pull request was open, or closed, without interruption.
/*
kind = "merge"
pipeline = "issues"
grain = ["repo_id", "issue_number", "valid_from"]
key = ["repo_id", "issue_number"]
changes = "stg_touched_issues"
*/
-- GitHub's times are whole seconds: of what happened at one of them the net effect counts.
WITH turns AS (
  SELECT event.repo_id, event.issue_number, event.created_at AS happened_at,
    count(*) FILTER (WHERE event.event_type = 'reopened')
      - greatest(count(*) FILTER (WHERE event.event_type = 'closed'),
        least(count(*) FILTER (WHERE event.event_type = 'merged'), 1)) AS balance
  FROM stg_touched_issues touched
  JOIN stg_issue_events event ON event.repo_id = touched.repo_id AND event.issue_number = touched.issue_number
  WHERE event.event_type IN ('closed', 'reopened', 'merged')
  GROUP BY event.repo_id, event.issue_number, event.created_at
),
-- An issue opened here begins open, be it for a microsecond; one that came begins as its earlier events left it.
happened AS (
  SELECT repo_id, issue_number, entered_at AS at, CAST(NULL AS TIMESTAMPTZ(6)) AS happened_at, 1 AS balance
  FROM stg_issue_stays
  UNION ALL
  SELECT turns.repo_id, turns.issue_number,
    greatest(happened_at, CASE WHEN is_arrival THEN entered_at ELSE entered_at + INTERVAL '1 microsecond' END) AS at,
    happened_at, balance
  FROM stg_issue_stays stay
  JOIN turns ON turns.repo_id = stay.repo_id AND turns.issue_number = stay.issue_number
  WHERE balance <> 0
),
-- How it was last seen comes after all events, and by itself at a time that is no later than that of seeing.
known AS (
  SELECT repo_id, issue_number, at, last_value(balance ORDER BY happened_at NULLS FIRST) > 0 AS is_open,
    CAST(NULL AS TIMESTAMPTZ(6)) AS seen_at
  FROM happened GROUP BY repo_id, issue_number, at
  UNION ALL
  SELECT repo_id, issue_number, CAST(NULL AS TIMESTAMPTZ(6)) AS at, is_open, turned_at AS seen_at FROM stg_issue_stays
),
changes AS (
  SELECT repo_id, issue_number, at, is_open, at IS NULL AS is_seen,
    lag_within(is_open, repo_id, issue_number) OVER line AS was_open,
    coalesce(at, greatest(seen_at, lag_within(at, repo_id, issue_number) OVER line + INTERVAL '1 microsecond'))
      AS valid_from
  FROM known
  QUALIFY was_open IS DISTINCT FROM is_open
  WINDOW line AS (ORDER BY repo_id, issue_number, at NULLS LAST)
),
intervals AS (
  SELECT repo_id, issue_number, is_open, is_seen, was_open, valid_from,
    lead_within(valid_from, repo_id, issue_number) OVER line AS valid_to,
    lead_within(is_seen, repo_id, issue_number) OVER line AS is_end_seen
  FROM changes
  WINDOW line AS (ORDER BY repo_id, issue_number, at NULLS LAST)
),
kept AS (
  SELECT stay.*, intervals.is_open AS is_open_then, was_open, valid_from, is_seen, is_end_seen,
    -- Without the one time the other counts.
    least(valid_to, left_at) AS valid_to, least(valid_to, left_at) IS NOT DISTINCT FROM left_at AS is_last
  FROM stg_issue_stays stay
  JOIN intervals ON intervals.repo_id = stay.repo_id AND intervals.issue_number = stay.issue_number
  WHERE stay.left_at IS NULL OR intervals.valid_from < stay.left_at
)
SELECT
  CAST(repository.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(repository.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(repository.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(repository.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(kept.issue_id AS BIGINT) AS issue_id, -- GitHub's numeric id of the issue
  CAST(kept.issue_number AS BIGINT) AS issue_number, -- number within the repository
  CAST(kept.is_pull_request AS BOOLEAN) AS is_pull_request, -- whether it is a pull request
  CAST(CASE WHEN kept.is_open_then THEN 'open' ELSE 'closed' END AS VARCHAR) AS state, -- open or closed
  CAST(kept.valid_from AS TIMESTAMPTZ(6)) AS valid_from, -- from then on
  CAST(kept.valid_to AS TIMESTAMPTZ(6)) AS valid_to, -- until just before then, null while it holds
  CAST(CASE WHEN kept.was_open THEN 'closed' WHEN NOT kept.was_open THEN 'reopened'
    WHEN kept.is_arrival THEN 'transferred' ELSE 'opened' END AS VARCHAR) AS began_by, -- opened, transferred (from another repository), closed or reopened
  CAST(CASE WHEN kept.valid_to IS NULL THEN NULL WHEN kept.is_last THEN 'left'
    WHEN kept.is_open_then THEN 'closed' ELSE 'reopened' END AS VARCHAR) AS ended_by, -- closed, reopened or left (the repository); null while it holds
  CAST(CASE WHEN kept.is_seen OR (kept.is_end_seen AND NOT kept.is_last) THEN 'snapshot'
    ELSE 'events' END AS VARCHAR) AS source -- snapshot where a beginning or end follows from how the issue was last seen, else events
FROM repositories repository
JOIN kept ON kept.repo_id = repository.repo_id
