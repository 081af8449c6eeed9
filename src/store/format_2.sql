-- Jobs of every product: what a unit is, what HeyGen answered, more files than one.
ALTER TABLE jobs ADD COLUMN unit TEXT NOT NULL DEFAULT 's';    -- what the rate is charged per
ALTER TABLE jobs ADD COLUMN answer TEXT;                       -- HeyGen's first answer
ALTER TABLE jobs ADD COLUMN batch TEXT;                        -- jobs that were booked together share it
ALTER TABLE ledger ADD COLUMN unit TEXT NOT NULL DEFAULT 's';  -- what the quantity counts

-- The files a job was promised besides its first, so that a restart knows its own.
CREATE TABLE targets (
    job_id TEXT NOT NULL REFERENCES jobs (id),
    item TEXT NOT NULL,
    path TEXT NOT NULL,
    PRIMARY KEY (job_id, item)
) STRICT;

-- Contents that are at HeyGen, so that the same file does not go up twice while its asset lives.
CREATE TABLE assets (
    content TEXT NOT NULL,          -- SHA-256 of the bytes
    media_type TEXT NOT NULL,
    credential TEXT NOT NULL,       -- fingerprint of the credential it went up with
    asset_id TEXT NOT NULL,
    uploaded_at INTEGER NOT NULL,
    PRIMARY KEY (content, media_type, credential)
) STRICT;
