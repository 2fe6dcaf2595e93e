-- One label on an issue or pull request as last seen.
/*
kind = "merge"
pipeline = "issues"
grain = ["repo_id", "issue_id", "label_id"]
key = ["repo_id", "issue_id"]
changes = "stg_issue_changes"
*/
WITH labelled AS (
  SELECT repo_id, repo_full_name, repo_owner, repo_name, issue_id, issue_number, unnest(labels) AS label
  FROM stg_issue_changes
),
labels AS (
  SELECT DISTINCT repo_id, repo_full_name, repo_owner, repo_name, issue_id, issue_number,
    label['label_id'] AS label_id, label['label_name'] AS label_name,
    label['label_description'] AS label_description, label['label_color'] AS label_color,
    label['label_is_default'] AS label_is_default
  FROM labelled
)
SELECT
  CAST(labels.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(labels.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(labels.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(labels.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(labels.issue_id AS BIGINT) AS issue_id, -- GitHub's numeric id of the issue
  CAST(labels.issue_number AS BIGINT) AS issue_number, -- number within the repository
  CAST(labels.label_id AS BIGINT) AS label_id, -- GitHub's numeric id of the label
  CAST(labels.label_name AS VARCHAR) AS label_name, -- name
  CAST(labels.label_description AS VARCHAR) AS label_description, -- description
  CAST(labels.label_color AS VARCHAR) AS label_color, -- colour, six hexadecimal digits
  CAST(labels.label_is_default AS BOOLEAN) AS label_is_default, -- whether GitHub made it with the repository
  CAST($run_at AS TIMESTAMPTZ(6)) AS record_loaded_at -- when the row was taken over from the raw rows
FROM labels
WHERE labels.label_id IS NOT NULL
