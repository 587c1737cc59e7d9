-- Rejects as issues: those of one column with one reason whose messages differ only in numbers and quoted values. Safe to run
-- twice.

-- A message without the parts that differ between records: a number becomes N, a quoted value "...", the values of a key or row
-- (...). Names stay: text quoted after a word such as column, constraint or relation distinguishes faults.
CREATE OR REPLACE FUNCTION ingest.reject_shape(detail text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT left(replace(translate(
        regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
            replace(translate(left(detail, 1000), E'\x01\x02', ''), 'UTF-8', 'UTF_8'),
            'row contains \(.*$', 'row contains (...)'),
            '=\([^)]*\)', '=(...)', 'g'),
            '\m(column|constraint|relation|table|type|domain|index|function|key|text of|rule) "([^"]*)"',
            E'\\1 \x01\\2\x02', 'g'),
            '"[^"]*(?:"|$)', '"..."', 'g'),
            '(?<!\w)(?:0x[0-9A-Fa-f]+|[-+]?[0-9]+(?:[-.,:/][0-9]+)*(?:[eE][-+]?[0-9]+)?)Z?\M', 'N', 'g'),
            '\mN (field|character|byte|record|line|row|value)\M', 'N \1s', 'g'),
        E'\x01\x02', '""'), 'UTF_8', 'UTF-8'), 300)
$$;

-- The key of an issue within a pipeline and its table. A hash, so that an index over all rejects stays small.
CREATE OR REPLACE FUNCTION ingest.reject_issue(reason text, column_name text, detail text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT hashtextextended(
        reason || E'\x01' || coalesce(column_name, '') || E'\x01' || coalesce(ingest.reject_shape(detail), ''), 0)
$$;

-- Stored with the reject: computing the shapes of 100,000 messages takes seconds, reading their index milliseconds.
-- This rewrites the table, once, when an older ledger is migrated: about a second for 100,000 rejects.
ALTER TABLE public.corrupt_records
    ADD COLUMN IF NOT EXISTS issue bigint GENERATED ALWAYS AS (ingest.reject_issue(reason, column_name, detail)) STORED;
-- The edited text that was loaded instead of raw_record, which never changes; null: raw_record itself.
ALTER TABLE public.corrupt_records ADD COLUMN IF NOT EXISTS edited_record text;

-- Open rejects by issue and file; for index-only scans in this order.
CREATE INDEX IF NOT EXISTS idx_corrupt_records_issue ON public.corrupt_records (pipeline, issue, file_id)
    INCLUDE (ingestion_time, id) WHERE status = 'open';

-- The few files whose table differs from that of their pipeline.
CREATE INDEX IF NOT EXISTS file_target ON ingest.file (file_id) INCLUDE (target) WHERE target IS NOT NULL;
