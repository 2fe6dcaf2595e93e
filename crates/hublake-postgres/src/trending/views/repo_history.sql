-- A repository on a day on which it was seen, newest day first, under its name of today.
SELECT version.repo_full_name, held.language, snapshot.snapshot_date, snapshot.stars, snapshot.star_velocity,
       snapshot.momentum_score, snapshot.activity_score, snapshot.rank_overall, snapshot.rank_in_language,
       version.repo_id, snapshot.repo_key, snapshot.forks, snapshot.seen_at
FROM fact_repo_snapshots AS snapshot
JOIN dim_repositories AS version ON version.repo_id = snapshot.repo_id AND version.is_current
LEFT JOIN dim_repositories AS held ON held.repo_key = snapshot.repo_key
ORDER BY snapshot.snapshot_date DESC, snapshot.rank_overall, snapshot.repo_id
