-- One of the fifty best repositories of a language on the newest day.
/*
kind = "view"
pipeline = "trending"
grain = ["language_name", "rank_in_language", "repo_id"]
*/
-- Of how many repositories of the day, written in the language, Render is part; under render it is all of Render.
WITH adoption AS (
  SELECT version."language" AS language_name, count(*) AS render_adoption_count
  FROM analytics_newest_day latest
  JOIN stored.fact_repo_snapshots snapshot ON snapshot.snapshot_date = latest.snapshot_date
  JOIN stored.dim_repositories version ON version.repo_id = snapshot.repo_id AND version.is_current
  WHERE version.is_render AND version."language" IS NOT NULL GROUP BY version."language"
  UNION ALL
  SELECT 'render' AS language_name, count(*) AS render_adoption_count
  FROM analytics_newest_day latest
  JOIN stored.fact_repo_snapshots snapshot ON snapshot.snapshot_date = latest.snapshot_date
  JOIN stored.dim_repositories version ON version.repo_id = snapshot.repo_id AND version.is_current
  WHERE version.is_render
)
SELECT
  CAST(version.shown_language AS VARCHAR) AS language_name, -- render for Render repositories, else the language that GitHub tells
  CAST(version.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(version.repo_url AS VARCHAR) AS repo_url, -- page for people
  CAST(version.description AS VARCHAR) AS description, -- description, null where there is none
  CAST(readme.readme_content AS VARCHAR) AS readme_content, -- the README's first 5,000 characters, null where there is none or it is no text
  CAST(version.render_category AS VARCHAR) AS render_category, -- official, blueprint, employee or community; null outside of Render
  CAST(snapshot.stars AS BIGINT) AS stars, -- stars
  CAST(snapshot.momentum_score AS DOUBLE) AS momentum_score, -- 0 to 1, not rounded
  CAST(snapshot.star_velocity AS DOUBLE) AS star_velocity, -- stars gained a day, null where it is unknown
  CAST(snapshot.rank_in_language AS BIGINT) AS rank_in_language, -- rank among those of its shown language
  CAST(snapshot.snapshot_date AS DATE) AS snapshot_date, -- the newest run's day, UTC
  CAST(coalesce(adoption.render_adoption_count, 0) AS BIGINT) AS render_adoption_count, -- Render repositories of the day that are written in the language; for render all of them
  CAST(version.repo_id AS BIGINT) AS repo_id -- GitHub's numeric id of the repository
FROM analytics_newest_day latest
JOIN stored.fact_repo_snapshots snapshot ON snapshot.snapshot_date = latest.snapshot_date
JOIN stored.dim_repositories version ON version.repo_id = snapshot.repo_id AND version.is_current
LEFT JOIN adoption ON adoption.language_name = version.shown_language
LEFT JOIN readme_contents readme
  ON readme.repo_id = version.repo_id AND readme.readme_sha256 = version.readme_sha256
WHERE snapshot.rank_in_language <= 50
ORDER BY language_name, rank_in_language, repo_id
