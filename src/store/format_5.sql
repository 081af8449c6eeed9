-- Tables whose rows become jobs: what stands in them, and which job each row became.
CREATE TABLE batches (
    id TEXT PRIMARY KEY,
    product TEXT NOT NULL,
    name TEXT NOT NULL,                     -- the file's own name
    base TEXT NOT NULL,                     -- the draft that all rows share, as JSON
    columns TEXT NOT NULL,                  -- a JSON list
    revision INTEGER NOT NULL DEFAULT 0,    -- of base and columns: an older one never replaces a newer
    created_at INTEGER NOT NULL,
    is_open INTEGER NOT NULL DEFAULT 1      -- shown on its tab
) STRICT;

CREATE TABLE batch_rows (
    batch_id TEXT NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
    line INTEGER NOT NULL,                  -- of the file, from 1
    cells TEXT NOT NULL,                    -- the row, as JSON
    revision INTEGER NOT NULL DEFAULT 0,
    job_id TEXT REFERENCES jobs (id),       -- the newest job it became
    PRIMARY KEY (batch_id, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_by_batch ON jobs (batch) WHERE batch IS NOT NULL;
