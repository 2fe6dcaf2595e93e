-- No count of a day of traffic is smaller than before the run, or gone.
/*
pipeline = "traffic"
severity = "error"
scope = "repository"
*/
SELECT earlier.repo_id, earlier.day, earlier.views AS views_before, later.views, earlier.clones AS clones_before,
  later.clones
FROM previous.stg_traffic_daily earlier
LEFT JOIN stg_traffic_daily later ON later.repo_id = earlier.repo_id AND later.day = earlier.day
WHERE coalesce(later.views, -1) < coalesce(earlier.views, -1)
  OR coalesce(later.view_uniques, -1) < coalesce(earlier.view_uniques, -1)
  OR coalesce(later.clones, -1) < coalesce(earlier.clones, -1)
  OR coalesce(later.clone_uniques, -1) < coalesce(earlier.clone_uniques, -1)
  OR later.repo_id IS NULL
