-- One issue, without pull requests, from its opening to its closing.
/*
kind = "incremental"
pipeline = "issues"
grain = ["repo_id", "issue_id"]
*/
WITH labels AS (
  SELECT repo_id, issue_id, array_sort(array_agg(label_name)) AS names, min(label_name) AS first_name
  FROM stg_issue_labels WHERE label_name IS NOT NULL GROUP BY repo_id, issue_id
),
assignees AS (
  SELECT repo_id, issue_id, array_sort(array_agg(assignee_login)) AS logins
  FROM stg_issue_assignees GROUP BY repo_id, issue_id
),
issues AS (
  SELECT issue.*, departure.left_at, departure.reason AS left_reason,
    -- One that is gone is open no more, though GitHub never closed it.
    issue.state = 'open' AND departure.left_at IS NULL AS is_open, issue.state = 'closed' AS is_closed,
    -- GitHub leaves closed_at out of some old closed issues: the last update is the nearest known time.
    CASE WHEN issue.state = 'closed' THEN coalesce(issue.closed_at, issue.updated_at) END AS ended_at,
    CASE WHEN issue.state = 'closed' AND issue.closed_at IS NOT NULL THEN 'github'
      WHEN issue.state = 'closed' THEN 'updated_at' END AS ended_at_source
  FROM stg_issue_departures departure
  RIGHT JOIN stg_issue_current issue
    ON issue.repo_id = departure.repo_id AND issue.issue_number = departure.issue_number
  WHERE NOT issue.is_pull_request
)
SELECT
  CAST(issues.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(issues.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(issues.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(issues.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(issues.issue_id AS BIGINT) AS issue_id, -- GitHub's numeric id of the issue
  CAST(issues.issue_node_id AS VARCHAR) AS issue_node_id, -- GitHub's GraphQL id of the issue
  CAST(issues.issue_number AS BIGINT) AS issue_number, -- number within the repository
  CAST(issues.title AS VARCHAR) AS title, -- title
  CAST(issues.html_url AS VARCHAR) AS html_url, -- page for people
  CAST(issues.state AS VARCHAR) AS state, -- open or closed
  CAST(issues.state_reason AS VARCHAR) AS state_reason, -- completed, not_planned, reopened, duplicate, or null
  CAST(issues.created_at AS TIMESTAMPTZ(6)) AS created_at, -- when it was opened
  CAST(issues.created_at AS DATE) AS created_date, -- day of opening, UTC
  CAST(issues.ended_at AS TIMESTAMPTZ(6)) AS closed_at, -- when it was closed, null unless it is closed
  CAST(issues.ended_at AS DATE) AS closed_date, -- day of closing, UTC
  CAST(issues.ended_at_source AS VARCHAR) AS closed_at_source, -- github, or updated_at where GitHub gives no time of closing; null unless it is closed
  CAST(issues.updated_at AS TIMESTAMPTZ(6)) AS updated_at, -- when anything on it last changed
  CAST(issues.is_open AS BOOLEAN) AS is_open, -- whether it is open and still there
  CAST(issues.is_closed AS BOOLEAN) AS is_closed, -- whether it is closed
  CAST(CASE WHEN issues.ended_at_source = 'github'
    THEN greatest(CAST(issues.ended_at AS BIGINT) - CAST(issues.created_at AS BIGINT), 0) / 86400000000.0 END AS DOUBLE) AS closure_age_days, -- days from opening to closing, fractional, never below 0; null if GitHub gives no time of closing
  CAST(issues.author_login AS VARCHAR) AS author_login, -- login of the author, null for a deleted account
  CAST(issues.author_association AS VARCHAR) AS author_association, -- the author's relation to the repository
  CAST(issues.milestone_title AS VARCHAR) AS milestone_title, -- title of the milestone
  CAST(issues.closed_by_login AS VARCHAR) AS closed_by_login, -- login of who closed it
  CAST(issues.comment_count AS BIGINT) AS comment_count, -- comments
  CAST(coalesce(labels.names, make_array()) AS VARCHAR[]) AS label_names, -- names of the labels, sorted
  CAST(coalesce(labels.first_name, 'other') AS VARCHAR) AS label_group, -- alphabetically first label, other without one
  CAST(coalesce(assignees.logins, make_array()) AS VARCHAR[]) AS assignee_logins, -- logins of the assignees, sorted
  CAST(issues.left_at AS TIMESTAMPTZ(6)) AS left_at, -- when it was found gone from the repository, null while it is there
  CAST(issues.left_reason AS VARCHAR) AS left_reason, -- deleted, transferred or converted_to_discussion; null while it is there
  CAST($run_at AS TIMESTAMPTZ(6)) AS loaded_at -- when the row was computed
FROM assignees
RIGHT JOIN (
  labels RIGHT JOIN issues ON issues.repo_id = labels.repo_id AND issues.issue_id = labels.issue_id
) ON issues.repo_id = assignees.repo_id AND issues.issue_id = assignees.issue_id
