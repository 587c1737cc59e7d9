-- Files that differ from their table: what a pipeline decided, once for each column. Safe to run twice.
CREATE TABLE IF NOT EXISTS ingest.drift (
    drift_id bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    pipeline text        NOT NULL,
    kind     text        NOT NULL,                       -- ignored, rescued, added, widened, kept (could not be widened), missing
    name     text        NOT NULL,                       -- the field or column; of a widened column, with its new type
    detail   text        NOT NULL,                       -- for people
    file_id  bigint      NOT NULL,                       -- the first file; ingest.file may have forgotten it
    at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE UNIQUE INDEX IF NOT EXISTS drift_once ON ingest.drift (pipeline, kind, md5(name));
CREATE INDEX IF NOT EXISTS drift_at ON ingest.drift (pipeline, at);
