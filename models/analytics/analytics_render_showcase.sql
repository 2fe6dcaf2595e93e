-- A repository of the Render ecosystem that was seen on the newest day, by momentum.
/*
kind = "view"
pipeline = "trending"
grain = ["repo_id"]
*/
SELECT
  CAST(version.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(version.repo_url AS VARCHAR) AS repo_url, -- page for people
  CAST(version.shown_language AS VARCHAR) AS "language", -- render for Render repositories, else the language that GitHub tells
  CAST(version.description AS VARCHAR) AS description, -- description, null where there is none
  CAST(readme.readme_content AS VARCHAR) AS readme_content, -- the README's first 5,000 characters, null where there is none or it is no text
  CAST(version.render_category AS VARCHAR) AS render_category, -- official, blueprint, employee or community; null outside of Render
  CAST(snapshot.stars AS BIGINT) AS stars, -- stars
  CAST(snapshot.star_velocity AS DOUBLE) AS star_velocity, -- stars gained a day, null where it is unknown
  CAST(snapshot.activity_score AS DOUBLE) AS activity_score, -- 0.4 commits + 0.3 closed issues + 0.3 contributors of the seven days before, null where one of them is unknown
  CAST(snapshot.momentum_score AS DOUBLE) AS momentum_score, -- 0 to 1, not rounded
  CAST(snapshot.rank_overall AS BIGINT) AS rank_overall, -- rank among all repositories of the day
  CAST(snapshot.rank_in_language AS BIGINT) AS rank_in_language, -- rank among those of its shown language
  CAST(snapshot.snapshot_date AS DATE) AS snapshot_date, -- the newest run's day, UTC
  CAST(snapshot.snapshot_date AS DATE) AS last_updated, -- the same day
  CAST(enrichment.render_services AS VARCHAR[]) AS render_services, -- types of its services and databases, each once, sorted
  CAST(enrichment.service_count AS BIGINT) AS service_count, -- services and databases of all scopes; null without a render.yaml that can be read
  CAST(enrichment.render_complexity_score AS BIGINT) AS render_complexity_score, -- 0 to 10; null without a render.yaml that can be read
  CAST(coalesce(enrichment.has_blueprint_button, false) AS BOOLEAN) AS has_blueprint_button, -- whether the README links to a deployment on Render
  CAST(enrichment.deploy_button_url AS VARCHAR) AS deploy_button_url, -- address of that link, null where there is none
  CAST(version.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(version."language" AS VARCHAR) AS repo_language, -- the language that GitHub tells, null where it tells none
  CAST(snapshot.forks AS BIGINT) AS forks, -- forks
  CAST(snapshot.age_days AS BIGINT) AS age_days, -- whole days between creation and the sighting
  CAST(snapshot.seen_at AS TIMESTAMPTZ(6)) AS seen_at, -- when the figures came
  CAST(enrichment.blueprint_quality_score AS BIGINT) AS blueprint_quality_score, -- 0 to 10; null without a render.yaml that can be read
  CAST(enrichment.documentation_score AS BIGINT) AS documentation_score, -- 0 to 10
  CAST(enrichment.parse_error AS VARCHAR) AS parse_error -- why render.yaml is broken, null where it is not
FROM analytics_newest_day latest
JOIN stored.fact_repo_snapshots snapshot ON snapshot.snapshot_date = latest.snapshot_date
JOIN stored.dim_repositories version ON version.repo_id = snapshot.repo_id AND version.is_current
LEFT JOIN stored.stg_render_enrichment enrichment ON enrichment.repo_id = version.repo_id
LEFT JOIN readme_contents readme
  ON readme.repo_id = version.repo_id AND readme.readme_sha256 = version.readme_sha256
WHERE version.is_render
ORDER BY momentum_score DESC, stars DESC, repo_id
