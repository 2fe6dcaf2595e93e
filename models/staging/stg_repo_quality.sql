-- How complete, fresh and plausible the newest figures of a repository are, 0 to 1.
/*
kind = "temporary"
pipeline = "trending"
grain = ["repo_id"]
*/
-- 0.4 completeness + 0.3 freshness + 0.3 validity.
-- Completeness: 70 % over six required fields (name, page, language, stars, times of creation and update), 30 % over
-- five optional ones (description, README, commits, closed issues, contributors).
-- Freshness by days since the last update: up to 1 is 1.0, 7 is 0.9, 30 is 0.7, 90 is 0.5, more is 0.3.
-- Validity: 1 less 0.3 for negative stars, 0.2 for negative forks, 0.1 for more forks than twice the stars, 0.2 for a
-- creation after the update, 0.1 for a language that is none of the twelve best known. Of Render repositories the real
-- language counts.
WITH fields AS (
  SELECT repo_id, stars, forks, created_at, updated_at, "language",
    (CASE WHEN repo_full_name <> '' THEN 1 ELSE 0 END + CASE WHEN repo_url <> '' THEN 1 ELSE 0 END
      + CASE WHEN "language" IS NULL THEN 0 ELSE 1 END + CASE WHEN stars IS NULL THEN 0 ELSE 1 END
      + CASE WHEN created_at IS NULL THEN 0 ELSE 1 END + CASE WHEN updated_at IS NULL THEN 0 ELSE 1 END)
      AS required_count,
    (CASE WHEN description <> '' THEN 1 ELSE 0 END + CASE WHEN has_readme THEN 1 ELSE 0 END
      + CASE WHEN commits_last_7_days IS NULL THEN 0 ELSE 1 END
      + CASE WHEN issues_closed_last_7_days IS NULL THEN 0 ELSE 1 END
      + CASE WHEN active_contributors IS NULL THEN 0 ELSE 1 END) AS optional_count,
    (CAST(seen_at AS BIGINT) - CAST(updated_at AS BIGINT)) / 86400000000.0 AS idle_days
  FROM stg_repo_observations WHERE is_newest
),
parts AS (
  SELECT repo_id, 0.7 * required_count / 6.0 + 0.3 * optional_count / 5.0 AS completeness,
    CASE WHEN idle_days <= 1 THEN 1.0 WHEN idle_days <= 7 THEN 0.9 WHEN idle_days <= 30 THEN 0.7
      WHEN idle_days <= 90 THEN 0.5 ELSE 0.3 END AS freshness,
    1.0 - CASE WHEN stars < 0 THEN 0.3 ELSE 0.0 END - CASE WHEN forks < 0 THEN 0.2 ELSE 0.0 END
      - CASE WHEN forks > 2 * stars THEN 0.1 ELSE 0.0 END - CASE WHEN created_at > updated_at THEN 0.2 ELSE 0.0 END
      - CASE WHEN coalesce("language", '') IN ('Python', 'TypeScript', 'JavaScript', 'Go', 'Rust', 'Java', 'Kotlin',
        'C', 'C++', 'C#', 'Ruby', 'PHP') THEN 0.0 ELSE 0.1 END AS validity
  FROM fields
)
SELECT
  CAST(repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(0.4 * completeness + 0.3 * freshness + 0.3 * validity AS DOUBLE) AS data_quality_score -- 0 to 1
FROM parts
