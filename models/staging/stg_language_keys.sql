-- The key of a language: the four that are always there, and a number made from the name for others.
/*
kind = "temporary"
pipeline = "trending"
grain = ["repo_id", "language_name"]
*/
-- The key must not depend on which languages were seen before.
WITH names AS (
  SELECT coalesce(language, 'unknown') AS language_name FROM decoded_repositories
  UNION
  SELECT 'render' AS language_name
)
SELECT
  CAST(0 AS BIGINT) AS repo_id, -- 0: a language has no repository
  CAST(language_name AS VARCHAR) AS language_name, -- the language as GitHub names it, render, or unknown
  CAST(CASE language_name WHEN 'Python' THEN 1 WHEN 'TypeScript' THEN 2 WHEN 'Go' THEN 3 WHEN 'render' THEN 4
    ELSE 1001 + stable_number(language_name) END AS BIGINT) AS language_key -- its key in dim_languages
FROM names
