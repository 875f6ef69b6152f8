-- What a server of Outcrop remembers. Times are microseconds since 1970, UTC; truth values are 0 and 1.

CREATE TABLE users (
    name       TEXT PRIMARY KEY,
    password   TEXT,             -- Argon2id in PHC form; null: no login by password
    role       TEXT NOT NULL,
    enabled    INTEGER NOT NULL,
    created    INTEGER NOT NULL,
    last_login INTEGER
) STRICT;
-- Two names that differ in case only would be taken for each other.
CREATE UNIQUE INDEX users_of_any_case ON users (lower(name));

-- Of any name that was tried, known or not, so that a lock does not tell which names there are.
CREATE TABLE login_failures (
    name         TEXT PRIMARY KEY,
    failures     INTEGER NOT NULL,
    last         INTEGER NOT NULL,
    locked_until INTEGER
) STRICT;
CREATE INDEX login_failures_by_time ON login_failures (last);

CREATE TABLE tokens (
    id         TEXT PRIMARY KEY,
    user_name  TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    label      TEXT NOT NULL,
    hash       TEXT NOT NULL,    -- SHA-256 of the secret, base64url
    role_limit TEXT,
    created    INTEGER NOT NULL,
    expires    INTEGER,
    last_used  INTEGER,
    revoked    INTEGER
) STRICT;
CREATE INDEX tokens_by_user ON tokens (user_name);

CREATE TABLE grants (
    project   TEXT NOT NULL,
    user_name TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    role      TEXT NOT NULL,     -- a role, or none: the project is forbidden
    PRIMARY KEY (project, user_name)
) STRICT;
CREATE INDEX grants_by_user ON grants (user_name);

CREATE TABLE audit (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    time       INTEGER NOT NULL,
    user_name  TEXT NOT NULL,    -- a text only: the entries of a deleted user stay
    action     TEXT NOT NULL,
    project    TEXT,
    target     TEXT,
    detail     TEXT NOT NULL,    -- JSON
    outcome    TEXT NOT NULL,
    address    TEXT,
    request_id TEXT
) STRICT;
CREATE INDEX audit_by_time ON audit (time);
CREATE INDEX audit_by_user ON audit (user_name, id);
CREATE TRIGGER audit_keeps BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_keeps_all BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

-- Every change of a job takes the next number of this row, inside its transaction: whoever holds the row commits before the
-- next number is given, so that no reader ever sees a number and misses a smaller one.
CREATE TABLE counters (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;
INSERT INTO counters (name, value) VALUES ('jobs', 0);

CREATE TABLE jobs (
    id               TEXT PRIMARY KEY,
    project          TEXT NOT NULL,
    kind             TEXT NOT NULL,
    payload          TEXT NOT NULL,
    owner            TEXT NOT NULL,
    idempotency_key  TEXT,
    state            TEXT NOT NULL,
    priority         INTEGER NOT NULL,
    created          INTEGER NOT NULL,
    started          INTEGER,
    finished         INTEGER,
    attempts         INTEGER NOT NULL DEFAULT 0,
    max_attempts     INTEGER NOT NULL,
    next_attempt_at  INTEGER NOT NULL,
    fence            INTEGER NOT NULL DEFAULT 0, -- grows with every lease ever given
    lease_owner      TEXT,
    lease_until      INTEGER,
    heartbeat        INTEGER,
    progress_rows    INTEGER NOT NULL DEFAULT 0,
    progress_percent REAL,
    progress_rate    REAL,
    progress_nodes   TEXT,
    result           TEXT,
    error            TEXT,
    cancel_requested INTEGER NOT NULL DEFAULT 0,
    commit_key       TEXT,
    log_seq          INTEGER NOT NULL DEFAULT 0,
    revision         INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX jobs_by_idempotency_key ON jobs (project, idempotency_key);
CREATE INDEX jobs_open ON jobs (priority DESC, created) WHERE state IN ('queued', 'running');
CREATE INDEX jobs_by_time ON jobs (created);
CREATE INDEX jobs_by_project ON jobs (project, created);
CREATE INDEX jobs_by_revision ON jobs (revision);

CREATE TABLE job_logs (
    job   TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    seq   INTEGER NOT NULL,
    time  INTEGER NOT NULL,
    level TEXT NOT NULL,
    text  TEXT NOT NULL,
    PRIMARY KEY (job, seq)
) STRICT;
