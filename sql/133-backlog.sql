-- The past of the backlog: how the number of waiting files changed, by time. Nothing is recorded while nothing changes: the
-- newest changes are the rows of ingest.file_count, and the merge of those adds them up here. Safe to run twice.
CREATE TABLE IF NOT EXISTS ingest.backlog_change (
    step     integer     NOT NULL CHECK (step IN (10, 60, 3600)), -- length of the bucket in seconds
    bucket   timestamptz NOT NULL,
    pipeline text        NOT NULL,
    files    bigint      NOT NULL,
    bytes    bigint      NOT NULL,
    PRIMARY KEY (step, bucket, pipeline)
);

-- Changes before this time are unknown: one row.
CREATE TABLE IF NOT EXISTS ingest.backlog_recorded (since timestamptz NOT NULL);
INSERT INTO ingest.backlog_recorded SELECT clock_timestamp() WHERE NOT EXISTS (SELECT FROM ingest.backlog_recorded);
