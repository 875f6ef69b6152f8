-- What a server of Outcrop remembers. Times are microseconds since 1970, UTC; truth values are 0 and 1.

CREATE TABLE users (
    name       TEXT PRIMARY KEY,
    password   TEXT,             -- Argon2id in PHC form; null: no login by password
    role       TEXT NOT NULL,
    enabled    BIGINT NOT NULL,
    created    BIGINT NOT NULL,
    last_login BIGINT
);
-- Two names that differ in case only would be taken for each other.
CREATE UNIQUE INDEX users_of_any_case ON users (lower(name));

-- Of any name that was tried, known or not, so that a lock does not tell which names there are.
CREATE TABLE login_failures (
    name         TEXT PRIMARY KEY,
    failures     BIGINT NOT NULL,
    last         BIGINT NOT NULL,
    locked_until BIGINT
);
CREATE INDEX login_failures_by_time ON login_failures (last);

CREATE TABLE tokens (
    id         TEXT PRIMARY KEY,
    user_name  TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    label      TEXT NOT NULL,
    hash       TEXT NOT NULL,    -- SHA-256 of the secret, base64url
    role_limit TEXT,
    created    BIGINT NOT NULL,
    expires    BIGINT,
    last_used  BIGINT,
    revoked    BIGINT
);
CREATE INDEX tokens_by_user ON tokens (user_name);

CREATE TABLE grants (
    project   TEXT NOT NULL,
    user_name TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    role      TEXT NOT NULL,     -- a role, or none: the project is forbidden
    PRIMARY KEY (project, user_name)
);
CREATE INDEX grants_by_user ON grants (user_name);

CREATE TABLE audit (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    time       BIGINT NOT NULL,
    user_name  TEXT NOT NULL,    -- a text only: the entries of a deleted user stay
    action     TEXT NOT NULL,
    project    TEXT,
    target     TEXT,
    detail     TEXT NOT NULL,    -- JSON
    outcome    TEXT NOT NULL,
    address    TEXT,
    request_id TEXT
);
CREATE INDEX audit_by_time ON audit (time);
CREATE INDEX audit_by_user ON audit (user_name, id);
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER audit_keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

-- Every change of a job takes the next number of this row, inside its transaction: whoever holds the row commits before the
-- next number is given, so that no reader ever sees a number and misses a smaller one.
CREATE TABLE counters (
    name  TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO counters (name, value) VALUES ('jobs', 0);

CREATE TABLE jobs (
    id               TEXT PRIMARY KEY,
    project          TEXT NOT NULL,
    kind             TEXT NOT NULL,
    payload          TEXT NOT NULL,
    owner            TEXT NOT NULL,
    idempotency_key  TEXT,
    state            TEXT NOT NULL,
    priority         BIGINT NOT NULL,
    created          BIGINT NOT NULL,
    started          BIGINT,
    finished         BIGINT,
    attempts         BIGINT NOT NULL DEFAULT 0,
    max_attempts     BIGINT NOT NULL,
    next_attempt_at  BIGINT NOT NULL,
    fence            BIGINT NOT NULL DEFAULT 0, -- grows with every lease ever given
    lease_owner      TEXT,
    lease_until      BIGINT,
    heartbeat        BIGINT,
    progress_rows    BIGINT NOT NULL DEFAULT 0,
    progress_percent DOUBLE PRECISION,
    progress_rate    DOUBLE PRECISION,
    progress_nodes   TEXT,
    result           TEXT,
    error            TEXT,
    cancel_requested BIGINT NOT NULL DEFAULT 0,
    commit_key       TEXT,
    log_seq          BIGINT NOT NULL DEFAULT 0,
    revision         BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX jobs_by_idempotency_key ON jobs (project, idempotency_key);
CREATE INDEX jobs_open ON jobs (priority DESC, created) WHERE state IN ('queued', 'running');
CREATE INDEX jobs_by_time ON jobs (created);
CREATE INDEX jobs_by_project ON jobs (project, created);
CREATE INDEX jobs_by_revision ON jobs (revision);

CREATE TABLE job_logs (
    job   TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    seq   BIGINT NOT NULL,
    time  BIGINT NOT NULL,
    level TEXT NOT NULL,
    text  TEXT NOT NULL,
    PRIMARY KEY (job, seq)
);
