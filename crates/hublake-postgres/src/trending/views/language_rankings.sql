-- One of the fifty best repositories of a language on the newest day.
WITH newest AS (
  SELECT version.*, snapshot.stars, snapshot.momentum_score, snapshot.star_velocity, snapshot.rank_in_language,
         snapshot.snapshot_date
  FROM fact_repo_snapshots AS snapshot
  JOIN dim_repositories AS version ON version.repo_id = snapshot.repo_id AND version.is_current
  WHERE snapshot.snapshot_date = (SELECT snapshot_date FROM fact_repo_snapshots ORDER BY source_run_seq DESC LIMIT 1)
),
-- Of how many repositories of the day, written in the language, Render is part; under render it is all of Render.
adoption AS (
  SELECT repo_language AS language_name, count(*) AS render_adoption_count
  FROM newest WHERE is_render AND repo_language IS NOT NULL GROUP BY repo_language
  UNION ALL
  SELECT 'render', count(*) FROM newest WHERE is_render
)
SELECT newest.language AS language_name, newest.repo_full_name, newest.repo_url, newest.description,
       newest.readme_content, newest.render_category, newest.stars, newest.momentum_score, newest.star_velocity,
       newest.rank_in_language, newest.snapshot_date,
       COALESCE(adoption.render_adoption_count, 0) AS render_adoption_count, newest.repo_id
FROM newest
LEFT JOIN adoption ON adoption.language_name = newest.language
WHERE newest.rank_in_language <= 50
ORDER BY newest.language, newest.rank_in_language, newest.repo_id
