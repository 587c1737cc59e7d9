-- Number of files by status, as the changes made by every statement on ingest.file; read their sum from the view
-- ingest.file_total. Rows are only inserted, so that there is no contention; silos merge them in the background. Safe to run
-- twice.
CREATE TABLE IF NOT EXISTS ingest.file_count (
    pipeline text   NOT NULL,
    status   text   NOT NULL,
    files    bigint NOT NULL,
    bytes    bigint NOT NULL
);
-- When the files changed; merged rows have no time.
ALTER TABLE ingest.file_count ADD COLUMN IF NOT EXISTS at timestamptz NOT NULL DEFAULT '-infinity';

CREATE OR REPLACE VIEW ingest.file_total AS
SELECT pipeline, status, sum(files)::bigint AS files, sum(bytes)::bigint AS bytes
FROM ingest.file_count GROUP BY pipeline, status HAVING sum(files) <> 0;

CREATE OR REPLACE FUNCTION ingest.count_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO ingest.file_count (pipeline, status, files, bytes, at)
        SELECT pipeline, status, count(*), sum(size), clock_timestamp() FROM after GROUP BY pipeline, status;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO ingest.file_count (pipeline, status, files, bytes, at)
        SELECT pipeline, status, -count(*), -sum(size), clock_timestamp() FROM before GROUP BY pipeline, status;
    ELSE
        INSERT INTO ingest.file_count (pipeline, status, files, bytes, at)
        SELECT pipeline, status, sum(files), sum(bytes), clock_timestamp()
        FROM (SELECT pipeline, status, 1 AS files, size AS bytes FROM after
            UNION ALL SELECT pipeline, status, -1, -size FROM before) c
        GROUP BY pipeline, status HAVING sum(files) <> 0 OR sum(bytes) <> 0;
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS count_inserted ON ingest.file;
DROP TRIGGER IF EXISTS count_updated ON ingest.file;
DROP TRIGGER IF EXISTS count_deleted ON ingest.file;
CREATE TRIGGER count_inserted AFTER INSERT ON ingest.file REFERENCING NEW TABLE AS after FOR EACH STATEMENT
    EXECUTE FUNCTION ingest.count_files();
CREATE TRIGGER count_updated AFTER UPDATE ON ingest.file REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION ingest.count_files();
CREATE TRIGGER count_deleted AFTER DELETE ON ingest.file REFERENCING OLD TABLE AS before FOR EACH STATEMENT
    EXECUTE FUNCTION ingest.count_files();

-- A ledger of version 1 contains files that have not been counted. The triggers' lock prevents changes to them in the meantime.
INSERT INTO ingest.file_count (pipeline, status, files, bytes)
SELECT pipeline, status, count(*), sum(size) FROM ingest.file WHERE NOT EXISTS (SELECT FROM ingest.file_count)
    GROUP BY pipeline, status;

-- Find the oldest waiting file, the few quarantined ones and the last finished ones without reading the majority.
CREATE INDEX IF NOT EXISTS file_waiting_since ON ingest.file (pipeline, discovered_at)
    WHERE status IN ('discovered', 'ready', 'failed');
CREATE INDEX IF NOT EXISTS file_given_up ON ingest.file (pipeline, finished_at) WHERE status = 'quarantined';
-- Files by the time of their end, for queries by people; written once per file.
CREATE INDEX IF NOT EXISTS file_finished ON ingest.file (finished_at, file_id) WHERE finished_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS history_file ON ingest.history (file_id) WHERE file_id IS NOT NULL;
