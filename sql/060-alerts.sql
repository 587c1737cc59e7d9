-- Alerts: one row per firing of a rule, kept as history after it is resolved. Safe to run twice.
CREATE TABLE IF NOT EXISTS ingest.alert (
    alert_id         bigint           GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- stalled, reject-rate, reject-file, quarantined, oldest-file, dead-node, database-away, no-file-by
    rule             text             NOT NULL,
    pipeline         text,
    node             text,
    severity         text             NOT NULL CHECK (severity IN ('warning', 'critical')),
    message          text             NOT NULL,             -- human-readable
    -- measured value, and the threshold that it crossed, in the unit of the rule
    value            double precision,
    threshold        double precision,
    fired_at         timestamptz      NOT NULL DEFAULT clock_timestamp(),
    resolved_at      timestamptz,
    -- Delivery to the webhook: one message for the firing and one for the end, retried for an hour.
    fired_told_at    timestamptz,
    resolved_told_at timestamptz,
    tell_attempts    integer          NOT NULL DEFAULT 0,
    next_tell_at     timestamptz      NOT NULL DEFAULT clock_timestamp()
);
-- when its condition ended; the alert ends if this lasts
ALTER TABLE ingest.alert ADD COLUMN IF NOT EXISTS quiet_since timestamptz;
-- Each alert fires once.
CREATE UNIQUE INDEX IF NOT EXISTS alert_firing ON ingest.alert (rule, coalesce(pipeline, ''), coalesce(node, ''))
    WHERE resolved_at IS NULL;
CREATE INDEX IF NOT EXISTS alert_fired_at ON ingest.alert (fired_at);
CREATE INDEX IF NOT EXISTS alert_untold ON ingest.alert (next_tell_at) WHERE fired_told_at IS NULL
    OR resolved_at IS NOT NULL AND resolved_told_at IS NULL;
