-- What operators want of a pipeline, and who coordinates it. Anybody who may write here is heard within a second: the coordinator reads its row each
-- second. Safe to run twice.
ALTER TABLE ingest.pipeline
    ADD COLUMN IF NOT EXISTS paused_by      text,               -- who paused it; null while it is not paused
    ADD COLUMN IF NOT EXISTS max_in_flight  integer CHECK (max_in_flight BETWEEN 1 AND 1000000), -- files loading at once in the whole cluster; null: no limit of its own
    ADD COLUMN IF NOT EXISTS priority       integer NOT NULL DEFAULT 0 CHECK (priority BETWEEN -100 AND 100), -- the higher is served first
    ADD COLUMN IF NOT EXISTS coordinator    text,               -- node of its coordinator
    ADD COLUMN IF NOT EXISTS coordinated_at timestamptz,        -- of the coordinator's last second; older than 10 s: nobody coordinates it
    ADD COLUMN IF NOT EXISTS list_ms        double precision,   -- mean of its latest listings of the directories, milliseconds
    ADD COLUMN IF NOT EXISTS claim_ms       double precision;   -- mean of its latest rounds that claimed files and handed them to nodes, milliseconds
