-- Which table a file went to, where its pipeline alone does not say it. Safe to run twice.
ALTER TABLE ingest.file
    ADD COLUMN IF NOT EXISTS target text; -- schema and name, quoted where SQL needs it; null: the table of its pipeline
