-- A repository that was seen on the newest day, by momentum.
SELECT version.repo_full_name, version.repo_url, version.language, version.description, version.readme_content,
       version.render_category, snapshot.stars, snapshot.star_velocity, snapshot.activity_score,
       snapshot.momentum_score, snapshot.rank_overall, snapshot.rank_in_language, snapshot.snapshot_date,
       snapshot.snapshot_date AS last_updated,
       version.repo_id, version.repo_language, snapshot.forks, snapshot.age_days, snapshot.seen_at,
       snapshot.commits_last_7_days, snapshot.issues_closed_last_7_days, snapshot.active_contributors
FROM fact_repo_snapshots AS snapshot
JOIN dim_repositories AS version ON version.repo_id = snapshot.repo_id AND version.is_current
WHERE snapshot.snapshot_date = (SELECT snapshot_date FROM fact_repo_snapshots ORDER BY source_run_seq DESC LIMIT 1)
ORDER BY snapshot.momentum_score DESC, snapshot.stars DESC, snapshot.repo_id
