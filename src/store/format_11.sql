-- Rows of tables that are not to be made: a tick that was taken away stays away.
ALTER TABLE batch_rows ADD COLUMN left_out INTEGER NOT NULL DEFAULT 0;
ALTER TABLE batch_rows ADD COLUMN tick_revision INTEGER NOT NULL DEFAULT 0; -- of the tick: an older one never replaces a newer
-- How many of the last columns were added here and do not stand in the file: an empty cell of those says nothing.
ALTER TABLE batches ADD COLUMN added_columns INTEGER NOT NULL DEFAULT 0;
