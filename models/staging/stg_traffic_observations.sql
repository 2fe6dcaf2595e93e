-- One answer about views or clones, with the days that it covers.
/*
kind = "temporary"
pipeline = "traffic"
grain = ["repo_id", "measure", "per", "answered_at"]
*/
WITH answers AS (
  -- How many answers with a body have come up to this one tells which of them an unchanged one confirms.
  SELECT repo_id, stream, status, answered_at, "count", uniques, source_run_seq,
    CAST(answered_at AS DATE) AS answered_on,
    sum_within(CASE status WHEN 'answer' THEN 1 ELSE 0 END, repo_id, stream)
      OVER (ORDER BY repo_id, stream, answered_at, source_run_seq) AS body_number
  FROM decoded_traffic_answers
  WHERE stream IN ('traffic_views', 'traffic_clones', 'traffic_views_weekly', 'traffic_clones_weekly')
  QUALIFY lag_within(answered_at, repo_id, stream, answered_at)
    OVER (ORDER BY repo_id, stream, answered_at, source_run_seq) IS NULL
),
bodies AS (SELECT * FROM answers WHERE status = 'answer')
SELECT
  CAST(answer.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(CASE WHEN answer.stream IN ('traffic_views', 'traffic_views_weekly') THEN 'views' ELSE 'clones' END AS VARCHAR) AS measure, -- views or clones
  CAST(CASE WHEN answer.stream IN ('traffic_views', 'traffic_clones') THEN 'day' ELSE 'week' END AS VARCHAR) AS per, -- day or week
  CAST(answer.answered_at AS TIMESTAMPTZ(6)) AS answered_at, -- when it came
  CAST(answer.answered_on AS DATE) AS answered_on, -- day on which it came, UTC
  CAST(answer.status AS VARCHAR) AS status, -- answer, not_modified or not_permitted
  CAST(answer.answered_on - CASE answer.status WHEN 'not_permitted' THEN INTERVAL '13 days' ELSE INTERVAL '14 days' END AS DATE) AS first_day, -- first day that it is about; an answer's is cut short
  CAST(answer.answered_on - INTERVAL '13 days' AS DATE) AS whole_first, -- first day that an answer holds whole
  CAST(answer.answered_on - INTERVAL '1 day' AS DATE) AS whole_last, -- last day that an answer holds whole
  CAST(CASE answer.status WHEN 'answer' THEN answer."count"
    WHEN 'not_modified' THEN CASE WHEN body.repo_id IS NULL THEN state."count" ELSE body."count" END END AS BIGINT) AS "count", -- its own count; an unchanged one's is that of the answer before
  CAST(CASE answer.status WHEN 'answer' THEN answer.uniques
    WHEN 'not_modified' THEN CASE WHEN body.repo_id IS NULL THEN state.uniques ELSE body.uniques END END AS BIGINT) AS uniques, -- its own unique visitors, likewise
  CAST(answer.source_run_seq AS BIGINT) AS source_run_seq -- sequence number of the run that collected it
FROM answers answer
LEFT JOIN bodies body
  ON body.repo_id = answer.repo_id AND body.stream = answer.stream AND body.body_number = answer.body_number
LEFT JOIN previous.stg_traffic_state state ON state.repo_id = answer.repo_id AND state.stream = answer.stream
