-- Times are microseconds since 1970-01-01T00:00:00Z; flags are 0 or 1. Portable: the same statements run on
-- SQLite and PostgreSQL.
CREATE TABLE repositories (
    repo_id     BIGINT PRIMARY KEY,
    owner       TEXT NOT NULL,
    name        TEXT NOT NULL,
    is_private  BIGINT NOT NULL,
    is_archived BIGINT NOT NULL,
    added_at    BIGINT NOT NULL,
    removed_at  BIGINT
);

CREATE TABLE repository_names (
    repo_id    BIGINT NOT NULL,
    full_name  TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to   BIGINT,
    PRIMARY KEY (repo_id, valid_from)
);

CREATE TABLE credentials (
    tenant    TEXT PRIMARY KEY,
    login     TEXT,
    kind      TEXT NOT NULL,
    sealed    BYTEA NOT NULL,
    saved_at  BIGINT NOT NULL
);

CREATE TABLE runs (
    run_seq     BIGINT PRIMARY KEY,
    pipeline    TEXT NOT NULL,
    run_at      BIGINT NOT NULL,
    started_at  BIGINT NOT NULL,
    finished_at BIGINT,
    process_id  BIGINT NOT NULL,
    presence    TEXT NOT NULL,
    state       TEXT NOT NULL,
    message     TEXT NOT NULL DEFAULT '',
    requests    BIGINT NOT NULL DEFAULT 0,
    not_modified BIGINT NOT NULL DEFAULT 0,
    quota       BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE run_repositories (
    run_seq      BIGINT NOT NULL REFERENCES runs (run_seq),
    repo_id      BIGINT NOT NULL,
    stream       TEXT NOT NULL,
    state        TEXT NOT NULL,
    message      TEXT NOT NULL,
    requests     BIGINT NOT NULL,
    not_modified BIGINT NOT NULL,
    quota        BIGINT NOT NULL,
    row_count    BIGINT NOT NULL,
    PRIMARY KEY (run_seq, repo_id, stream)
);

CREATE TABLE cursors (
    stream               TEXT NOT NULL,
    repo_id              BIGINT NOT NULL,
    watermark_updated_at BIGINT,
    probe_url            TEXT,
    probe_etag           TEXT,
    published_run_seq    BIGINT,
    last_repair_at       BIGINT,
    PRIMARY KEY (stream, repo_id)
);

CREATE TABLE attempts (
    stream               TEXT NOT NULL,
    repo_id              BIGINT NOT NULL,
    first_run_seq        BIGINT NOT NULL,
    last_run_seq         BIGINT NOT NULL,
    started_at           BIGINT NOT NULL,
    mode                 TEXT NOT NULL,
    committed_updated_at BIGINT,
    max_updated_at       BIGINT,
    probe_url            TEXT,
    probe_etag           TEXT,
    is_complete          BIGINT NOT NULL,
    is_repair            BIGINT NOT NULL,
    PRIMARY KEY (stream, repo_id)
);

CREATE TABLE publications (
    publication_id BIGINT PRIMARY KEY,
    pipeline       TEXT NOT NULL,
    run_seq        BIGINT NOT NULL,
    published_at   BIGINT NOT NULL,
    run_at         BIGINT NOT NULL,
    tables         TEXT NOT NULL
);

CREATE INDEX publications_by_time ON publications (pipeline, published_at);

CREATE TABLE exceptions (
    exception_id BIGINT PRIMARY KEY,
    rule         TEXT NOT NULL,
    repo_id      BIGINT NOT NULL,
    why          TEXT NOT NULL,
    accepted_by  TEXT NOT NULL,
    accepted_at  BIGINT NOT NULL,
    revoked_at   BIGINT
);

CREATE TABLE journal (
    entry_id BIGINT PRIMARY KEY,
    at       BIGINT NOT NULL,
    act      TEXT NOT NULL,
    subject  TEXT NOT NULL,
    done_by  TEXT NOT NULL
);
