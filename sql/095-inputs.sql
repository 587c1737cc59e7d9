-- Inputs of every kind: what a file's positions count, where it ends, which archive it is a member of, how its records are laid out.
-- Version 3 of the ledger. Safe to run twice. Columns are only added, null or with a constant default: no row is rewritten, however
-- many files there are.
ALTER TABLE ingest.file
    ADD COLUMN IF NOT EXISTS uri           text,            -- of an input that is no local file; null: ingest.uri(file) makes it from the path
    ADD COLUMN IF NOT EXISTS version_token text,            -- what tells this version from others; null: size and mtime_ns do
    -- what offsets in ingest.batch count: bytes as stored, bytes behind a codec, rows, offsets of a topic
    ADD COLUMN IF NOT EXISTS position_unit text NOT NULL DEFAULT 'byte' CHECK (position_unit IN ('byte', 'decoded_byte', 'row', 'offset')),
    ADD COLUMN IF NOT EXISTS end_position  bigint,          -- where it ends, in position_unit; null: not known yet (for 'byte' it is the size)
    ADD COLUMN IF NOT EXISTS parent_id     bigint,          -- file_id of the archive whose member it is
    ADD COLUMN IF NOT EXISTS layout        jsonb;           -- what was found of its format and dialect; null: it is as the pipeline says

COMMENT ON COLUMN ingest.file.size IS 'bytes as stored; of a member of an archive, as stored in it';
COMMENT ON COLUMN ingest.file.bytes_read IS 'bytes as stored, of a loaded file';
COMMENT ON COLUMN ingest.file.end_position IS
    'where the input ends, in position_unit; the batches of a loaded file go from 0 to here without gap or overlap';

-- Members by their archive; and the few that wait for their archive to be there again.
CREATE INDEX IF NOT EXISTS file_member ON ingest.file (parent_id, path, version) WHERE parent_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS file_member_gone ON ingest.file (pipeline, parent_id)
    WHERE parent_id IS NOT NULL AND status IN ('discovered', 'vanished');

-- Where decoding may start for what follows: a hint. Both null: only at the beginning.
ALTER TABLE ingest.batch
    ADD COLUMN IF NOT EXISTS restart_position bigint,       -- in the file's position_unit, never behind the batch's end
    ADD COLUMN IF NOT EXISTS restart_offset   bigint;       -- in stored bytes

-- What a program understands: it takes no file that a later version of the ledger brings.
ALTER TABLE ingest.node
    ADD COLUMN IF NOT EXISTS ledger_version integer;        -- null: 2 or older

-- An input without lines has none to show; a position counts what its input counts.
ALTER TABLE public.corrupt_records ALTER COLUMN line DROP NOT NULL;
COMMENT ON COLUMN public.corrupt_records.line IS '1-based, header and blank lines counted; null: the input has no lines';
COMMENT ON COLUMN public.corrupt_records.byte_offset IS 'position of the record in its input, in the unit of ingest.file.position_unit';

-- How the records of a rejected file were laid out, whatever their format; rows of version 2 are CSV, and have no layout.
ALTER TABLE ingest.reject_header
    ADD COLUMN IF NOT EXISTS format text NOT NULL DEFAULT 'csv',
    -- what the format needs to read one record again; null: header, fields and delimiter say it all
    ADD COLUMN IF NOT EXISTS layout jsonb;

-- The input's URI. Of a path only what would end it or be decoded is encoded: % ? # and space.
CREATE OR REPLACE FUNCTION ingest.uri(file ingest.file) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT coalesce(file.uri,
    'file://' || replace(replace(replace(replace(file.path, '%', '%25'), '?', '%3F'), '#', '%23'), ' ', '%20')) $$;

-- Where an input ends, in its position_unit; null while that is not known.
CREATE OR REPLACE FUNCTION ingest.end_of(file ingest.file) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT CASE WHEN file.position_unit = 'byte' THEN file.size ELSE file.end_position END $$;
