-- Rejects that an operator has ignored, and can reopen. Safe to run twice.

-- When an operator ignored it. Null for any other reject, also for one that is closed because the rows of its file are gone:
-- opened again, a replay would load a part of a file that is not loaded.
ALTER TABLE public.corrupt_records ADD COLUMN IF NOT EXISTS ignored_at timestamptz;
CREATE INDEX IF NOT EXISTS idx_corrupt_records_ignored ON public.corrupt_records (pipeline, file_id)
    WHERE ignored_at IS NOT NULL;
