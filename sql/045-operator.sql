-- State of operator commands, in addition to the ledger's first tables (010-ingest-schema.sql). Safe to run twice.

-- The flag ingest.pipeline.paused is authoritative: every coordinator reads it before it claims. These columns record its author.
ALTER TABLE ingest.pipeline ADD COLUMN IF NOT EXISTS paused_by     text;
ALTER TABLE ingest.pipeline ADD COLUMN IF NOT EXISTS paused_at     timestamptz;
ALTER TABLE ingest.pipeline ADD COLUMN IF NOT EXISTS paused_reason text;

-- Operators override discovery: a skipped version is not checked again, whatever happens to its path.
ALTER TABLE ingest.file ADD COLUMN IF NOT EXISTS is_skipped boolean NOT NULL DEFAULT false;

-- Number of consecutive claims that ended with the death of their owner without a commit.
ALTER TABLE ingest.file ADD COLUMN IF NOT EXISTS owner_deaths integer NOT NULL DEFAULT 0;
CREATE INDEX IF NOT EXISTS file_suspect ON ingest.file (pipeline, owner_deaths, mtime_ns, file_id)
    WHERE owner_deaths >= 2 AND status IN ('discovered', 'ready', 'failed', 'loading');

-- The header under which a file's rejects were read, so that they can be mapped again after the file has been deleted.
CREATE TABLE IF NOT EXISTS ingest.reject_header (
    file_id   bigint PRIMARY KEY REFERENCES ingest.file ON DELETE CASCADE,
    header    jsonb,                                        -- list of names; null if the files of this pipeline have no header
    fields    integer NOT NULL,                             -- number of fields that a record must have
    delimiter text    NOT NULL
);

ALTER TABLE public.corrupt_records ADD COLUMN IF NOT EXISTS replayed_at timestamptz; -- when its row was loaded into the table

-- Rejects are counted, listed and replayed by status.
CREATE INDEX IF NOT EXISTS idx_corrupt_records_open ON public.corrupt_records (pipeline, id) WHERE status = 'open';
