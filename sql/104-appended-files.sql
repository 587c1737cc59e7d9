-- Files that grow after they were loaded (onChange: append). Safe to run twice.
ALTER TABLE ingest.file
    ADD COLUMN IF NOT EXISTS continues bigint; -- the version whose end it was read on from: its first batch counts the records of that version as skipped
