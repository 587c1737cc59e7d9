-- The detected dialect of the first files of a pipeline whose delimiter is "auto": a later file with another dialect gets a note.
-- Safe to run twice.
ALTER TABLE ingest.pipeline
    -- null if nothing has been detected yet, or if the pipeline configures the dialect
    ADD COLUMN IF NOT EXISTS found_dialect text;
