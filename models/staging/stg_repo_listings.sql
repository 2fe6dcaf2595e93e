-- README and render.yaml that a repository had at a run that saw it: those of the run, or where it did not list them those known before.
/*
kind = "temporary"
pipeline = "trending"
grain = ["repo_id", "source_run_seq"]
*/
WITH listed AS (
  SELECT detail.repo_id, detail.source_run_seq,
    max(CASE file.role WHEN 'readme' THEN file.blob_sha END) AS readme_blob_sha,
    max(CASE file.role WHEN 'render_yaml' THEN file.blob_sha END) AS render_blob_sha
  FROM decoded_repo_details detail
  LEFT JOIN decoded_repo_files file
    ON file.repo_id = detail.repo_id AND file.source_run_seq = detail.source_run_seq
  WHERE detail.is_listed
  GROUP BY detail.repo_id, detail.source_run_seq
),
runs AS (
  SELECT sighting.repo_id, sighting.source_run_seq, listed.repo_id IS NOT NULL AS is_listed,
    listed.readme_blob_sha, listed.render_blob_sha,
    sum_within(CASE WHEN listed.repo_id IS NULL THEN 0 ELSE 1 END, sighting.repo_id)
      OVER (ORDER BY sighting.repo_id, sighting.source_run_seq) AS listing_number
  FROM stg_repo_sightings sighting
  LEFT JOIN listed ON listed.repo_id = sighting.repo_id AND listed.source_run_seq = sighting.source_run_seq
),
listings AS (
  SELECT repo_id, listing_number, readme_blob_sha, render_blob_sha FROM runs WHERE is_listed
  UNION ALL
  SELECT repo_id, 0 AS listing_number,
    max(CASE role WHEN 'readme' THEN blob_sha END) AS readme_blob_sha,
    max(CASE role WHEN 'render_yaml' THEN blob_sha END) AS render_blob_sha
  FROM previous.stg_repo_files GROUP BY repo_id
),
-- The newest content of render.yaml or its Dockerfiles up to the run; without one what was stored before holds.
blueprints AS (
  SELECT run.repo_id, run.source_run_seq, max(blueprint.source_run_seq) AS blueprint_run_seq
  FROM runs run
  JOIN listings listing ON listing.repo_id = run.repo_id AND listing.listing_number = run.listing_number
  JOIN decoded_render_blueprints blueprint
    ON blueprint.repo_id = listing.repo_id AND blueprint.blob_sha = listing.render_blob_sha
    AND blueprint.source_run_seq <= run.source_run_seq
  GROUP BY run.repo_id, run.source_run_seq
)
SELECT
  CAST(run.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(run.source_run_seq AS BIGINT) AS source_run_seq, -- sequence number of the run
  CAST(run.is_listed AS BOOLEAN) AS is_listed, -- whether the run listed the repository's files
  CAST(listing.readme_blob_sha AS VARCHAR) AS readme_blob_sha, -- git's hash of the README, null where there is none
  CAST(listing.render_blob_sha AS VARCHAR) AS render_blob_sha, -- git's hash of render.yaml, null where there is none
  CAST(coalesce(blueprint.blueprint_run_seq, 0) AS BIGINT) AS blueprint_run_seq -- run that brought what render.yaml says, 0 for what is stored
FROM runs run
LEFT JOIN listings listing ON listing.repo_id = run.repo_id AND listing.listing_number = run.listing_number
LEFT JOIN blueprints blueprint
  ON blueprint.repo_id = run.repo_id AND blueprint.source_run_seq = run.source_run_seq
