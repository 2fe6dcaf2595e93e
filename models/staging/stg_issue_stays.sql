-- When a touched issue or pull request came into the repository and left it, and how it was last seen.
/*
kind = "temporary"
pipeline = "issues"
grain = ["repo_id", "issue_number"]
*/
WITH arrivals AS (
  SELECT event.repo_id, event.issue_number, max(event.created_at) AS arrived_at
  FROM stg_touched_issues touched
  JOIN stg_issue_events event ON event.repo_id = touched.repo_id AND event.issue_number = touched.issue_number
  WHERE event.event_type = 'transferred'
  GROUP BY event.repo_id, event.issue_number
),
issues AS (
  SELECT issue.repo_id, issue.issue_id, issue.issue_number, issue.is_pull_request, issue.created_at,
    issue.state = 'open' AS is_open,
    CASE WHEN issue.state = 'closed' THEN coalesce(issue.closed_at, issue.updated_at) ELSE issue.updated_at
      END AS turned_at,
    issue.updated_at
  FROM stg_touched_issues touched
  JOIN stg_issue_current issue ON issue.repo_id = touched.repo_id AND issue.issue_number = touched.issue_number
),
stays AS (
  SELECT issues.*, arrived_at IS NOT NULL AS is_arrival, greatest(created_at, arrived_at) AS entered_at
  FROM arrivals
  RIGHT JOIN issues ON issues.repo_id = arrivals.repo_id AND issues.issue_number = arrivals.issue_number
)
SELECT
  CAST(stays.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(stays.issue_id AS BIGINT) AS issue_id, -- GitHub's numeric id of the issue
  CAST(stays.issue_number AS BIGINT) AS issue_number, -- number within the repository
  CAST(stays.is_pull_request AS BOOLEAN) AS is_pull_request, -- whether it is a pull request
  CAST(stays.is_arrival AS BOOLEAN) AS is_arrival, -- whether it came from another repository
  CAST(stays.entered_at AS TIMESTAMPTZ(6)) AS entered_at, -- when it was opened here or came
  CAST(CASE WHEN departure.left_at IS NOT NULL
    THEN greatest(departure.left_at, stays.entered_at + INTERVAL '1 microsecond') END AS TIMESTAMPTZ(6)) AS left_at, -- when it left, null while it is here
  CAST(stays.is_open AS BOOLEAN) AS is_open, -- whether it was last seen open
  CAST(stays.turned_at AS TIMESTAMPTZ(6)) AS turned_at, -- since when it is so at the latest, if no event says it
  CAST(stays.updated_at AS TIMESTAMPTZ(6)) AS updated_at -- when anything on it last changed
FROM stg_issue_departures departure
RIGHT JOIN stays ON stays.repo_id = departure.repo_id AND stays.issue_number = departure.issue_number
