-- Rows of runs after $after; within a run they are numbered in the order in which they came.
SELECT run_seq * 10000000 + row_number() OVER (
    PARTITION BY run_seq ORDER BY fetched_at, repo_id, metric_type, page_number, item_index, payload_sha256
  ) AS id,
  repo_full_name, metric_type, coalesce(payload, 'null') AS metric_data, fetched_at AS fetch_timestamp, repo_id,
  run_id, run_seq, page_number, outcome, window_start
FROM raw_repo_metrics
WHERE run_seq > $after
