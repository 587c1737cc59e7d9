-- Files whose content has changed since they were loaded. Safe to run twice.
ALTER TABLE ingest.file
    -- it was quarantined because an older version is loaded; a retry loads it
    ADD COLUMN IF NOT EXISTS change_held boolean NOT NULL DEFAULT false;
