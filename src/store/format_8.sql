-- Voices being made: none of them is a job, and each is followed until it is there, also by the next start.
CREATE TABLE voice_orders (
    key TEXT PRIMARY KEY,           -- the idempotency key it left with
    wanted TEXT NOT NULL,           -- the order, as JSON
    credential TEXT NOT NULL,       -- the start of a digest: which account it left with
    voice_id TEXT,                  -- once HeyGen named it
    began_at INTEGER NOT NULL       -- Unix seconds
) STRICT;
