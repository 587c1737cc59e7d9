-- Files that have grown since they were loaded (onChange: append). Safe to run twice.
ALTER TABLE ingest.file
    -- the version from whose end it continues; its first batch counts the records of that version as skipped
    ADD COLUMN IF NOT EXISTS continues bigint;
