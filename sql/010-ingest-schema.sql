-- The ledger, schema ingest. Its version is Migrations.Version. `ingest migrate` applies the files of this folder in the order of
-- their names. Safe to run twice.
CREATE SCHEMA IF NOT EXISTS ingest;

CREATE TABLE IF NOT EXISTS ingest.schema_version (
    version    integer     PRIMARY KEY,
    checksum   text        NOT NULL,                        -- of the text of sql/; if equal, there is nothing to apply
    applied_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS ingest.pipeline (
    name       text        PRIMARY KEY,
    config     jsonb       NOT NULL,
    paused     boolean     NOT NULL DEFAULT false,
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- One row per version of a file. A file that changes after it was loaded is a new row with version + 1.
CREATE TABLE IF NOT EXISTS ingest.file (
    file_id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    pipeline        text        NOT NULL REFERENCES ingest.pipeline,
    path            text        NOT NULL,
    version         integer     NOT NULL DEFAULT 1,
    size            bigint      NOT NULL,
    mtime_ns        bigint      NOT NULL,                   -- nanoseconds since 1970-01-01 UTC, from the file system
    dev             bigint      NOT NULL,                   -- the bits of st_dev and st_ino, as a signed number
    inode           bigint      NOT NULL,
    sha256          bytea,
    status          text        NOT NULL CHECK (status IN
                        ('discovered', 'ready', 'loading', 'loaded', 'failed', 'quarantined', 'ignored', 'vanished')),
    reason          text,                                   -- human-readable reason of the status
    epoch           integer     NOT NULL DEFAULT 0,         -- fencing token, incremented by every claim
    owner_node      text,
    records_read    bigint      NOT NULL DEFAULT 0,
    rows_loaded     bigint      NOT NULL DEFAULT 0,
    rows_rejected   bigint      NOT NULL DEFAULT 0,
    rows_skipped    bigint      NOT NULL DEFAULT 0,
    bytes_read      bigint      NOT NULL DEFAULT 0,
    attempts        integer     NOT NULL DEFAULT 0,         -- failed attempts; an orderly hand-over does not count
    next_attempt_at timestamptz,
    discovered_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    ready_at        timestamptz,
    claimed_at      timestamptz,                            -- of the claim in force
    started_at      timestamptz,
    finished_at     timestamptz,
    error           text,
    UNIQUE (pipeline, path, version)
);
-- Waiting files, and files in progress. Loaded files, the majority, are in neither index.
CREATE INDEX IF NOT EXISTS file_waiting ON ingest.file (pipeline, mtime_ns, file_id)
    WHERE status IN ('discovered', 'ready', 'failed');
CREATE INDEX IF NOT EXISTS file_loading ON ingest.file (owner_node, file_id) WHERE status = 'loading';

-- Both the checkpoint and the history of batches: a row commits together with the rows that it describes.
CREATE TABLE IF NOT EXISTS ingest.batch (
    file_id       bigint      NOT NULL REFERENCES ingest.file ON DELETE CASCADE,
    start_offset  bigint      NOT NULL,
    end_offset    bigint      NOT NULL CHECK (end_offset >= start_offset),
    first_record  bigint      NOT NULL,                     -- 1-based number of the first data record in this range
    first_line    bigint      NOT NULL,
    records       bigint      NOT NULL,
    lines         bigint      NOT NULL,
    rows_loaded   bigint      NOT NULL,
    rows_rejected bigint      NOT NULL,
    rows_skipped  bigint      NOT NULL,
    epoch         integer     NOT NULL,
    node          text        NOT NULL,
    lane          integer     NOT NULL,
    read_us       bigint      NOT NULL,                     -- microseconds: read and parse, wait for a lane, COPY of its group
    wait_us       bigint      NOT NULL,
    copy_us       bigint      NOT NULL,
    -- of the lane's previous commit: the duration of the current one is not known yet
    commit_us     bigint      NOT NULL,
    committed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (file_id, start_offset),
    CHECK (records = rows_loaded + rows_rejected + rows_skipped)
);
CREATE INDEX IF NOT EXISTS batch_committed_at ON ingest.batch (committed_at);

CREATE TABLE IF NOT EXISTS ingest.node (
    node         text        PRIMARY KEY,
    kind         text        NOT NULL,                      -- silo, host, load
    host         text        NOT NULL,
    pid          integer     NOT NULL,
    version      text        NOT NULL,
    address      text,                                      -- of the silo, as other silos reach it
    cores        integer     NOT NULL,
    memory_bytes bigint      NOT NULL,
    cpu_percent  real        NOT NULL DEFAULT 0,            -- of one core, since the last heartbeat
    rss_bytes    bigint      NOT NULL DEFAULT 0,
    lanes        integer     NOT NULL,
    active_files integer     NOT NULL DEFAULT 0,
    capacity     integer     NOT NULL,                      -- maximum number of files in progress
    state        text        NOT NULL CHECK (state IN ('alive', 'draining', 'left', 'dead')),
    -- advisory lock held by the heartbeat connection while the node is alive
    lock_key     bigint      NOT NULL,
    started_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    heartbeat_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    left_at      timestamptz
);

-- Events, in human-readable form.
CREATE TABLE IF NOT EXISTS ingest.history (
    history_id bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind       text        NOT NULL,                        -- file.quarantined, node.dead, operator.pause, and others
    pipeline   text,
    file_id    bigint,
    node       text,
    who        text,
    detail     text
);
CREATE INDEX IF NOT EXISTS history_at ON ingest.history (at);
