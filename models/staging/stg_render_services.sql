-- A service or database in the render.yaml that a repository has now.
/*
kind = "incremental"
pipeline = "trending"
grain = ["repo_id", "position"]
*/
WITH newest AS (SELECT repo_id, source_run_seq FROM stg_repo_observations WHERE is_newest),
services AS (
  SELECT service.repo_id, position, blob_sha, "scope", service_name, service_type, written_type, runtime, plan, line,
    problem
  FROM newest
  JOIN stg_render_state_services service
    ON service.repo_id = newest.repo_id AND service.source_run_seq = newest.source_run_seq
  UNION ALL
  SELECT earlier.repo_id, position, blob_sha, "scope", service_name, service_type, written_type, runtime, plan, line,
    problem
  FROM newest RIGHT ANTI JOIN previous.stg_render_services earlier ON earlier.repo_id = newest.repo_id
)
SELECT
  CAST(repository.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(repository.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(repository.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(repository.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(position AS BIGINT) AS position, -- place in the file, from 1
  CAST(blob_sha AS VARCHAR) AS blob_sha, -- git's hash of render.yaml
  CAST("scope" AS VARCHAR) AS "scope", -- root, ungrouped, or project/environment
  CAST(service_name AS VARCHAR) AS service_name, -- name, null where it has none
  CAST(service_type AS VARCHAR) AS service_type, -- type as in dim_render_services, null where it is unknown
  CAST(written_type AS VARCHAR) AS written_type, -- type as written, null where none is
  CAST(runtime AS VARCHAR) AS runtime, -- runtime, null where none is written
  CAST(plan AS VARCHAR) AS plan, -- plan, null where none is written
  CAST(line AS BIGINT) AS line, -- line in the file, from 1
  CAST(problem AS VARCHAR) AS problem -- what is wrong with it, null where nothing is
FROM repositories repository
JOIN services ON services.repo_id = repository.repo_id
