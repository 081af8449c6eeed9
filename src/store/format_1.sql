-- Jobs: one row per paid request. Amounts are decimal text, times are unix seconds.
CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    product TEXT NOT NULL,
    title TEXT NOT NULL,
    project TEXT NOT NULL,
    state TEXT NOT NULL,
    draft TEXT NOT NULL,
    quoted TEXT NOT NULL,
    rate TEXT NOT NULL,             -- dollars per second the job was quoted at
    hold TEXT NOT NULL,             -- set aside now; '0' once charged or released
    charge TEXT,
    duration TEXT,                  -- seconds of output
    error TEXT,
    files TEXT NOT NULL,
    remote_id TEXT,
    endpoint TEXT NOT NULL,
    request BLOB,                   -- the exact body; NULL until its uploads are there
    idempotency_key TEXT NOT NULL UNIQUE,
    sends INTEGER NOT NULL DEFAULT 0,   -- how often the body left under this key
    first_sent_at INTEGER,          -- when it first left under this key
    credential TEXT,                -- fingerprint of the credential it last left with
    web_plan INTEGER NOT NULL,      -- 1: quoted for an OAuth token, whose use the web plan pays
    target TEXT,                    -- the file the result will become
    portrait_url TEXT,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX jobs_by_state ON jobs (state);
CREATE UNIQUE INDEX one_job_per_resource ON jobs (endpoint, remote_id) WHERE remote_id IS NOT NULL;

-- Files that went up for a job, so that a restart sends none twice.
CREATE TABLE uploads (
    job_id TEXT NOT NULL REFERENCES jobs (id),
    field TEXT NOT NULL,
    asset_id TEXT NOT NULL,
    PRIMARY KEY (job_id, field)
) STRICT;

-- What happened to each job and when.
CREATE TABLE history (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL REFERENCES jobs (id),
    at INTEGER NOT NULL,
    state TEXT NOT NULL,
    note TEXT NOT NULL
) STRICT;

-- The ledger is only ever appended to.
CREATE TABLE ledger (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    job_id TEXT NOT NULL REFERENCES jobs (id),
    kind TEXT NOT NULL CHECK (kind IN ('hold', 'charge', 'release')),
    product TEXT NOT NULL,
    project TEXT NOT NULL,
    amount TEXT NOT NULL,
    card_date TEXT NOT NULL,
    quantity TEXT,                  -- seconds, for a charge
    rate TEXT                       -- dollars per second, for a charge
) STRICT;
CREATE UNIQUE INDEX one_charge_per_job ON ledger (job_id) WHERE kind = 'charge';
CREATE INDEX ledger_by_time ON ledger (at) WHERE kind = 'charge';
CREATE TRIGGER ledger_keeps_rows BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_keeps_values BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

-- HeyGen's figure as it was seen.
CREATE TABLE wallet (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    balance TEXT NOT NULL
) STRICT;

-- What voices really did: teaches the pace of speech.
CREATE TABLE observations (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL UNIQUE REFERENCES jobs (id),
    voice_id TEXT NOT NULL,
    language TEXT,
    script TEXT NOT NULL,
    speed TEXT NOT NULL,
    seconds TEXT NOT NULL
) STRICT;
