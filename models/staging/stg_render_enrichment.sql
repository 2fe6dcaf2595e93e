-- What is known of a repository of the Render ecosystem, or with a render.yaml, as last seen.
/*
kind = "incremental"
pipeline = "trending"
grain = ["repo_id"]
*/
WITH seen AS (SELECT repo_id FROM stg_repo_observations GROUP BY repo_id),
types AS (
  SELECT repo_id, array_sort(array_agg(DISTINCT service_type)) AS render_services
  FROM stg_render_services WHERE service_type IS NOT NULL GROUP BY repo_id
),
states AS (
  SELECT repo_id, is_render, render_category, has_blueprint_button, deploy_button_url, complexity, service_count,
    quality, documentation_score, parse_error, error_line, error_column, warning_count, render_blob_sha AS blob_sha,
    $run_at AS loaded_at
  FROM stg_render_states WHERE is_newest
  UNION ALL
  SELECT earlier.repo_id, is_render, render_category, has_blueprint_button, deploy_button_url, render_complexity_score,
    service_count, blueprint_quality_score, documentation_score, parse_error, error_line, error_column,
    warning_count, blob_sha, loaded_at
  FROM seen RIGHT ANTI JOIN previous.stg_render_enrichment earlier ON earlier.repo_id = seen.repo_id
)
SELECT
  CAST(repository.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(repository.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(repository.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(repository.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(states.is_render AS BOOLEAN) AS is_render, -- whether it counts as one of the Render ecosystem; false where it only has a render.yaml
  CAST(states.render_category AS VARCHAR) AS render_category, -- official, blueprint, employee or community; null outside of Render
  CAST(coalesce(types.render_services, make_array()) AS VARCHAR[]) AS render_services, -- types of its services and databases, each once, sorted
  CAST(states.has_blueprint_button AS BOOLEAN) AS has_blueprint_button, -- whether the README links to a deployment on Render
  CAST(states.deploy_button_url AS VARCHAR) AS deploy_button_url, -- address of that link, null where there is none
  CAST(states.complexity AS BIGINT) AS render_complexity_score, -- 0 to 10; null without a render.yaml that can be read
  CAST(states.service_count AS BIGINT) AS service_count, -- services and databases of all scopes; null without a render.yaml that can be read
  CAST(states.quality AS BIGINT) AS blueprint_quality_score, -- 0 to 10; null without a render.yaml that can be read
  CAST(states.documentation_score AS BIGINT) AS documentation_score, -- 0 to 10
  CAST(states.parse_error AS VARCHAR) AS parse_error, -- why render.yaml is broken, null where it is not
  CAST(states.error_line AS BIGINT) AS error_line, -- line of the error, from 1
  CAST(states.error_column AS BIGINT) AS error_column, -- column of the error, from 1
  CAST(states.warning_count AS BIGINT) AS warning_count, -- warnings of the parser, null without a render.yaml
  CAST(states.blob_sha AS VARCHAR) AS blob_sha, -- git's hash of render.yaml, null where there is none
  CAST(states.loaded_at AS TIMESTAMPTZ(6)) AS loaded_at -- when the row was computed
FROM states
JOIN repositories repository ON repository.repo_id = states.repo_id
LEFT JOIN types ON types.repo_id = states.repo_id
