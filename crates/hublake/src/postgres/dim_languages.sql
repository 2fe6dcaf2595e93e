-- A day's language may be one that its repository has no more; its number is then all that is left of it.
WITH counted AS (SELECT DISTINCT language_key FROM fact_repo_snapshots)
SELECT language_key, language_name, language_category, ecosystem_size FROM dim_languages
UNION ALL
SELECT counted.language_key, concat('language ', CAST(counted.language_key AS VARCHAR)), 'general', 'medium'
FROM counted
LEFT ANTI JOIN dim_languages known ON known.language_key = counted.language_key
