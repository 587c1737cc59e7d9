-- Files that are followed while they grow (tail: true). Safe to run twice.
ALTER TABLE ingest.file
    -- a claim follows it: what discovery sees of its growth is no new version
    ADD COLUMN IF NOT EXISTS is_tailed boolean NOT NULL DEFAULT false,
    -- of a loaded one: its size when it was finished, where bytes behind its last complete record wait; else null
    ADD COLUMN IF NOT EXISTS seen_size bigint,
    ADD COLUMN IF NOT EXISTS tail_end  text CHECK (tail_end IN ('idle', 'rotated', 'truncated')); -- why it was finished
ALTER TABLE ingest.batch
    -- of a tailed file: of its bytes from the beginning to the end of this batch
    ADD COLUMN IF NOT EXISTS prefix_sha256 bytea;
-- By inode: finds a followed file that was renamed.
CREATE INDEX IF NOT EXISTS file_tailed ON ingest.file (pipeline, inode) WHERE is_tailed;
