-- One pull request from its opening to its closing or merging.
/*
kind = "merge"
pipeline = "issues"
grain = ["repo_id", "issue_id"]
key = ["repo_id", "issue_number"]
changes = "stg_touched_issues"
*/
WITH labels AS (
  SELECT label.repo_id, label.issue_number, array_sort(array_agg(label_name)) AS names, min(label_name) AS first_name
  FROM stg_touched_issues touched
  JOIN stg_issue_labels label ON label.repo_id = touched.repo_id AND label.issue_number = touched.issue_number
  WHERE label_name IS NOT NULL GROUP BY label.repo_id, label.issue_number
),
assignees AS (
  SELECT assignee.repo_id, assignee.issue_number, array_sort(array_agg(assignee_login)) AS logins
  FROM stg_touched_issues touched
  JOIN stg_issue_assignees assignee
    ON assignee.repo_id = touched.repo_id AND assignee.issue_number = touched.issue_number
  GROUP BY assignee.repo_id, assignee.issue_number
),
merges AS (
  SELECT event.repo_id, event.issue_number, min(event.created_at) AS merged_at
  FROM stg_touched_issues touched
  JOIN stg_issue_events event ON event.repo_id = touched.repo_id AND event.issue_number = touched.issue_number
  WHERE event.event_type = 'merged' GROUP BY event.repo_id, event.issue_number
),
-- What is narrow comes together first, so that no join holds titles and addresses.
facts AS (
  SELECT touched.repo_id, touched.issue_number, merges.merged_at, departure.left_at, departure.reason AS left_reason,
    labels.names, labels.first_name, assignees.logins
  FROM stg_touched_issues touched
  LEFT JOIN merges ON merges.repo_id = touched.repo_id AND merges.issue_number = touched.issue_number
  LEFT JOIN stg_issue_departures departure
    ON departure.repo_id = touched.repo_id AND departure.issue_number = touched.issue_number
  LEFT JOIN labels ON labels.repo_id = touched.repo_id AND labels.issue_number = touched.issue_number
  LEFT JOIN assignees ON assignees.repo_id = touched.repo_id AND assignees.issue_number = touched.issue_number
),
pulls AS (
  SELECT issue.*, left_at, left_reason, names, first_name, logins, issue.state = 'closed' AS is_closed,
    coalesce(issue.merged_at, facts.merged_at) AS joined_at,
    -- GitHub leaves closed_at out of some old closed ones: the last update is the nearest known time.
    CASE WHEN issue.state = 'closed' THEN coalesce(issue.closed_at, issue.updated_at) END AS ended_at,
    CASE WHEN issue.state = 'closed' AND issue.closed_at IS NOT NULL THEN 'github'
      WHEN issue.state = 'closed' THEN 'updated_at' END AS ended_at_source
  FROM facts
  JOIN stg_issue_current issue ON issue.repo_id = facts.repo_id AND issue.issue_number = facts.issue_number
  WHERE issue.is_pull_request
)
SELECT
  CAST(pulls.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(pulls.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(pulls.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(pulls.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(pulls.issue_id AS BIGINT) AS issue_id, -- GitHub's numeric id of the pull request as an issue
  CAST(pulls.issue_node_id AS VARCHAR) AS issue_node_id, -- GitHub's GraphQL id
  CAST(pulls.issue_number AS BIGINT) AS issue_number, -- number within the repository
  CAST(pulls.title AS VARCHAR) AS title, -- title
  CAST(pulls.html_url AS VARCHAR) AS html_url, -- page for people
  CAST(pulls.state AS VARCHAR) AS state, -- open or closed
  CAST(pulls.created_at AS TIMESTAMPTZ(6)) AS created_at, -- when it was opened
  CAST(pulls.created_at AS DATE) AS created_date, -- day of opening, UTC
  CAST(pulls.ended_at AS TIMESTAMPTZ(6)) AS closed_at, -- when it was closed, merged or not; null unless it is closed
  CAST(pulls.ended_at AS DATE) AS closed_date, -- day of closing, UTC
  CAST(pulls.ended_at_source AS VARCHAR) AS closed_at_source, -- github, or updated_at where GitHub gives no time of closing; null unless it is closed
  CAST(pulls.joined_at AS TIMESTAMPTZ(6)) AS merged_at, -- when it was merged, null unless it is
  CAST(pulls.joined_at AS DATE) AS merged_date, -- day of merging, UTC
  CAST(pulls.left_at AS TIMESTAMPTZ(6)) AS left_at, -- when it was found gone, null while it is there
  CAST(pulls.left_reason AS VARCHAR) AS left_reason, -- why it is gone
  CAST(pulls.updated_at AS TIMESTAMPTZ(6)) AS updated_at, -- when anything on it last changed
  CAST(NOT pulls.is_closed AND pulls.left_at IS NULL AS BOOLEAN) AS is_open, -- whether it is open, and still there
  CAST(pulls.is_closed AS BOOLEAN) AS is_closed, -- whether it is closed, merged or not
  CAST(pulls.joined_at IS NOT NULL AS BOOLEAN) AS is_merged, -- whether it is merged
  CAST(CASE WHEN pulls.ended_at_source = 'github'
    THEN greatest(CAST(pulls.ended_at AS BIGINT) - CAST(pulls.created_at AS BIGINT), 0) / 86400000000.0 END AS DOUBLE) AS closure_age_days, -- days from opening to closing, fractional, never below 0; null if GitHub gives no time of closing
  CAST(greatest(CAST(pulls.joined_at AS BIGINT) - CAST(pulls.created_at AS BIGINT),
    CASE WHEN pulls.joined_at IS NOT NULL THEN 0 END) / 86400000000.0 AS DOUBLE) AS merge_age_days, -- days from opening to merging, fractional, never below 0; null unless it is merged
  CAST(pulls.author_login AS VARCHAR) AS author_login, -- login of the author, null for a deleted account
  CAST(pulls.author_association AS VARCHAR) AS author_association, -- the author's relation to the repository
  CAST(pulls.milestone_title AS VARCHAR) AS milestone_title, -- title of the milestone
  CAST(pulls.closed_by_login AS VARCHAR) AS closed_by_login, -- login of who closed it
  CAST(pulls.comment_count AS BIGINT) AS comment_count, -- comments
  CAST(coalesce(pulls.names, make_array()) AS VARCHAR[]) AS label_names, -- names of the labels, sorted
  CAST(coalesce(pulls.first_name, 'other') AS VARCHAR) AS label_group, -- alphabetically first label, other without one
  CAST(coalesce(pulls.logins, make_array()) AS VARCHAR[]) AS assignee_logins, -- logins of the assignees, sorted
  CAST($run_at AS TIMESTAMPTZ(6)) AS loaded_at -- when the row was computed
FROM pulls
