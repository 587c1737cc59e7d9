-- The mapping of header fields to columns chosen by `load --create`, so that later files with the same header bind in the same
-- way. Safe to run twice.
CREATE TABLE IF NOT EXISTS ingest.header_mapping (
    target      text        NOT NULL,                       -- schema.table, quoted where SQL needs it
    -- SHA-256 of header, because a header of 1,600 names is too long for an index
    header_hash bytea       NOT NULL,
    header      jsonb       NOT NULL,                       -- the names as read, in the file's order; array of strings
    columns     jsonb       NOT NULL,                       -- the column of each field; array of strings
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (target, header_hash)
);
