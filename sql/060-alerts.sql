-- Alerts: one row from the moment a rule fires until it is resolved, kept as history. Safe to run twice.
CREATE TABLE IF NOT EXISTS ingest.alert (
    alert_id         bigint           GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule             text             NOT NULL,             -- stalled, reject-rate, reject-file, quarantined, oldest-file, dead-node, database-away, no-file-by
    pipeline         text,
    node             text,
    severity         text             NOT NULL CHECK (severity IN ('warning', 'critical')),
    message          text             NOT NULL,             -- for people
    value            double precision,                      -- what was found, and the bound it crossed; the unit is the rule's
    threshold        double precision,
    fired_at         timestamptz      NOT NULL DEFAULT clock_timestamp(),
    resolved_at      timestamptz,
    -- The way to the webhook: a message for the firing, one for the end; tried again for a while.
    fired_told_at    timestamptz,
    resolved_told_at timestamptz,
    tell_attempts    integer          NOT NULL DEFAULT 0,
    next_tell_at     timestamptz      NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE ingest.alert ADD COLUMN IF NOT EXISTS quiet_since timestamptz; -- its condition is gone since then; it ends when that lasts
-- Each fires once.
CREATE UNIQUE INDEX IF NOT EXISTS alert_firing ON ingest.alert (rule, coalesce(pipeline, ''), coalesce(node, '')) WHERE resolved_at IS NULL;
CREATE INDEX IF NOT EXISTS alert_fired_at ON ingest.alert (fired_at);
CREATE INDEX IF NOT EXISTS alert_untold ON ingest.alert (next_tell_at) WHERE fired_told_at IS NULL OR resolved_at IS NOT NULL AND resolved_told_at IS NULL;
