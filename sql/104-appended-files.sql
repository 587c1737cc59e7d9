-- Files that have grown since they were loaded (onChange: append). Safe to run twice.
ALTER TABLE ingest.file
    ADD COLUMN IF NOT EXISTS continues bigint; -- the version from whose end it continues; its first batch counts the records of that version as skipped
