-- Operators' actions on many files at once, and on alerts. Safe to run twice.

-- The files of a history entry that concerns several files: its ingest.history.file_id is null.
CREATE TABLE IF NOT EXISTS ingest.operation_file (
    history_id bigint NOT NULL REFERENCES ingest.history ON DELETE CASCADE,
    file_id    bigint NOT NULL,
    PRIMARY KEY (history_id, file_id)
);
CREATE INDEX IF NOT EXISTS operation_file_id ON ingest.operation_file (file_id);

-- Events of a node.
CREATE INDEX IF NOT EXISTS history_node ON ingest.history (node, history_id) WHERE node IS NOT NULL;

-- Current activity of a node, from its last heartbeat; null for programs of an older version.
ALTER TABLE ingest.node
    ADD COLUMN IF NOT EXISTS lanes_busy         integer, -- lanes that are committing
    ADD COLUMN IF NOT EXISTS batch_memory_used  bigint,  -- bytes of batches that are being filled or wait for a lane
    ADD COLUMN IF NOT EXISTS batch_memory_limit bigint,
    ADD COLUMN IF NOT EXISTS parsers_busy       integer, -- parse slots: files that are being read and parsed at once
    ADD COLUMN IF NOT EXISTS parsers            integer;

-- Acknowledged alerts: somebody is working on them. They stay until their conditions end.
ALTER TABLE ingest.alert
    ADD COLUMN IF NOT EXISTS acknowledged_at  timestamptz,
    ADD COLUMN IF NOT EXISTS acknowledged_by  text,
    ADD COLUMN IF NOT EXISTS acknowledged_why text;

-- Muted alerts, which send no messages for a time.
CREATE TABLE IF NOT EXISTS ingest.alert_mute (
    mute_id    bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule       text,                                        -- null: every rule
    pipeline   text,                                        -- null: every pipeline, and alerts of none
    until      timestamptz NOT NULL,                        -- in the past: the mute is over
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    who        text        NOT NULL,
    reason     text
);

-- The end of an alert's current or last mute; null if it was never muted. The table is small: old mutes are deleted when one is
-- added.
CREATE OR REPLACE FUNCTION ingest.alert_muted_until(of_rule text, of_pipeline text) RETURNS timestamptz LANGUAGE sql STABLE AS
$$ SELECT max(m.until) FROM ingest.alert_mute m
    WHERE (m.rule IS NULL OR m.rule = of_rule) AND (m.pipeline IS NULL OR m.pipeline = of_pipeline) $$;

-- Ignored and vanished files, newest first: few among many, and in no other index.
CREATE INDEX IF NOT EXISTS file_passed_over ON ingest.file (file_id) WHERE status IN ('ignored', 'vanished');
