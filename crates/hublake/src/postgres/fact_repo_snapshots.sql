SELECT snapshot_id, repo_key, language_key, snapshot_date, stars, star_velocity, activity_score, momentum_score,
  rank_overall, rank_in_language, repo_id, forks, commits_last_7_days, issues_closed_last_7_days,
  active_contributors, star_velocity_from, stars_normalised, recency_score, age_days, seen_at,
  coalesce(source_run_seq, 0) AS source_run_seq
FROM fact_repo_snapshots
