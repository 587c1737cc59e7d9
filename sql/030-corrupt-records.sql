-- Safe to run twice. Every record that could not be loaded, with its place and the reason, committed together with the rows of its batch.
CREATE TABLE IF NOT EXISTS public.corrupt_records (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    raw_record    text        NOT NULL,                     -- as read; bytes that are not UTF-8, and NUL, shown as U+FFFD
    raw_bytes     bytea,                                    -- the exact bytes, only when raw_record is not exact
    file          text        NOT NULL,
    file_id       bigint      NOT NULL,
    line          bigint      NOT NULL,                     -- 1-based, header and blank lines counted
    record_number bigint      NOT NULL,                     -- 1-based, the header not counted
    byte_offset   bigint      NOT NULL,
    reason        text        NOT NULL,                     -- a code: bad_value, field_count, broken_quote, and others
    column_name   text,
    detail        text        NOT NULL,                     -- for people: what is wrong with which value
    status        text        NOT NULL DEFAULT 'open',      -- open, replayed, ignored
    pipeline      text        NOT NULL,
    ingestion_time timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS idx_corrupt_records_file_id ON public.corrupt_records (file_id);
CREATE INDEX IF NOT EXISTS idx_corrupt_records_ingestion_time ON public.corrupt_records (ingestion_time);
