-- Commits, who wrote them, and closed issues of the seven days before a run, as far as they are known on the day of the run.
/*
kind = "temporary"
pipeline = "trending"
grain = ["repo_id", "source_run_seq"]
*/
-- What a run could not have holds as the last earlier run of the day had it, of the batch or published.
WITH known AS (
  SELECT figure.repo_id, figure.source_run_seq, figure.seen_on, detail.commits_last_7_days,
    detail.issues_closed_last_7_days, detail.active_contributors, detail.active_bots
  FROM stg_repo_figures figure
  JOIN decoded_repo_details detail
    ON detail.repo_id = figure.repo_id AND detail.source_run_seq = figure.source_run_seq
  UNION ALL
  SELECT snapshot.repo_id, 0 AS source_run_seq, snapshot.snapshot_date AS seen_on, snapshot.commits_last_7_days,
    snapshot.issues_closed_last_7_days, snapshot.active_contributors, newest.active_bots
  FROM previous.fact_repo_snapshots snapshot
  LEFT JOIN previous.stg_repos_validated newest
    ON newest.repo_id = snapshot.repo_id AND newest.last_seen_at = snapshot.seen_at
),
held AS (
  SELECT figure.repo_id, figure.source_run_seq,
    last_value(known.commits_last_7_days ORDER BY known.source_run_seq)
      FILTER (WHERE known.commits_last_7_days IS NOT NULL) AS commits_last_7_days,
    last_value(known.active_contributors ORDER BY known.source_run_seq)
      FILTER (WHERE known.commits_last_7_days IS NOT NULL) AS active_contributors,
    last_value(known.active_bots ORDER BY known.source_run_seq)
      FILTER (WHERE known.commits_last_7_days IS NOT NULL) AS active_bots,
    last_value(known.issues_closed_last_7_days ORDER BY known.source_run_seq)
      FILTER (WHERE known.issues_closed_last_7_days IS NOT NULL) AS issues_closed_last_7_days
  FROM stg_repo_figures figure
  JOIN known ON known.repo_id = figure.repo_id AND known.seen_on = figure.seen_on
    AND known.source_run_seq <= figure.source_run_seq
  GROUP BY figure.repo_id, figure.source_run_seq
)
SELECT
  CAST(repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(source_run_seq AS BIGINT) AS source_run_seq, -- sequence number of the run
  CAST(commits_last_7_days AS BIGINT) AS commits_last_7_days, -- commits of the seven days before
  CAST(issues_closed_last_7_days AS BIGINT) AS issues_closed_last_7_days, -- issues closed in the seven days before
  CAST(active_contributors AS BIGINT) AS active_contributors, -- people who wrote these commits
  CAST(active_bots AS BIGINT) AS active_bots -- bots that wrote these commits
FROM held
