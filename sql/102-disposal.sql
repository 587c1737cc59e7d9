-- What becomes of files after they were loaded or quarantined. Safe to run twice.
-- The outbox is the file's own row: the claim writes what is to be done into "disposal", so the statement that makes the file loaded or quarantined makes
-- that due in its own transaction. Done, it is null again. A pipeline that keeps its files pays nothing: the column stays null, and the index is empty.
ALTER TABLE ingest.file ADD COLUMN IF NOT EXISTS disposal jsonb; -- {"loaded": {"do", "to", "gzip"}, "quarantined": {...}, "sentinel"}; null: nothing is to be done
CREATE INDEX IF NOT EXISTS file_disposal ON ingest.file (pipeline, finished_at) WHERE disposal IS NOT NULL AND status IN ('loaded', 'quarantined', 'ignored');

-- How far that is. A row appears with the first attempt, and stays as the record of where the file went.
CREATE TABLE IF NOT EXISTS ingest.disposal (
    file_id         bigint      PRIMARY KEY REFERENCES ingest.file ON DELETE CASCADE,
    pipeline        text        NOT NULL,
    action          text        NOT NULL CHECK (action IN ('archive', 'delete')),
    target          text,                                   -- where it goes: chosen once, before anything is moved, so that whoever goes on finds it
    attempts        integer     NOT NULL DEFAULT 0,         -- that failed, one after another
    next_attempt_at timestamptz NOT NULL,                   -- the end of the lease of whoever is at it, or of the wait
    node            text        NOT NULL,                   -- who was at it last
    error           text,                                   -- why the last attempt failed
    base_reason     text,                                   -- what the file's reason was before
    outcome         text,                                   -- archived, deleted, gone, replaced
    done_at         timestamptz
);
-- A place is reserved for one file at a time; later the file that lies there keeps others out.
CREATE UNIQUE INDEX IF NOT EXISTS disposal_target ON ingest.disposal (target) WHERE done_at IS NULL;
CREATE INDEX IF NOT EXISTS disposal_failing ON ingest.disposal (pipeline) WHERE done_at IS NULL AND attempts > 0;

-- Since when a pipeline expects files on its present terms: windows that were over before are nobody's fault.
CREATE TABLE IF NOT EXISTS ingest.expectation (
    pipeline text        PRIMARY KEY REFERENCES ingest.pipeline ON DELETE CASCADE,
    terms    text        NOT NULL,
    since    timestamptz NOT NULL
);
