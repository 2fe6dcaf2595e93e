-- Every label belongs to an issue.
/*
pipeline = "issues"
severity = "error"
scope = "repository"
*/
SELECT label.repo_id, label.issue_id, label.label_name
FROM stg_issue_current issue
RIGHT ANTI JOIN stg_issue_labels label ON label.repo_id = issue.repo_id AND label.issue_id = issue.issue_id
