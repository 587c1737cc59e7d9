-- Versions whose rows replace those of older versions (ingest replay --replace). Safe to run twice.
ALTER TABLE ingest.file
    -- when it is loaded, the rows of older versions of its path are deleted
    ADD COLUMN IF NOT EXISTS is_replacement boolean NOT NULL DEFAULT false;
