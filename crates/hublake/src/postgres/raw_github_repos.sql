-- Rows of runs after $after; within a run they are numbered in the order in which they came.
WITH numbered AS (
  SELECT raw.*, row_number() OVER (
    PARTITION BY raw.run_seq
    ORDER BY raw.fetched_at, raw.source_language, raw.found_by, raw.page_number, raw.item_index, raw.repo_id,
      raw.payload_sha256
  ) AS place
  FROM raw_github_repos raw
  WHERE raw.run_seq > $after
),
readmes AS (
  SELECT run_seq, repo_id, max(payload) AS readme_content
  FROM raw_github_files WHERE role = 'readme' AND run_seq > $after GROUP BY run_seq, repo_id
)
SELECT numbered.run_seq * 10000000 + numbered.place AS id, numbered.repo_full_name, numbered.payload AS api_response,
  CASE WHEN numbered.found_by = 'detail' THEN readmes.readme_content END AS readme_content,
  numbered.fetched_at AS fetch_timestamp, nullif(numbered.source_language, '') AS source_language, numbered.repo_id,
  numbered.run_id, numbered.run_seq, numbered.found_by, numbered.is_taken = 1 AS is_taken
FROM numbered
LEFT JOIN readmes ON readmes.run_seq = numbered.run_seq AND readmes.repo_id = numbered.repo_id
