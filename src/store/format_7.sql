-- The job that was made in an ended one's place, so that no restart lets it be made a second time.
ALTER TABLE jobs ADD COLUMN again TEXT;
-- The file a table was read from and how it was written, as JSON; NULL where it was no file.
ALTER TABLE batches ADD COLUMN source TEXT;
