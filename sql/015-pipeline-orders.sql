-- The operators' orders for a pipeline, and its coordinator. The coordinator reads its row every second, so every program that
-- may write here can give orders. Safe to run twice.
ALTER TABLE ingest.pipeline
    ADD COLUMN IF NOT EXISTS paused_by      text,               -- who paused it; null while it is not paused
    -- maximum number of files in progress in the whole cluster; null for no limit
    ADD COLUMN IF NOT EXISTS max_in_flight  integer CHECK (max_in_flight BETWEEN 1 AND 1000000),
    -- pipelines with a higher priority are served first
    ADD COLUMN IF NOT EXISTS priority       integer NOT NULL DEFAULT 0 CHECK (priority BETWEEN -100 AND 100),
    ADD COLUMN IF NOT EXISTS coordinator    text,               -- node of its coordinator
    -- last sign of life of the coordinator; older than 10 s: the pipeline has none
    ADD COLUMN IF NOT EXISTS coordinated_at timestamptz,
    ADD COLUMN IF NOT EXISTS list_ms        double precision,   -- mean duration of its latest directory listings, milliseconds
    -- mean duration of its latest rounds that claimed files and assigned them to nodes, milliseconds
    ADD COLUMN IF NOT EXISTS claim_ms       double precision;
