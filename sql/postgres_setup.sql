-- The table of the built-in pipeline `events`, with the names and columns of the pipeline that OrleansIngest replaces. Safe to
-- run twice. 030-corrupt-records.sql creates its companion, public.corrupt_records.
CREATE TABLE IF NOT EXISTS public.events (
    user_id        bigint         NOT NULL,
    action         varchar(50)    NOT NULL,
    product_id     bigint,
    product_name   text,
    price          numeric(10, 2),
    event_time     timestamptz    NOT NULL,
    session_id     text,
    ingestion_time timestamptz    NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS idx_events_event_time ON public.events (event_time);
CREATE INDEX IF NOT EXISTS idx_events_user_id ON public.events (user_id);
CREATE INDEX IF NOT EXISTS idx_events_action ON public.events (action);
