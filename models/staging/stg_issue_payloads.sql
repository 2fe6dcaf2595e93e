-- The issues with what GitHub said of each, byte for byte, and its body.
/*
kind = "view"
pipeline = "issues"
grain = ["repo_id", "issue_id"]
*/
SELECT
  CAST(issue.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(issue.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(issue.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(issue.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(issue.issue_id AS BIGINT) AS issue_id, -- GitHub's numeric id of the issue
  CAST(issue.issue_number AS BIGINT) AS issue_number, -- number within the repository
  CAST(json_text(raw.payload, 'body') AS VARCHAR) AS body, -- text of the issue, null without one
  CAST(issue.source_run_id AS VARCHAR) AS source_run_id, -- run that brought the row
  CAST(issue.source_recorded_at AS TIMESTAMPTZ(6)) AS source_recorded_at, -- when the answer came
  CAST(raw.payload AS VARCHAR) AS source_payload_json -- the element of GitHub's answer as it came
FROM stg_issue_current issue
JOIN raw_github_issues raw ON raw.repo_id = issue.repo_id
  AND raw.run_id = issue.source_run_id
  AND raw.page_number = issue.source_page_number
  AND raw.issue_id = issue.issue_id
  AND raw.payload_sha256 = issue.source_payload_sha256
