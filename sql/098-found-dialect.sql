-- How the first files of a pipeline are written whose delimiter is "auto": a later file that is written otherwise gets a note that says so. Safe to run twice.
ALTER TABLE ingest.pipeline
    ADD COLUMN IF NOT EXISTS found_dialect text;                -- null: nothing was detected yet, or the pipeline says how its files are written
