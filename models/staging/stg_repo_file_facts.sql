-- What the content of a README or package.json says, as far as it came now or is known from before.
/*
kind = "temporary"
pipeline = "trending"
grain = ["repo_id", "role", "blob_sha"]
*/
WITH told AS (
  SELECT repo_id, 'readme' AS role, blob_sha, NULL AS next_major, readme_sha256, mentions_render,
    has_blueprint_button, deploy_button_url, source_run_seq
  FROM decoded_readmes
  UNION ALL
  SELECT repo_id, role, blob_sha, next_major, NULL AS readme_sha256, NULL AS mentions_render,
    NULL AS has_blueprint_button, NULL AS deploy_button_url, source_run_seq
  FROM decoded_repo_files WHERE role = 'package_json' AND next_major IS NOT NULL
  UNION ALL
  SELECT repo_id, role, blob_sha, next_major, readme_sha256, mentions_render, has_blueprint_button,
    deploy_button_url, 0 AS source_run_seq
  FROM previous.stg_repo_files WHERE is_read AND role IN ('readme', 'package_json')
)
SELECT
  CAST(repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(role AS VARCHAR) AS role, -- readme or package_json
  CAST(blob_sha AS VARCHAR) AS blob_sha, -- git's hash of the content
  CAST(last_value(next_major ORDER BY source_run_seq) AS BIGINT) AS next_major, -- major version of next that a package.json asks for
  CAST(last_value(readme_sha256 ORDER BY source_run_seq) AS VARCHAR) AS readme_sha256, -- of a README: its hash as in stg_readmes
  CAST(last_value(mentions_render ORDER BY source_run_seq) AS BOOLEAN) AS mentions_render, -- whether a README mentions Render
  CAST(last_value(has_blueprint_button ORDER BY source_run_seq) AS BOOLEAN) AS has_blueprint_button, -- whether a README links to a deployment on Render
  CAST(last_value(deploy_button_url ORDER BY source_run_seq) AS VARCHAR) AS deploy_button_url -- address of that link
FROM told
GROUP BY repo_id, role, blob_sha
