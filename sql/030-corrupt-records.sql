-- Every record that could not be loaded, with its position and the reason, committed together with the rows of its batch. Safe to
-- run twice.
CREATE TABLE IF NOT EXISTS public.corrupt_records (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    raw_record    text        NOT NULL,                     -- as read; invalid UTF-8 and NUL are replaced by U+FFFD
    raw_bytes     bytea,                                    -- the exact bytes, only if raw_record is not exact
    file          text        NOT NULL,
    file_id       bigint      NOT NULL,
    line          bigint      NOT NULL,                     -- 1-based, including the header and blank lines
    record_number bigint      NOT NULL,                     -- 1-based, without the header
    byte_offset   bigint      NOT NULL,
    reason        text        NOT NULL,                     -- a code: bad_value, field_count, broken_quote, and others
    column_name   text,
    detail        text        NOT NULL,                     -- human-readable description of the error and the value
    status        text        NOT NULL DEFAULT 'open',      -- open, replayed, ignored, replaced
    pipeline      text        NOT NULL,
    ingestion_time timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS idx_corrupt_records_file_id ON public.corrupt_records (file_id);
CREATE INDEX IF NOT EXISTS idx_corrupt_records_ingestion_time ON public.corrupt_records (ingestion_time);
