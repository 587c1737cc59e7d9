-- Rejects whose records a newer version of their file contains again. Safe to run twice.

-- Closes the rejects of older versions with the same bytes, in the transaction that loads the newer one: every record of theirs
-- is now a row, a reject or skipped there. Also those that an operator ignored, because he may reopen them. Only if nothing else
-- of the older version stays in the table, or its rows are merged with the newer ones by their key. A version that continues an
-- older one (onChange: append) skips its records and closes nothing.
CREATE OR REPLACE FUNCTION ingest.close_replaced_rejects(newer ingest.file) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    WITH closed AS (
        UPDATE public.corrupt_records c SET status = 'replaced', ignored_at = NULL
        FROM ingest.file o
        WHERE o.pipeline = newer.pipeline AND o.path = newer.path AND o.version < newer.version AND o.status = 'loaded'
            AND o.rows_rejected > 0 AND o.sha256 = newer.sha256 AND o.target IS NOT DISTINCT FROM newer.target
            AND newer.continues IS NULL
            AND (o.rows_loaded = 0 AND NOT EXISTS (SELECT FROM public.corrupt_records r
                    WHERE r.file_id = o.file_id AND r.status = 'replayed')
                OR EXISTS (SELECT FROM ingest.pipeline p
                    WHERE p.name = newer.pipeline AND p.config ->> 'write' IN ('upsert', 'insertNew')))
            AND c.file_id = o.file_id AND (c.status = 'open' OR c.ignored_at IS NOT NULL)
        RETURNING c.file_id
    )
    INSERT INTO ingest.history (kind, pipeline, file_id, node, detail)
    SELECT 'file.replaced', newer.pipeline, file_id, newer.owner_node,
        format('version %s (file %s) contains its records again: %s closed', newer.version, newer.file_id,
            CASE count(*) WHEN 1 THEN '1 reject is' ELSE count(*) || ' rejects are' END)
    FROM closed GROUP BY file_id;
END $$;

CREATE OR REPLACE FUNCTION ingest.close_rejects_of_older() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ingest.close_replaced_rejects(NEW);
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS file_loaded_again ON ingest.file;
CREATE TRIGGER file_loaded_again AFTER UPDATE OF status ON ingest.file FOR EACH ROW
    WHEN (NEW.status = 'loaded' AND OLD.status <> 'loaded' AND NEW.version > 1)
    EXECUTE FUNCTION ingest.close_rejects_of_older();

-- An older ledger has such rejects.
SELECT ingest.close_replaced_rejects(n)
FROM ingest.open_reject r JOIN ingest.file o USING (file_id)
JOIN ingest.file n ON n.pipeline = o.pipeline AND n.path = o.path AND n.version > o.version AND n.sha256 = o.sha256
WHERE n.status = 'loaded';
