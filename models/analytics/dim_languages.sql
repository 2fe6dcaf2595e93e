-- A language that repositories are shown under; render stands for the Render ecosystem.
/*
kind = "view"
pipeline = "trending"
grain = ["language_key"]
*/
WITH languages AS (
  SELECT column1 AS language_key, column2 AS language_name, column3 AS language_category, column4 AS ecosystem_size
  FROM (VALUES (1, 'Python', 'general', 'large'), (2, 'TypeScript', 'web', 'large'), (3, 'Go', 'systems', 'large'),
    (4, 'render', 'platform', 'medium')) seeds
  UNION
  SELECT language_key, shown_language AS language_name, 'general' AS language_category, 'medium' AS ecosystem_size
  FROM stored.dim_repositories WHERE language_key > 1000
)
SELECT
  CAST(language_key AS BIGINT) AS language_key, -- Python 1, TypeScript 2, Go 3, render 4; others a number above 1000 made from the name
  CAST(language_name AS VARCHAR) AS language_name, -- the language as GitHub names it, render, or unknown
  CAST(language_category AS VARCHAR) AS language_category, -- general, web, systems or platform
  CAST(ecosystem_size AS VARCHAR) AS ecosystem_size -- large or medium
FROM languages
