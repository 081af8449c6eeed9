CREATE TABLE IF NOT EXISTS facts (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS jobs (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    product TEXT NOT NULL,
    state TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    reserved TEXT NOT NULL,
    record TEXT NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, due_at);

CREATE TABLE IF NOT EXISTS assets (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    record TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS purchases (
    endpoint TEXT NOT NULL,
    key TEXT NOT NULL,
    at INTEGER NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (endpoint, key)
) STRICT;

-- One charge for each job at the most: the database itself refuses a second one.
CREATE TABLE IF NOT EXISTS ledger (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT UNIQUE,
    amount TEXT NOT NULL,
    seconds TEXT,
    at INTEGER NOT NULL
) STRICT;

-- What is remembered of other kinds of things: sessions, avatars, voices.
CREATE TABLE IF NOT EXISTS kept (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    record TEXT NOT NULL,
    UNIQUE (kind, id)
) STRICT;
