-- The table that a file was loaded into, if the table of its pipeline depends on the file. Safe to run twice.
ALTER TABLE ingest.file
    ADD COLUMN IF NOT EXISTS target text; -- schema and name, quoted as needed; null: the table of its pipeline
