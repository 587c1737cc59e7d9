-- Live configuration: pipelines stored in the database, each change as a version, and the configuration of each node. Safe to run
-- twice.
CREATE TABLE IF NOT EXISTS ingest.pipeline_version (
    change_id     bigint      GENERATED ALWAYS AS IDENTITY UNIQUE,
    name          text        NOT NULL,
    version       integer     NOT NULL CHECK (version > 0),
    -- as in ingest.json, without default values; null: removed by this version
    config        json,
    who           text        NOT NULL,                      -- as in ingest.history
    database_user text        NOT NULL DEFAULT session_user,
    at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    reason        text,
    PRIMARY KEY (name, version)
);

-- The newest version of each pipeline that has not been removed.
CREATE OR REPLACE VIEW ingest.kept_pipeline AS
    SELECT v.name, v.version, v.config, v.who, v.database_user, v.at, v.reason
    FROM (SELECT DISTINCT ON (name) * FROM ingest.pipeline_version ORDER BY name, version DESC) v
    WHERE v.config IS NOT NULL;

-- The configuration that a silo reports; secrets are masked.
CREATE TABLE IF NOT EXISTS ingest.node_configuration (
    node          text        PRIMARY KEY REFERENCES ingest.node ON DELETE CASCADE,
    version       integer     NOT NULL,                      -- 1 at its start, incremented with each applied change
    applied_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    files         text[]      NOT NULL,                      -- files that it watches for changes
    -- by name: from, sum (SHA-256 of the options with their secrets), config
    pipelines     jsonb       NOT NULL,
    settings      jsonb       NOT NULL,                      -- the other settings of the file
    -- why the current files and database are not in force; null if they are
    problem       text,
    problem_since timestamptz,
    restart       text[]      NOT NULL DEFAULT '{}'          -- settings that take effect at the next start
);
