-- A language on the newest day, and how far Render has spread in it.
WITH newest AS (
  SELECT version.language, version.repo_language, version.is_render, snapshot.stars, snapshot.momentum_score,
         snapshot.snapshot_date
  FROM fact_repo_snapshots AS snapshot
  JOIN dim_repositories AS version ON version.repo_id = snapshot.repo_id AND version.is_current
  WHERE snapshot.snapshot_date = (SELECT snapshot_date FROM fact_repo_snapshots ORDER BY source_run_seq DESC LIMIT 1)
),
shown AS (
  SELECT language AS language_name, count(*) AS repo_count, sum(stars)::bigint AS stars,
         avg(stars)::double precision AS mean_stars, avg(momentum_score) AS mean_momentum,
         max(snapshot_date) AS snapshot_date
  FROM newest GROUP BY language
),
-- Render's part is counted over all that are written in a language; under render it is all of Render.
written AS (
  SELECT repo_language AS language_name, count(*) AS repo_count, count(*) FILTER (WHERE is_render) AS render_count
  FROM newest WHERE repo_language IS NOT NULL GROUP BY repo_language
  UNION ALL
  SELECT 'render', count(*), count(*) FROM newest WHERE is_render HAVING count(*) > 0
)
SELECT language.language_name, language.language_category, COALESCE(shown.repo_count, 0) AS total_repos,
       COALESCE(shown.stars, 0) AS total_stars, shown.mean_stars AS avg_stars, shown.mean_momentum AS avg_momentum,
       COALESCE(written.render_count, 0) AS render_projects,
       round(100.0 * written.render_count / written.repo_count, 2)::double precision AS render_adoption_percentage,
       language.language_key, shown.snapshot_date
FROM dim_languages AS language
LEFT JOIN shown ON shown.language_name = language.language_name
LEFT JOIN written ON written.language_name = language.language_name
ORDER BY COALESCE(shown.stars, 0) DESC, language.language_key
