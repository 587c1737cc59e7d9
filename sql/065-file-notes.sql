-- Notes about loaded files. Safe to run twice.
ALTER TABLE ingest.file
    -- part of rows_skipped: sent to the table and discarded there by a trigger or rule
    ADD COLUMN IF NOT EXISTS rows_suppressed bigint NOT NULL DEFAULT 0,
    -- header fields without a column, and columns without a field; null if there are none
    ADD COLUMN IF NOT EXISTS columns_note    jsonb,
    -- file_id of an earlier file or version with the same content; null if none is known
    ADD COLUMN IF NOT EXISTS same_as         bigint;

ALTER TABLE ingest.batch
    ADD COLUMN IF NOT EXISTS rows_suppressed bigint NOT NULL DEFAULT 0; -- part of rows_skipped
