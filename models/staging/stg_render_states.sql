-- What README, render.yaml and its Dockerfiles say of a repository at a run that saw it.
/*
kind = "temporary"
pipeline = "trending"
grain = ["repo_id", "source_run_seq"]
*/
-- Documentation score, 0 to 10: 2 for a description, 3 for a README, 2 where it mentions Render, 3 for a deploy button.
WITH services AS (
  SELECT repo_id, blob_sha, source_run_seq, count(*) AS service_count FROM decoded_render_services
  GROUP BY repo_id, blob_sha, source_run_seq
),
states AS (
  SELECT observation.repo_id, observation.source_run_seq, observation.is_newest, observation.is_newest_of_day,
    observation.is_render, observation.render_category, observation.render_blob_sha,
    CASE WHEN observation.description <> '' THEN 2 ELSE 0 END + CASE WHEN observation.has_readme THEN 3 ELSE 0 END
      + CASE WHEN fact.mentions_render THEN 2 ELSE 0 END + CASE WHEN fact.has_blueprint_button THEN 3 ELSE 0 END
      AS documentation_score,
    coalesce(fact.has_blueprint_button, false) AS has_blueprint_button, fact.deploy_button_url,
    blueprint.repo_id IS NOT NULL AS is_fresh, blueprint.complexity, blueprint.quality, blueprint.error,
    blueprint.error_line, blueprint.error_column, blueprint.warning_count,
    CASE WHEN blueprint.error IS NULL THEN coalesce(service.service_count, 0) END AS service_count,
    earlier.render_complexity_score AS earlier_complexity, earlier.blueprint_quality_score AS earlier_quality,
    earlier.service_count AS earlier_service_count, earlier.parse_error AS earlier_error,
    earlier.error_line AS earlier_line, earlier.error_column AS earlier_column,
    earlier.warning_count AS earlier_warnings
  FROM stg_repo_observations observation
  JOIN stg_repo_listings listing
    ON listing.repo_id = observation.repo_id AND listing.source_run_seq = observation.source_run_seq
  LEFT JOIN stg_repo_file_facts fact
    ON fact.repo_id = listing.repo_id AND fact.role = 'readme' AND fact.blob_sha = listing.readme_blob_sha
  LEFT JOIN decoded_render_blueprints blueprint
    ON blueprint.repo_id = observation.repo_id AND blueprint.blob_sha = observation.render_blob_sha
    AND blueprint.source_run_seq = observation.blueprint_run_seq
  LEFT JOIN services service ON service.repo_id = blueprint.repo_id AND service.blob_sha = blueprint.blob_sha
    AND service.source_run_seq = blueprint.source_run_seq
  LEFT JOIN previous.stg_render_enrichment earlier
    ON earlier.repo_id = observation.repo_id AND earlier.blob_sha = observation.render_blob_sha
  WHERE observation.is_render OR observation.render_blob_sha IS NOT NULL
)
SELECT
  CAST(repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(source_run_seq AS BIGINT) AS source_run_seq, -- sequence number of the run
  CAST(is_newest AS BOOLEAN) AS is_newest, -- whether no later run of the batch saw the repository
  CAST(is_newest_of_day AS BOOLEAN) AS is_newest_of_day, -- whether no later one of the day did
  CAST(is_render AS BOOLEAN) AS is_render, -- whether it counts as one of the Render ecosystem
  CAST(render_category AS VARCHAR) AS render_category, -- official, blueprint, employee or community
  CAST(render_blob_sha AS VARCHAR) AS render_blob_sha, -- git's hash of render.yaml, null where there is none
  CAST(documentation_score AS BIGINT) AS documentation_score, -- 0 to 10
  CAST(has_blueprint_button AS BOOLEAN) AS has_blueprint_button, -- whether the README links to a deployment on Render
  CAST(deploy_button_url AS VARCHAR) AS deploy_button_url, -- address of that link
  CAST(CASE WHEN is_fresh THEN service_count ELSE earlier_service_count END AS BIGINT) AS service_count, -- services and databases of all scopes
  CAST(CASE WHEN is_fresh THEN complexity ELSE earlier_complexity END AS BIGINT) AS complexity, -- 0 to 10
  CAST(CASE WHEN is_fresh THEN quality ELSE earlier_quality END AS BIGINT) AS quality, -- 0 to 10
  CAST(CASE WHEN is_fresh THEN error ELSE earlier_error END AS VARCHAR) AS parse_error, -- why render.yaml is broken
  CAST(CASE WHEN is_fresh THEN error_line ELSE earlier_line END AS BIGINT) AS error_line, -- line of the error
  CAST(CASE WHEN is_fresh THEN error_column ELSE earlier_column END AS BIGINT) AS error_column, -- column of the error
  CAST(CASE WHEN is_fresh THEN warning_count ELSE earlier_warnings END AS BIGINT) AS warning_count -- warnings of the parser
FROM states
