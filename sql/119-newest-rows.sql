-- Replayed rejects, by time: the newest rows of a table include theirs. Safe to run twice.
CREATE INDEX IF NOT EXISTS idx_corrupt_records_replayed ON public.corrupt_records (pipeline, replayed_at)
    WHERE status = 'replayed';
