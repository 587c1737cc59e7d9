-- Number of open rejects by file, as the changes made by every statement on corrupt_records; read their sum from the view
-- ingest.open_reject. Rows are only inserted, so that no lane waits for another; silos merge them. Safe to run twice.
CREATE TABLE IF NOT EXISTS ingest.reject_count (
    pipeline text   NOT NULL,
    file_id  bigint NOT NULL,
    rejects  bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS reject_count_file ON ingest.reject_count (file_id) INCLUDE (rejects);

CREATE OR REPLACE VIEW ingest.open_reject AS
SELECT pipeline, file_id, sum(rejects)::bigint AS rejects
FROM ingest.reject_count GROUP BY pipeline, file_id HAVING sum(rejects) <> 0;

-- Runs with its owner's rights: a user who may correct corrupt_records by hand does not need write access to the ledger.
CREATE OR REPLACE FUNCTION ingest.count_rejects() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO ingest.reject_count
        SELECT pipeline, file_id, count(*) FROM after WHERE status = 'open' GROUP BY pipeline, file_id;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO ingest.reject_count
        SELECT pipeline, file_id, -count(*) FROM before WHERE status = 'open' GROUP BY pipeline, file_id;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO ingest.reject_count
        SELECT pipeline, file_id, sum(rejects)
        FROM (SELECT pipeline, file_id, 1 AS rejects FROM after WHERE status = 'open'
            UNION ALL SELECT pipeline, file_id, -1 FROM before WHERE status = 'open') c
        GROUP BY pipeline, file_id HAVING sum(rejects) <> 0;
    ELSE
        LOCK TABLE ingest.reject_count IN SHARE ROW EXCLUSIVE MODE; -- otherwise a merge in progress would restore its rows
        DELETE FROM ingest.reject_count;
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS count_inserted ON public.corrupt_records;
DROP TRIGGER IF EXISTS count_updated ON public.corrupt_records;
DROP TRIGGER IF EXISTS count_deleted ON public.corrupt_records;
DROP TRIGGER IF EXISTS count_truncated ON public.corrupt_records;
CREATE TRIGGER count_inserted AFTER INSERT ON public.corrupt_records REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION ingest.count_rejects();
CREATE TRIGGER count_updated AFTER UPDATE ON public.corrupt_records REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION ingest.count_rejects();
CREATE TRIGGER count_deleted AFTER DELETE ON public.corrupt_records REFERENCING OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION ingest.count_rejects();
CREATE TRIGGER count_truncated AFTER TRUNCATE ON public.corrupt_records
    FOR EACH STATEMENT EXECUTE FUNCTION ingest.count_rejects();

-- An older ledger contains rejects that have not been counted. The triggers' lock prevents changes to them in the meantime.
INSERT INTO ingest.reject_count
SELECT pipeline, file_id, count(*) FROM public.corrupt_records
WHERE status = 'open' AND NOT EXISTS (SELECT FROM ingest.reject_count)
GROUP BY pipeline, file_id;

-- Share of rejected records of a loaded file, in whole percent: finds the few files that lost many records without reading the
-- majority.
CREATE OR REPLACE FUNCTION ingest.reject_percent(rows_loaded bigint, rows_rejected bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT 100 * rows_rejected / greatest(rows_loaded + rows_rejected, 1) $$;
CREATE INDEX IF NOT EXISTS file_reject_percent ON ingest.file (pipeline, ingest.reject_percent(rows_loaded, rows_rejected))
    WHERE status = 'loaded' AND rows_rejected > 0;

-- Quarantined files that require a decision: without versions that have committed nothing and whose path has a newer version.
-- Scalar subqueries, so that each of these few files is looked up by index; EXISTS would become joins that read all files.
CREATE OR REPLACE VIEW ingest.open_quarantine AS
SELECT f.pipeline, f.file_id, f.path, f.reason, f.finished_at
FROM ingest.file f
WHERE f.status = 'quarantined' AND (
    f.version = (SELECT max(l.version) FROM ingest.file l WHERE l.pipeline = f.pipeline AND l.path = f.path)
    OR (SELECT b.file_id FROM ingest.batch b WHERE b.file_id = f.file_id LIMIT 1) IS NOT NULL);
