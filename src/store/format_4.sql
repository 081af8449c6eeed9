-- Realtime sessions as this program saw them: HeyGen does not say how long one lasted.
CREATE TABLE sessions (
    job_id TEXT PRIMARY KEY REFERENCES jobs (id),
    began_ms INTEGER,   -- Unix milliseconds when it was first seen to play
    seen_ms INTEGER,    -- when it was last seen to play
    ended_ms INTEGER,   -- when it ended, as far as that was seen
    stop TEXT           -- why this program stops it: "person" or "limit"
) STRICT;
