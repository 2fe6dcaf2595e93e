-- Views and materialised views that read one of the relations $2, but for those named $3 in the same schema.
SELECT DISTINCT read.relname::text, n.nspname || '.' || v.relname
FROM pg_depend d
JOIN pg_rewrite r ON r.oid = d.objid AND d.classid = 'pg_rewrite'::regclass
JOIN pg_class v ON v.oid = r.ev_class
JOIN pg_namespace n ON n.oid = v.relnamespace
JOIN pg_class read ON read.oid = d.refobjid AND d.refclassid = 'pg_class'::regclass
WHERE read.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)
  AND read.relname = ANY($2) AND v.oid <> read.oid
  AND NOT (v.relnamespace = read.relnamespace AND v.relname = ANY($3))
ORDER BY 1, 2
