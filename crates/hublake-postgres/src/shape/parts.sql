-- Constraints, and indexes that belong to none; of primary keys their columns in order.
SELECT c.relname::text, k.conname::text,
       CASE WHEN k.contype = 'p' THEN
         ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS part(attnum, place)
               JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = part.attnum ORDER BY part.place)
       ELSE ARRAY[]::text[] END
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)
UNION ALL
SELECT c.relname::text, i.relname::text, ARRAY[]::text[]
FROM pg_index x
JOIN pg_class c ON c.oid = x.indrelid
JOIN pg_class i ON i.oid = x.indexrelid
WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND NOT x.indisprimary
