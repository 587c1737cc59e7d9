-- Archiving, moving and deleting files after they were loaded or quarantined. Safe to run twice.
-- The file's own row is the outbox: the claim records the action in "disposal", so the statement that marks the file loaded or
-- quarantined makes the action due in its own transaction. The column is null again when the action is done. Pipelines that keep
-- their files pay nothing: the column stays null, and the index is empty.
-- {"loaded": {"do", "to", "gzip"}, "quarantined": {...}, "sentinel"}; null for no action
ALTER TABLE ingest.file ADD COLUMN IF NOT EXISTS disposal jsonb;
CREATE INDEX IF NOT EXISTS file_disposal ON ingest.file (pipeline, finished_at) WHERE disposal IS NOT NULL
    AND status IN ('loaded', 'quarantined', 'ignored');

-- Progress of the action. A row is inserted at the first attempt and kept as the record of the file's destination.
CREATE TABLE IF NOT EXISTS ingest.disposal (
    file_id         bigint      PRIMARY KEY REFERENCES ingest.file ON DELETE CASCADE,
    pipeline        text        NOT NULL,
    action          text        NOT NULL CHECK (action IN ('archive', 'delete')),
    -- destination, chosen once, before anything is moved, so that another node can continue
    target          text,
    attempts        integer     NOT NULL DEFAULT 0,         -- consecutive failed attempts
    next_attempt_at timestamptz NOT NULL,                   -- end of the current node's lease, or of the delay
    node            text        NOT NULL,                   -- last node that tried
    error           text,                                   -- why the last attempt failed
    base_reason     text,                                   -- reason of the file before the first failure
    outcome         text,                                   -- archived, deleted, gone, replaced
    done_at         timestamptz
);
-- A destination is reserved for one file at a time; later the file itself occupies it.
CREATE UNIQUE INDEX IF NOT EXISTS disposal_target ON ingest.disposal (target) WHERE done_at IS NULL;
CREATE INDEX IF NOT EXISTS disposal_failing ON ingest.disposal (pipeline) WHERE done_at IS NULL AND attempts > 0;

-- When the current schedule of a pipeline was configured: windows that ended before are not evaluated.
CREATE TABLE IF NOT EXISTS ingest.expectation (
    pipeline text        PRIMARY KEY REFERENCES ingest.pipeline ON DELETE CASCADE,
    terms    text        NOT NULL,
    since    timestamptz NOT NULL
);
