-- Which nodes share a machine, and what it has. Safe to run twice.
ALTER TABLE ingest.node
    ADD COLUMN IF NOT EXISTS machine              text,    -- the same for all containers of one kernel; null: a program of an older version
    ADD COLUMN IF NOT EXISTS machine_cores        integer, -- processors of the machine; cores are those that the node may use
    ADD COLUMN IF NOT EXISTS machine_memory_bytes bigint;  -- memory of the machine; memory_bytes is what the node may use
