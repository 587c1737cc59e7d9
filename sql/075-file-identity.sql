-- Distinguishes deliveries of a file. Safe to run twice.
ALTER TABLE ingest.file
    -- inode change time, nanoseconds since 1970-01-01 UTC; null if unknown
    ADD COLUMN IF NOT EXISTS ctime_ns       bigint,
    -- an operator requested this version, even if the same content is loaded already
    ADD COLUMN IF NOT EXISTS is_forced      boolean NOT NULL DEFAULT false,
    -- with sameContent "skip": the claim that is admitted (ingest.admit)
    ADD COLUMN IF NOT EXISTS admitted_epoch integer;

-- Loaded files by content; written once per file, when it is loaded.
DROP INDEX IF EXISTS ingest.file_content;
CREATE INDEX IF NOT EXISTS file_sha256 ON ingest.file (sha256, file_id) WHERE status = 'loaded';
-- The few files that are loading or partly loaded, with sameContent "skip".
CREATE INDEX IF NOT EXISTS file_admitted ON ingest.file (pipeline, size) WHERE admitted_epoch IS NOT NULL
    AND status IN ('loading', 'ready', 'failed');

-- A file of a pipeline with this content that was loaded before an instant; null if there is none. VOLATILE, so that a statement
-- that marks several files as loaded sees those that it has already marked. Plans are made while the ledger is small and kept
-- while it grows, so only one can be chosen: sequential scans are disabled, the size is an expression that no index has, and the
-- order is that of file_sha256 alone (after an equality it would be file_id, which is also the primary key's).
CREATE OR REPLACE FUNCTION ingest.same_content(of_pipeline text, of_size bigint, of_sha256 bytea,
    before timestamptz DEFAULT 'infinity') RETURNS bigint
LANGUAGE plpgsql VOLATILE SET enable_seqscan = off AS $$
BEGIN
    RETURN (SELECT f.file_id FROM ingest.file f
        WHERE f.sha256 = ANY (ARRAY[of_sha256]) AND f.size + 0 = of_size AND f.size > 0 AND f.status = 'loaded'
            AND f.pipeline = of_pipeline AND f.finished_at < before
        ORDER BY f.sha256, f.file_id LIMIT 1);
END $$;

-- With sameContent "skip": whether a claim may load its file. Files of one size are decided one at a time, so that exactly one of
-- several files with the same content that arrive at the same moment is admitted.
--   go      admitted: no file with this content is loaded or loading
--   hash    files of this size are loaded or loading: call again with the hash
--   same    file `other` has this content and is loaded
--   wait    file `other` has this content, or unknown content, and is loading
--   later   like wait, but file `other` is partly committed and not loading at the moment
--   fenced  the claim is not in force
CREATE OR REPLACE FUNCTION ingest.admit(of_file bigint, of_epoch integer, of_owner text, of_sha256 bytea, OUT verdict text,
    OUT other bigint)
LANGUAGE plpgsql VOLATILE SET enable_seqscan = off AS $$
DECLARE
    mine record;
BEGIN
    SELECT f.pipeline, f.size, f.epoch = of_epoch AND f.owner_node = of_owner AND f.status = 'loading' AS in_force
        INTO STRICT mine
    FROM ingest.file f WHERE f.file_id = of_file;
    IF mine.in_force IS NOT TRUE THEN
        verdict := 'fenced';
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(mine.pipeline, mine.size));
    -- Each statement after the lock has a snapshot of its own and sees everything that the lock waited for. The first statement
    -- sees a file that is loaded between the two as loading. In reverse order, neither would see it.
    SELECT f.file_id, CASE WHEN of_sha256 IS NULL THEN 'hash' WHEN f.status = 'loading' THEN 'wait' ELSE 'later' END
        INTO other, verdict
    FROM ingest.file f
    WHERE f.pipeline = mine.pipeline AND f.size = mine.size AND f.file_id <> of_file
        AND f.admitted_epoch IS NOT NULL AND f.status IN ('loading', 'ready', 'failed')
        AND (f.status = 'loading' AND f.admitted_epoch = f.epoch OR EXISTS (
            SELECT FROM ingest.batch b WHERE b.file_id = f.file_id))
        AND (of_sha256 IS NULL OR f.sha256 IS NULL OR f.sha256 = of_sha256)
    LIMIT 1;
    IF other IS NOT NULL THEN
        RETURN;
    END IF;

    IF of_sha256 IS NULL THEN
        SELECT f.file_id INTO other FROM ingest.file f
        WHERE f.size = mine.size AND f.status = 'loaded' AND f.pipeline = mine.pipeline AND f.file_id <> of_file LIMIT 1;
    ELSE
        other := ingest.same_content(mine.pipeline, mine.size, of_sha256);
    END IF;
    IF other IS NOT NULL THEN
        verdict := CASE WHEN of_sha256 IS NULL THEN 'hash' ELSE 'same' END;
        RETURN;
    END IF;

    UPDATE ingest.file f SET admitted_epoch = f.epoch, sha256 = of_sha256
    WHERE f.file_id = of_file AND f.epoch = of_epoch AND f.owner_node = of_owner AND f.status = 'loading';
    verdict := CASE WHEN FOUND THEN 'go' ELSE 'fenced' END;
END $$;
