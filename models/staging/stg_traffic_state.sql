-- What GitHub last said to a question about a repository's traffic, stars or figures.
/*
kind = "incremental"
pipeline = "traffic"
grain = ["repo_id", "stream"]
*/
WITH answers AS (
  SELECT repo_id, stream, max(answered_at) AS last_answered_at,
    last_value(status ORDER BY answered_at, source_run_seq) AS last_status,
    last_value(missing_permission ORDER BY answered_at, source_run_seq) AS missing_permission,
    max(CASE WHEN status <> 'not_permitted' THEN answered_at END) AS last_success_at,
    -- What tells whether there is an answer that later unchanged ones confirm.
    last_value(status ORDER BY answered_at, source_run_seq) FILTER (WHERE status <> 'not_modified') AS body_status,
    -- Of a history in several answers only the last one has a count.
    last_value("count" ORDER BY answered_at, source_run_seq, "count" ASC NULLS FIRST) FILTER (WHERE status = 'answer')
      AS "count",
    last_value(uniques ORDER BY answered_at, source_run_seq) FILTER (WHERE status = 'answer') AS uniques,
    last_value(etag ORDER BY answered_at, source_run_seq) FILTER (WHERE status = 'answer') AS etag,
    bool_or(status = 'answer') AS has_answer
  FROM decoded_traffic_answers GROUP BY repo_id, stream
),
states AS (
  SELECT coalesce(answer.repo_id, earlier.repo_id) AS repo_id, coalesce(answer.stream, earlier.stream) AS stream,
    greatest(answer.last_answered_at, earlier.last_answered_at) AS last_answered_at,
    coalesce(answer.last_status, earlier.last_status) AS last_status,
    CASE WHEN answer.repo_id IS NULL THEN earlier.missing_permission
      WHEN answer.last_status = 'not_permitted' THEN answer.missing_permission END AS missing_permission,
    greatest(answer.last_success_at, earlier.last_success_at) AS last_success_at,
    CASE WHEN answer.has_answer THEN answer."count" ELSE earlier."count" END AS "count",
    CASE WHEN answer.has_answer THEN answer.uniques ELSE earlier.uniques END AS uniques,
    CASE WHEN answer.body_status = 'answer' THEN answer.etag
      WHEN answer.body_status IS NULL THEN earlier.etag END AS etag
  FROM answers answer
  FULL JOIN previous.stg_traffic_state earlier
    ON earlier.repo_id = answer.repo_id AND earlier.stream = answer.stream
)
SELECT
  CAST(repository.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(repository.repo_full_name AS VARCHAR) AS repo_full_name, -- owner/name, as the repository is called now
  CAST(repository.repo_owner AS VARCHAR) AS repo_owner, -- owner, as the repository is called now
  CAST(repository.repo_name AS VARCHAR) AS repo_name, -- name without the owner, as the repository is called now
  CAST(states.stream AS VARCHAR) AS stream, -- what was asked for
  CAST(states.last_answered_at AS TIMESTAMPTZ(6)) AS last_answered_at, -- when the newest answer came
  CAST(states.last_status AS VARCHAR) AS last_status, -- answer, not_modified or not_permitted
  CAST(states.missing_permission AS VARCHAR) AS missing_permission, -- what the newest answer says is missing, null where nothing is
  CAST(states.last_success_at AS TIMESTAMPTZ(6)) AS last_success_at, -- when an answer last came or was confirmed, null if never
  CAST(states."count" AS BIGINT) AS "count", -- the newest answer's own count; entries of a list; stars that a history belongs to
  CAST(states.uniques AS BIGINT) AS uniques, -- the newest answer's own unique visitors
  CAST(states.etag AS VARCHAR) AS etag -- ETag of the newest answer, null once the right is missing
FROM repositories repository
JOIN states ON states.repo_id = repository.repo_id
