-- A service or database in the render.yaml that a repository had at a run that was the batch's or the day's newest to see it.
/*
kind = "temporary"
pipeline = "trending"
grain = ["repo_id", "source_run_seq", "position"]
*/
WITH services AS (
  SELECT repo_id, blob_sha, source_run_seq, position, "scope", service_name, service_type, written_type, runtime,
    plan, line, problem
  FROM decoded_render_services
  UNION ALL
  SELECT repo_id, blob_sha, 0 AS source_run_seq, position, "scope", service_name, service_type, written_type, runtime,
    plan, line, problem
  FROM previous.stg_render_services
)
SELECT
  CAST(observation.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(observation.source_run_seq AS BIGINT) AS source_run_seq, -- sequence number of the run that saw the repository
  CAST(service.position AS BIGINT) AS position, -- place in the file, from 1
  CAST(service.blob_sha AS VARCHAR) AS blob_sha, -- git's hash of render.yaml
  CAST(service."scope" AS VARCHAR) AS "scope", -- root, ungrouped, or project/environment
  CAST(service.service_name AS VARCHAR) AS service_name, -- name, null where it has none
  CAST(service.service_type AS VARCHAR) AS service_type, -- type as in dim_render_services, null where it is unknown
  CAST(service.written_type AS VARCHAR) AS written_type, -- type as written
  CAST(service.runtime AS VARCHAR) AS runtime, -- runtime
  CAST(service.plan AS VARCHAR) AS plan, -- plan
  CAST(service.line AS BIGINT) AS line, -- line in the file, from 1
  CAST(service.problem AS VARCHAR) AS problem -- what is wrong with it, null where nothing is
FROM stg_repo_observations observation
JOIN services service ON service.repo_id = observation.repo_id AND service.blob_sha = observation.render_blob_sha
  AND service.source_run_seq = observation.blueprint_run_seq
WHERE observation.is_newest OR observation.is_newest_of_day
