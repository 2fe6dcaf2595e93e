-- A kind of service on Render, as render.yaml files ask for it.
/*
kind = "view"
pipeline = "trending"
grain = ["service_key"]
*/
SELECT
  CAST(kinds.column1 AS BIGINT) AS service_key, -- 1 to 8
  CAST(kinds.column2 AS VARCHAR) AS service_type, -- web, worker, cron, private, static, postgres, redis or workflow
  CAST(kinds.column3 AS VARCHAR) AS service_description -- what it is
FROM (VALUES
  (1, 'web', 'Web service: answers HTTP requests from the internet'),
  (2, 'worker', 'Background worker: runs all the time and answers no requests'),
  (3, 'cron', 'Cron job: runs on a schedule'),
  (4, 'private', 'Private service: answers requests of other services only'),
  (5, 'static', 'Static site: files behind a content delivery network'),
  (6, 'postgres', 'PostgreSQL database'),
  (7, 'redis', 'Key value store, compatible with Redis'),
  (8, 'workflow', 'Workflow: tasks that run when they are asked for')
) kinds
