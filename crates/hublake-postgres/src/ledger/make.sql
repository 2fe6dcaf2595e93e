CREATE SCHEMA IF NOT EXISTS hublake;
COMMENT ON SCHEMA hublake IS 'What hublake published to this database';
CREATE TABLE hublake.schemas (
  schema_name text PRIMARY KEY,
  form integer NOT NULL,
  published_at timestamptz NOT NULL
);
CREATE TABLE hublake.published (
  schema_name text NOT NULL,
  name text NOT NULL,
  declared text NOT NULL,
  shape text NOT NULL,
  source text NOT NULL,
  row_count bigint NOT NULL,
  published_at timestamptz NOT NULL,
  PRIMARY KEY (schema_name, name)
);
