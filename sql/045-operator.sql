-- What operators say, beside the ledger's first tables (010-ingest-schema.sql). Safe to run twice.

-- The flag ingest.pipeline.paused is the truth: every coordinator reads it before it claims. These say whose it is.
ALTER TABLE ingest.pipeline ADD COLUMN IF NOT EXISTS paused_by     text;
ALTER TABLE ingest.pipeline ADD COLUMN IF NOT EXISTS paused_at     timestamptz;
ALTER TABLE ingest.pipeline ADD COLUMN IF NOT EXISTS paused_reason text;

-- An operator's word stands above discovery's: a skipped version is not looked at again, whatever its path does.
ALTER TABLE ingest.file ADD COLUMN IF NOT EXISTS is_skipped boolean NOT NULL DEFAULT false;

-- Claims one after another that ended with the death of their owner, and of which nothing was committed.
ALTER TABLE ingest.file ADD COLUMN IF NOT EXISTS owner_deaths integer NOT NULL DEFAULT 0;
CREATE INDEX IF NOT EXISTS file_suspect ON ingest.file (pipeline, owner_deaths, mtime_ns, file_id)
    WHERE owner_deaths >= 2 AND status IN ('discovered', 'ready', 'failed', 'loading');

-- The header under which a file's rejects were read: with it they can be mapped again when the file is long gone.
CREATE TABLE IF NOT EXISTS ingest.reject_header (
    file_id   bigint PRIMARY KEY REFERENCES ingest.file ON DELETE CASCADE,
    header    jsonb,                                        -- its names, a list; null: the files of this pipeline have none
    fields    integer NOT NULL,                             -- how many fields a record must have
    delimiter text    NOT NULL
);

ALTER TABLE public.corrupt_records ADD COLUMN IF NOT EXISTS replayed_at timestamptz; -- when its row went into the table after all

-- Rejects are counted, listed and replayed by their state.
CREATE INDEX IF NOT EXISTS idx_corrupt_records_open ON public.corrupt_records (pipeline, id) WHERE status = 'open';
