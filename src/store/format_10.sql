-- Whose wallet a reading is of: the start of a digest of the key. Figures of two keys say nothing of each other.
ALTER TABLE wallet ADD COLUMN credential TEXT;      -- NULL: older than this column
