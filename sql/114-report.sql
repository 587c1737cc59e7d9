-- Events of a time range, for the digest of the history page and for "ingest report". Safe to run twice.

-- Totals. They are sums of ingest.throughput, so the range starts with the smallest bucket that the ledger still has.
CREATE OR REPLACE FUNCTION ingest.report(since timestamptz, until timestamptz, of_pipeline text)
RETURNS TABLE (
    files          bigint,                                  -- loaded in full
    rows_loaded    bigint,
    rows_rejected  bigint,
    bytes          bigint,
    reject_files   bigint,                                  -- files with these rejects, as far as corrupt_records still has them
    quarantined    bigint,                                  -- files, by the program or by an operator
    alerts         bigint,                                  -- that began to fire
    firing         bigint                                   -- of these, those that still fire
)
LANGUAGE sql STABLE AS $$
    SELECT t.files, t.rows_loaded, t.rows_rejected, t.bytes,
        CASE WHEN t.rows_rejected = 0 THEN 0 ELSE (
            SELECT count(DISTINCT c.file_id) FROM public.corrupt_records c
            WHERE c.ingestion_time >= since AND c.ingestion_time < until
                AND (of_pipeline IS NULL OR c.pipeline = of_pipeline)) END,
        (SELECT count(DISTINCT h.file_id) FROM ingest.history h
            WHERE h.at >= since AND h.at < until AND h.kind IN ('file.quarantined', 'operator.quarantine')
                AND (of_pipeline IS NULL OR h.pipeline = of_pipeline)),
        a.alerts, a.firing
    FROM (
        SELECT coalesce(sum(s.files_finished), 0)::bigint AS files, coalesce(sum(s.rows_loaded), 0)::bigint AS rows_loaded,
            coalesce(sum(s.rows_rejected), 0)::bigint AS rows_rejected, coalesce(sum(s.bytes), 0)::bigint AS bytes
        FROM ingest.throughput s
        WHERE s.step IN (10, 60, 3600) AND s.bucket >= ingest.bucket(since, 10) AND s.bucket < until
            AND (of_pipeline IS NULL OR s.pipeline = of_pipeline)
    ) t, (
        SELECT count(*) AS alerts, count(*) FILTER (WHERE l.resolved_at IS NULL) AS firing FROM ingest.alert l
        WHERE l.fired_at >= since AND l.fired_at < until
            AND (of_pipeline IS NULL OR l.pipeline = of_pipeline OR l.pipeline IS NULL)
    ) a
$$;

-- A report about last month reads the pauses since then, not all of the history.
CREATE INDEX IF NOT EXISTS history_pause ON ingest.history (at) WHERE kind IN ('operator.pause', 'operator.resume');

-- The message with which an alert began to fire; message is that of now. Null: the alert is of an older version.
ALTER TABLE ingest.alert ADD COLUMN IF NOT EXISTS fired_message text;

-- Alerts and pauses that overlap the range, and nodes lost in it, in order of time: "alert", "pause" and "node".
CREATE OR REPLACE FUNCTION ingest.report_event(since timestamptz, until timestamptz, of_pipeline text)
RETURNS TABLE (kind text, at timestamptz, ended_at timestamptz, pipeline text, node text, who text, detail text)
LANGUAGE sql STABLE AS $$
    SELECT 'alert', l.fired_at, l.resolved_at, l.pipeline, l.node, NULL, coalesce(l.fired_message, l.message)
    FROM ingest.alert l
    WHERE l.fired_at < until AND (l.resolved_at IS NULL OR l.resolved_at >= since)
        AND (of_pipeline IS NULL OR l.pipeline = of_pipeline OR l.pipeline IS NULL)
    UNION ALL
    SELECT 'pause', p.at, p.resumed_at, p.pipeline, NULL, p.who, p.detail FROM (
        SELECT h.kind, h.at, h.pipeline, h.who, h.detail, min(h.at) FILTER (WHERE h.kind = 'operator.resume') OVER (
            PARTITION BY h.pipeline ORDER BY h.at DESC, h.history_id DESC ROWS UNBOUNDED PRECEDING) AS resumed_at
        FROM ingest.history h
        WHERE h.kind IN ('operator.pause', 'operator.resume') AND h.at >= since - interval '7 days'
            AND (of_pipeline IS NULL OR h.pipeline = of_pipeline)
    ) p
    WHERE p.kind = 'operator.pause' AND p.at < until AND (p.resumed_at IS NULL OR p.resumed_at >= since)
    UNION ALL
    SELECT 'node', h.at, NULL, NULL, h.node, NULL, h.detail FROM ingest.history h
    WHERE h.kind = 'node.dead' AND h.at >= since AND h.at < until
    ORDER BY 2
$$;
