-- A repository that counts as seen in a run: a branch showed it that does not leave it out.
/*
kind = "temporary"
pipeline = "trending"
grain = ["repo_id", "source_run_seq"]
*/
-- The rule of Next.js: a branch that needs it leaves out what asks for an older major version of next than the
-- settings allow. What has no package.json, or asks for no next, stays; so does what another branch shows.
-- Where a run did not list a repository's files, the package.json of the listing before counts.
WITH listings AS (
  SELECT repo_id, source_run_seq FROM decoded_repo_details WHERE is_listed
  UNION ALL
  SELECT repo_id, 0 AS source_run_seq FROM previous.stg_repo_files GROUP BY repo_id
),
held AS (
  SELECT run.repo_id, run.source_run_seq, max(listing.source_run_seq) AS listing_run_seq
  FROM (SELECT repo_id, source_run_seq FROM decoded_repositories GROUP BY repo_id, source_run_seq) run
  JOIN listings listing ON listing.repo_id = run.repo_id AND listing.source_run_seq <= run.source_run_seq
  GROUP BY run.repo_id, run.source_run_seq
),
asked AS (
  SELECT file.repo_id, file.source_run_seq, fact.next_major
  FROM decoded_repo_files file
  JOIN stg_repo_file_facts fact
    ON fact.repo_id = file.repo_id AND fact.role = file.role AND fact.blob_sha = file.blob_sha
  WHERE file.role = 'package_json'
  UNION ALL
  SELECT repo_id, 0 AS source_run_seq, max(next_major) AS next_major
  FROM previous.stg_repo_files WHERE role = 'package_json' GROUP BY repo_id
),
excluded AS (SELECT owner FROM trending_owners WHERE kind = 'excluded' GROUP BY owner),
branches AS (
  SELECT sighting.repo_id, sighting.source_run_seq, sighting.branch,
    coalesce(language.needs_next, false) AS needs_next, asked.next_major
  FROM decoded_repositories sighting
  LEFT JOIN held ON held.repo_id = sighting.repo_id AND held.source_run_seq = sighting.source_run_seq
  LEFT JOIN asked ON asked.repo_id = held.repo_id AND asked.source_run_seq = held.listing_run_seq
  LEFT JOIN trending_languages language ON language.language = sighting.branch
  LEFT JOIN excluded ON excluded.owner = lower(sighting.repo_owner)
  WHERE sighting.found_by <> 'detail' AND excluded.owner IS NULL
)
SELECT
  CAST(branch.repo_id AS BIGINT) AS repo_id, -- GitHub's numeric id of the repository
  CAST(branch.source_run_seq AS BIGINT) AS source_run_seq, -- sequence number of the run
  CAST(array_sort(array_agg(DISTINCT branch.branch)) AS VARCHAR[]) AS branches, -- branches that showed it, sorted
  CAST(bool_or(branch.branch = 'render') AS BOOLEAN) AS is_in_render -- whether the Render branch is among them
FROM branches branch
CROSS JOIN trending_rules rule
WHERE NOT (branch.needs_next AND coalesce(branch.next_major < rule.minimum_next_major, false))
GROUP BY branch.repo_id, branch.source_run_seq
