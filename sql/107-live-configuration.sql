-- Configuration that lives: pipelines that are kept here, each change of them as a version, and what each node runs. Safe to run twice.
CREATE TABLE IF NOT EXISTS ingest.pipeline_version (
    change_id     bigint      GENERATED ALWAYS AS IDENTITY UNIQUE,
    name          text        NOT NULL,
    version       integer     NOT NULL CHECK (version > 0),
    config        json,                                      -- as in ingest.json, without what has its default; null: removed by this version
    who           text        NOT NULL,                      -- as in ingest.history
    database_user text        NOT NULL DEFAULT session_user,
    at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    reason        text,
    PRIMARY KEY (name, version)
);

-- The newest version of each pipeline that is not removed.
CREATE OR REPLACE VIEW ingest.kept_pipeline AS
    SELECT v.name, v.version, v.config, v.who, v.database_user, v.at, v.reason
    FROM (SELECT DISTINCT ON (name) * FROM ingest.pipeline_version ORDER BY name, version DESC) v
    WHERE v.config IS NOT NULL;

-- What a silo runs, as it says itself; secrets are masked.
CREATE TABLE IF NOT EXISTS ingest.node_configuration (
    node          text        PRIMARY KEY REFERENCES ingest.node ON DELETE CASCADE,
    version       integer     NOT NULL,                      -- 1 at its start, one more with each change that it applied
    applied_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    files         text[]      NOT NULL,                      -- where it looks for changes
    pipelines     jsonb       NOT NULL,                      -- by name: from, sum (SHA-256 of the options with their secrets), config
    settings      jsonb       NOT NULL,                      -- what else the file says
    problem       text,                                      -- why what the files and the database say now is not in force; null for no reason
    problem_since timestamptz,
    restart       text[]      NOT NULL DEFAULT '{}'          -- settings that take effect with the next start
);
