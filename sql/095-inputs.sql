-- Inputs of every kind: the unit of a file's positions, its end, the archive that contains it, and the layout of its records.
-- Version 3 of the ledger. Columns are only added, as null or with a constant default, so that no row is rewritten. Safe to run
-- twice.
ALTER TABLE ingest.file
    -- of an input other than a local file; null: ingest.uri(file) derives it from the path
    ADD COLUMN IF NOT EXISTS uri           text,
    ADD COLUMN IF NOT EXISTS version_token text,            -- identifies this version; null: size and mtime_ns identify it
    -- unit of the offsets in ingest.batch: stored bytes, decoded bytes, rows, offsets of a topic
    ADD COLUMN IF NOT EXISTS position_unit text NOT NULL DEFAULT 'byte'
        CHECK (position_unit IN ('byte', 'decoded_byte', 'row', 'offset')),
    -- end of the input, in position_unit; null if not known yet (for 'byte' it is the size)
    ADD COLUMN IF NOT EXISTS end_position  bigint,
    ADD COLUMN IF NOT EXISTS parent_id     bigint,          -- file_id of the archive that contains it
    ADD COLUMN IF NOT EXISTS layout        jsonb;           -- detected format and dialect; null: as configured in the pipeline

COMMENT ON COLUMN ingest.file.size IS 'stored bytes; for a member of an archive, as stored in the archive';
COMMENT ON COLUMN ingest.file.bytes_read IS 'stored bytes of a loaded file';
COMMENT ON COLUMN ingest.file.end_position IS
    'end of the input, in position_unit; the batches of a loaded file cover 0 to here without gap or overlap';

-- Members by archive; and the few that wait for their archive to return.
CREATE INDEX IF NOT EXISTS file_member ON ingest.file (parent_id, path, version) WHERE parent_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS file_member_gone ON ingest.file (pipeline, parent_id)
    WHERE parent_id IS NOT NULL AND status IN ('discovered', 'vanished');

-- Where decoding of the following batches can start, as a hint. Both null: only at the beginning.
ALTER TABLE ingest.batch
    ADD COLUMN IF NOT EXISTS restart_position bigint,       -- in the file's position_unit, never after the end of the batch
    ADD COLUMN IF NOT EXISTS restart_offset   bigint;       -- in stored bytes

-- The ledger version that a program supports: it gets no file that requires a later version.
ALTER TABLE ingest.node
    ADD COLUMN IF NOT EXISTS ledger_version integer;        -- null for 2 or older

-- An input without lines has no line numbers; a position has the unit of its input.
ALTER TABLE public.corrupt_records ALTER COLUMN line DROP NOT NULL;
COMMENT ON COLUMN public.corrupt_records.line IS '1-based, including the header and blank lines; null if the input has no lines';
COMMENT ON COLUMN public.corrupt_records.byte_offset IS
    'position of the record in its input, in the unit of ingest.file.position_unit';

-- The layout of the records of a file with rejects, in any format; rows of version 2 are CSV and have no layout.
ALTER TABLE ingest.reject_header
    ADD COLUMN IF NOT EXISTS format text NOT NULL DEFAULT 'csv',
    -- data that the format needs to read one record again; null if header, fields and delimiter are sufficient
    ADD COLUMN IF NOT EXISTS layout jsonb;

-- The URI of the input. Only the characters of a path that would end it or be decoded are encoded: % ? # and space.
CREATE OR REPLACE FUNCTION ingest.uri(file ingest.file) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT coalesce(file.uri,
    'file://' || replace(replace(replace(replace(file.path, '%', '%25'), '?', '%3F'), '#', '%23'), ' ', '%20')) $$;

-- The end of an input, in its position_unit; null while unknown.
CREATE OR REPLACE FUNCTION ingest.end_of(file ingest.file) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT CASE WHEN file.position_unit = 'byte' THEN file.size ELSE file.end_position END $$;
