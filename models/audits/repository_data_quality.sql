-- The data quality score of a repository lies between 0.5 and 1.
/*
pipeline = "trending"
severity = "warning"
scope = "repository"
*/
SELECT repo_id, repo_full_name, data_quality_score
FROM stg_repos_validated
WHERE data_quality_score < 0.5 OR data_quality_score > 1.000000001
