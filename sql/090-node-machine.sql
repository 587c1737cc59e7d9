-- The machine of a node, which nodes may share, and its resources. Safe to run twice.
ALTER TABLE ingest.node
    -- the same for all containers of one kernel; null for programs of an older version
    ADD COLUMN IF NOT EXISTS machine              text,
    ADD COLUMN IF NOT EXISTS machine_cores        integer, -- processors of the machine; cores is the number that the node may use
    -- memory of the machine; memory_bytes is the memory that the node may use
    ADD COLUMN IF NOT EXISTS machine_memory_bytes bigint;
