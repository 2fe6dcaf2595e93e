-- A file of note that a repository had when its files were last listed, and what its content says.
/*
kind = "incremental"
pipeline = "trending"
grain = ["repo_id", "role", "path"]
*/
WITH listed AS (
  SELECT repo_id, max(source_run_seq) AS source_run_seq FROM decoded_repo_details WHERE is_listed GROUP BY repo_id
),
blueprints AS (
  SELECT repo_id, blob_sha, last_value(files_digest ORDER BY source_run_seq) AS files_digest,
    last_value(dockerfile_paths ORDER BY source_run_seq) AS dockerfile_paths
  FROM decoded_render_blueprints GROUP BY repo_id, blob_sha
),
files AS (
  SELECT file.repo_id, file.role, file.path, file.blob_sha, file.seen_at,
    CASE WHEN file.role = 'render_yaml' THEN coalesce(blueprint.files_digest, earlier.files_digest) END
      AS files_digest,
    CASE WHEN file.role = 'render_yaml' THEN coalesce(blueprint.dockerfile_paths, earlier.dockerfile_paths) END
      AS dockerfile_paths,
    fact.repo_id IS NOT NULL AS is_read, fact.next_major, fact.readme_sha256, fact.mentions_render,
    fact.has_blueprint_button, fact.deploy_button_url
  FROM listed
  JOIN decoded_repo_files file ON file.repo_id = listed.repo_id AND file.source_run_seq = listed.source_run_seq
  LEFT JOIN stg_repo_file_facts fact
    ON fact.repo_id = file.repo_id AND fact.role = file.role AND fact.blob_sha = file.blob_sha
  LEFT JOIN blueprints blueprint ON blueprint.repo_id = file.repo_id AND blueprint.blob_sha = file.blob_sha
  LEFT JOIN previous.stg_repo_files earlier
    ON earlier.repo_id = file.repo_id AND earlier.role = file.role AND earlier.path = file.path
    AND earlier.blob_sha = file.blob_sha
  UNION ALL
  SELECT earlier.repo_id, role, path, blob_sha, seen_at, files_digest, dockerfile_paths, is_read, next_major,
    readme_sha256, mentions_render, has_blueprint_button, deploy_button_url
  FROM listed RIGHT ANTI JOIN previous.stg_repo_files earlier ON earlier.repo_id = listed.repo_id
)
SELECT
  CAST(repository.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(repository.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(repository.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(repository.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(role AS VARCHAR) AS role, -- readme, render_yaml, dockerfile or package_json
  CAST(path AS VARCHAR) AS path, -- path within the repository
  CAST(blob_sha AS VARCHAR) AS blob_sha, -- git's hash of the content
  CAST(seen_at AS TIMESTAMPTZ(6)) AS seen_at, -- when they were listed
  CAST(is_read AS BOOLEAN) AS is_read, -- whether the columns below were read from a README or package.json
  CAST(next_major AS BIGINT) AS next_major, -- major version of next that a package.json asks for
  CAST(readme_sha256 AS VARCHAR) AS readme_sha256, -- of a README: its hash as in stg_readmes
  CAST(mentions_render AS BOOLEAN) AS mentions_render, -- whether a README mentions Render
  CAST(has_blueprint_button AS BOOLEAN) AS has_blueprint_button, -- whether a README links to a deployment on Render
  CAST(deploy_button_url AS VARCHAR) AS deploy_button_url, -- address of that link
  CAST(files_digest AS VARCHAR) AS files_digest, -- of render.yaml: SHA-256 over role, path and hash of it and its Dockerfiles, as far as they were read
  CAST(dockerfile_paths AS VARCHAR[]) AS dockerfile_paths -- of render.yaml: paths of the Dockerfiles that it names, there or not
FROM repositories repository
JOIN files ON files.repo_id = repository.repo_id
