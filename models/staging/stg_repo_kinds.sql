-- Whether a repository counts as one of the Render ecosystem at a run that saw it, and in which category.
/*
kind = "temporary"
pipeline = "trending"
grain = ["repo_id", "source_run_seq"]
*/
-- It is one of Render where the Render branch shows it. It stays one, though the branch fails or cuts its list, as
-- long as nothing says otherwise: a listing without a render.yaml at the root, and no topic.
-- Category, first that holds: official (owner), blueprint (topic), employee (owner), community. Owners are compared in
-- lower case.
WITH figures AS (
  SELECT repo_id, source_run_seq, lower(repo_owner) AS owner,
    coalesce(array_has_any(topics, make_array('render-blueprint', 'render-blueprints')), false) AS has_topic
  FROM stg_repo_figures
),
owners AS (
  SELECT owner, bool_or(kind = 'official') AS is_official, bool_or(kind = 'employee') AS is_employee
  FROM trending_owners GROUP BY owner
),
sightings AS (
  SELECT sighting.repo_id, sighting.source_run_seq, figure.has_topic, owner.is_official, owner.is_employee,
    sighting.is_in_render,
    sighting.is_in_render OR (listing.is_listed AND listing.render_blob_sha IS NULL AND NOT figure.has_topic) AS is_told
  FROM stg_repo_sightings sighting
  JOIN figures figure ON figure.repo_id = sighting.repo_id AND figure.source_run_seq = sighting.source_run_seq
  JOIN stg_repo_listings listing
    ON listing.repo_id = sighting.repo_id AND listing.source_run_seq = sighting.source_run_seq
  LEFT JOIN owners owner ON owner.owner = figure.owner
),
runs AS (
  SELECT *, sum_within(CASE WHEN is_told THEN 1 ELSE 0 END, repo_id) OVER (ORDER BY repo_id, source_run_seq)
    AS told_number
  FROM sightings
),
told AS (
  SELECT repo_id, told_number, is_in_render AS is_render FROM runs WHERE is_told
  UNION ALL
  SELECT repo_id, 0 AS told_number, is_render FROM previous.stg_repos_validated
),
kinds AS (
  SELECT runs.*, coalesce(told.is_render, false) AS is_render
  FROM runs LEFT JOIN told ON told.repo_id = runs.repo_id AND told.told_number = runs.told_number
)
SELECT
  CAST(repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(source_run_seq AS BIGINT) AS source_run_seq, -- sequence number of the run
  CAST(is_render AS BOOLEAN) AS is_render, -- whether it counts as one of the Render ecosystem
  CAST(CASE
    WHEN NOT is_render THEN NULL
    WHEN is_official THEN 'official'
    WHEN has_topic THEN 'blueprint'
    WHEN is_employee THEN 'employee'
    ELSE 'community' END AS VARCHAR) AS render_category -- official, blueprint, employee or community; null outside of Render
FROM kinds
