-- Lists and housekeeping of a ledger with very many files. Safe to run twice.

-- Loaded files in the orders in which people list them; written once per file, when it is loaded.
CREATE INDEX IF NOT EXISTS file_by_size ON ingest.file (size, file_id) WHERE status = 'loaded';
CREATE INDEX IF NOT EXISTS file_by_mtime ON ingest.file (mtime_ns, file_id) WHERE status = 'loaded';
CREATE INDEX IF NOT EXISTS file_by_rows ON ingest.file (rows_loaded, file_id) WHERE status = 'loaded';
-- Few files have rejected records.
CREATE INDEX IF NOT EXISTS file_by_rejected ON ingest.file (rows_rejected, file_id) WHERE rows_rejected > 0;
