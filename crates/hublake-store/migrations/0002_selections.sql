-- Accounts whose repositories are collected, and rules that take some and leave out others. The same statements run on
-- SQLite and PostgreSQL.
CREATE TABLE selections (
    kind     TEXT NOT NULL,
    value    TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (kind, value)
);

-- Whether a repository was brought by a selection, not by its name: then it goes when the selection has it no more.
ALTER TABLE repositories ADD COLUMN is_selected BIGINT NOT NULL DEFAULT 0;
