-- Files that differ from their table: the decision of a pipeline, once per column. Safe to run twice.
CREATE TABLE IF NOT EXISTS ingest.drift (
    drift_id bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    pipeline text        NOT NULL,
    kind     text        NOT NULL,                       -- ignored, rescued, added, widened, kept (could not be widened), missing
    name     text        NOT NULL,                       -- the field or column; for a widened column, with its new type
    detail   text        NOT NULL,                       -- human-readable
    file_id  bigint      NOT NULL,                       -- the first file; it may no longer be in ingest.file
    at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE UNIQUE INDEX IF NOT EXISTS drift_once ON ingest.drift (pipeline, kind, md5(name));
CREATE INDEX IF NOT EXISTS drift_at ON ingest.drift (pipeline, at);
