-- Versions whose rows take the place of those of older versions (ingest replay --replace). Safe to run twice.
ALTER TABLE ingest.file
    ADD COLUMN IF NOT EXISTS is_replacement boolean NOT NULL DEFAULT false; -- when it becomes loaded, the rows of older versions of its path leave the table
