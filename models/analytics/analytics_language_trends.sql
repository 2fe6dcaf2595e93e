-- A language on the newest day, and how far Render has spread in it.
/*
kind = "view"
pipeline = "trending"
grain = ["language_name"]
*/
-- Repositories, stars and momentum are of those shown under the language. Render's part is counted over all that are
-- written in it, those shown under render included; for render itself it is all of them.
WITH repositories AS (
  SELECT version.shown_language, version."language" AS real_language, version.is_render, snapshot.stars,
    snapshot.momentum_score, snapshot.snapshot_date
  FROM analytics_newest_day latest
  JOIN stored.fact_repo_snapshots snapshot ON snapshot.snapshot_date = latest.snapshot_date
  JOIN stored.dim_repositories version ON version.repo_id = snapshot.repo_id AND version.is_current
),
shown AS (
  SELECT shown_language AS language_name, count(*) AS repo_count, sum(stars) AS stars, avg(stars) AS mean_stars,
    avg(momentum_score) AS mean_momentum, max(snapshot_date) AS snapshot_date,
    count(CASE WHEN is_render THEN 1 END) AS render_count
  FROM repositories GROUP BY shown_language
),
written AS (
  SELECT real_language AS language_name, count(*) AS repo_count, count(CASE WHEN is_render THEN 1 END) AS render_count
  FROM repositories WHERE real_language IS NOT NULL GROUP BY real_language
  UNION ALL
  SELECT language_name, repo_count, render_count FROM shown WHERE language_name = 'render'
)
SELECT
  CAST(language.language_name AS VARCHAR) AS language_name, -- the language as GitHub names it, render, or unknown
  CAST(language.language_category AS VARCHAR) AS language_category, -- general, web, systems or platform
  CAST(coalesce(shown.repo_count, 0) AS BIGINT) AS total_repos, -- repositories shown under it
  CAST(coalesce(shown.stars, 0) AS BIGINT) AS total_stars, -- their stars together
  CAST(shown.mean_stars AS DOUBLE) AS avg_stars, -- mean of their stars, null without any
  CAST(shown.mean_momentum AS DOUBLE) AS avg_momentum, -- mean of their momentum, null without any
  CAST(coalesce(written.render_count, 0) AS BIGINT) AS render_projects, -- Render repositories written in it; for render all
  CAST(round(100.0 * written.render_count / written.repo_count, 2) AS DOUBLE) AS render_adoption_percentage, -- of all repositories written in it, 0 to 100, two decimals; null without any
  CAST(language.language_key AS BIGINT) AS language_key, -- key in dim_languages
  CAST(shown.snapshot_date AS DATE) AS snapshot_date -- day, UTC, null without any
FROM dim_languages language
LEFT JOIN shown ON shown.language_name = language.language_name
LEFT JOIN written ON written.language_name = language.language_name
ORDER BY total_stars DESC, language_key
