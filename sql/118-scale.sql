-- Lists and housekeeping of a ledger with very many files. Safe to run twice.

-- Loaded files in the orders in which people list them; written once per file, when it is loaded.
CREATE INDEX IF NOT EXISTS file_by_size ON ingest.file (size, file_id) WHERE status = 'loaded';
CREATE INDEX IF NOT EXISTS file_by_mtime ON ingest.file (mtime_ns, file_id) WHERE status = 'loaded';
CREATE INDEX IF NOT EXISTS file_by_rows ON ingest.file (rows_loaded, file_id) WHERE status = 'loaded';
-- Few files have rejected records.
CREATE INDEX IF NOT EXISTS file_by_rejected ON ingest.file (rows_rejected, file_id) WHERE rows_rejected > 0;

-- Every file leaves two dead versions of its row, and a claim that begins at the oldest file reads their index entries until a
-- vacuum has removed them; so does retention with deleted batches. By default a vacuum waits for a fifth of the table: 200,000
-- rows of a million. One that waits for a twentieth costs about 10 us per file. Settings that exist are kept.
DO $$
DECLARE
    busy text;
BEGIN
    FOREACH busy IN ARRAY ARRAY['ingest.file', 'ingest.batch'] LOOP
        CONTINUE WHEN EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = busy::regclass
            AND reloptions::text LIKE '%autovacuum%');
        EXECUTE format('ALTER TABLE %s SET (autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_scale_factor = 0.05)', busy);
    END LOOP;
END $$;
