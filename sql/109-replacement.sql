-- Versions whose rows replace those of older versions (ingest replay --replace). Safe to run twice.
ALTER TABLE ingest.file
    ADD COLUMN IF NOT EXISTS is_replacement boolean NOT NULL DEFAULT false; -- when it is loaded, the rows of older versions of its path are deleted
