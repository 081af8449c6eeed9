-- A job booked to another project. The ledger's rows keep the project they were written with.
CREATE TABLE moves (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    job_id TEXT NOT NULL REFERENCES jobs (id),
    from_project TEXT NOT NULL,
    to_project TEXT NOT NULL
) STRICT;
CREATE INDEX moves_by_job ON moves (job_id);
CREATE TRIGGER moves_keep_rows BEFORE DELETE ON moves BEGIN SELECT RAISE(ABORT, 'moves are append-only'); END;
CREATE TRIGGER moves_keep_values BEFORE UPDATE ON moves BEGIN SELECT RAISE(ABORT, 'moves are append-only'); END;

-- A reading lies behind one entry of the ledger and before the next; seconds alone could not say which.
ALTER TABLE wallet ADD COLUMN ledger_seq INTEGER;   -- the newest entry when it was read; NULL: older than this column
ALTER TABLE wallet ADD COLUMN seen_until INTEGER;   -- when the same figure was last seen; NULL: only once

-- Warnings that were shown, so that each is shown once.
CREATE TABLE notified (
    id TEXT PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT;
