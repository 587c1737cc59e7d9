-- Files whose content has changed since they were loaded. Safe to run twice.
ALTER TABLE ingest.file
    ADD COLUMN IF NOT EXISTS change_held boolean NOT NULL DEFAULT false; -- it was quarantined because an older version is loaded; a retry loads it
